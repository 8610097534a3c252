//! Plays a score as a person might: with rubato, chords that are not together, arpeggios, grace notes and trills,
//! wrong and missing notes, dynamics and articulation; or changes a performance a little.

use midi_analysis::Note;

use super::figures::figured;
use super::rubato::Rubato;
use super::support::random::Random;

/// Ticks in a second of what is performed: so fine that it has no grid.
pub const TICKS_IN_SECOND: f64 = 9_600.0;
/// Seconds between the notes of a trill.
const TRILL_S: f64 = 0.085;
/// Share of the performances without drums that get some.
const DRUMS: f64 = 0.2;
/// Share of the scores that get figures.
const FIGURED: f64 = 0.5;

/// A note in seconds.
#[derive(Clone, Copy)]
pub struct Played {
    /// The note; its ticks mean nothing.
    pub note: Note,
    /// When it begins and ends.
    pub start: f64,
    /// When it ends.
    pub end: f64,
}

/// What is played: the notes, and when the beats and the downbeats fall.
#[derive(Clone)]
pub struct Performance {
    /// The notes, in any order.
    pub notes: Vec<Played>,
    /// Seconds of the beats.
    pub beats: Vec<f64>,
    /// Seconds of the downbeats.
    pub downbeats: Vec<f64>,
    /// Whether beats are divided by three.
    pub in_thirds: bool,
}

impl Performance {
    /// The notes in ticks.
    pub fn ticks(&self) -> Vec<Note> {
        let tick = |second: f64| (second.max(0.0) * TICKS_IN_SECOND) as u32;
        let moved = |played: &Played| {
            let mut note = played.note;
            note.start = tick(played.start);
            note.end = tick(played.end).max(note.start + 1);
            note
        };
        self.notes.iter().map(moved).collect()
    }
}

/// How a piece is played.
struct Manner {
    /// Seconds by which notes deviate, and chords spread.
    jitter: f64,
    spread: f64,
    /// Seconds by which the highest note is early.
    lead: f64,
    arpeggio: f64,
    grace: f64,
    trill: f64,
    lost: f64,
    /// Length of the notes, and how it varies.
    legato: f64,
    /// Dynamics: of the highest note, of the lowest, of downbeats, and by chance.
    top: f64,
    bass: f64,
    accent: f64,
    noise: f64,
    transposed: i16,
}

impl Manner {
    fn of_score(random: &mut Random) -> Self {
        let sometimes = |most: f64, random: &mut Random| {
            if random.happens(0.5) { most * random.share() } else { 0.0 }
        };
        Self {
            jitter: random.within(0.002, 0.022),
            spread: random.within(0.001, 0.014),
            lead: sometimes(0.03, random),
            arpeggio: sometimes(0.12, random),
            grace: sometimes(0.05, random),
            trill: sometimes(0.12, random),
            lost: sometimes(0.08, random),
            legato: random.within(-0.9, 0.4),
            top: random.within(0.0, 22.0),
            bass: random.within(-6.0, 12.0),
            accent: random.within(-1.0, 8.0),
            noise: random.within(2.0, 10.0),
            transposed: random.within(-6.0, 7.0) as i16,
        }
    }

    fn of_performance(random: &mut Random) -> Self {
        Self {
            jitter: random.within(0.0, 0.012),
            spread: 0.0,
            lead: 0.0,
            arpeggio: 0.0,
            grace: 0.0,
            trill: 0.0,
            lost: random.within(0.0, 0.06),
            legato: 0.0,
            top: 0.0,
            bass: 0.0,
            accent: 0.0,
            noise: random.within(0.0, 5.0),
            transposed: random.within(-6.0, 7.0) as i16,
        }
    }
}

/// Plays a score.
pub fn perform(score: &Performance, random: &mut Random) -> Performance {
    let manner = Manner::of_score(random);
    let freedom = random.within(0.1, 2.0);
    let rubato = Rubato::new(&score.beats, freedom, random);
    let mut notes = Vec::with_capacity(score.notes.len());
    let mut written = score.notes.clone();
    // A singer's part, above those of the piano.
    if written.iter().any(|played| played.note.track > 1) && random.happens(0.6) {
        let first = written.iter().map(|played| played.note.track).min();
        written.retain(|played| Some(played.note.track) != first);
    }
    written.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.note.pitch.cmp(&b.note.pitch)));
    if random.happens(FIGURED) {
        written.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.note.track.cmp(&b.note.track)));
        written = figured(written, &score.beats, score.in_thirds, random);
        written.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.note.pitch.cmp(&b.note.pitch)));
    }
    let steady = random.happens(0.3);
    let mut swell = 0.0;
    for chord in written.chunk_by(|a, b| b.start - a.start < 1e-3) {
        swell = 0.97 * swell + 1.5 * random.deviation();
        let strong = score.downbeats.iter().any(|down| (down - chord[0].start).abs() < 1e-3);
        let loud = 62.0 + swell + if strong { manner.accent } else { 0.0 };
        play_chord(chord, &rubato, &manner, if steady { 64.0 } else { loud }, random, &mut notes);
    }
    let downbeats = score.downbeats.iter().map(|down| rubato.at(*down)).collect();
    let in_thirds = score.in_thirds;
    Performance { notes, beats: rubato.beats().to_vec(), downbeats, in_thirds }
}

fn play_chord(
    chord: &[Played],
    rubato: &Rubato,
    manner: &Manner,
    loud: f64,
    random: &mut Random,
    notes: &mut Vec<Played>,
) {
    let drums = chord.iter().any(|played| played.note.drum);
    let rolled = chord.len() > 2 && !drums && random.happens(manner.arpeggio);
    let step = if rolled { random.within(0.02, 0.075) } else { 0.0 };
    // The roll begins on the beat, or its last note falls on it.
    let early = if random.happens(0.5) { step * (chord.len() - 1) as f64 } else { 0.0 };
    let together = manner.jitter * random.deviation();
    for (index, played) in chord.iter().enumerate() {
        if random.happens(manner.lost) {
            continue;
        }
        let (is_top, is_bass) = (index + 1 == chord.len() && index > 0, index == 0);
        let mut start = rubato.at(played.start) + together + manner.spread * random.deviation()
            - if is_top { manner.lead } else { 0.0 };
        start += step * index as f64 - early;
        let length = (rubato.at(played.end) - rubato.at(played.start)).max(0.03);
        let held = length * (manner.legato + 0.15 * random.deviation()).exp().min(1.6);
        let end = start + held.max(0.03);
        let dynamics = loud
            + if is_top { manner.top } else { 0.0 }
            + if is_bass { manner.bass } else { 0.0 }
            + manner.noise * random.deviation();
        let played = Played { note: varied(played.note, dynamics, manner), start, end };
        if is_top && length > 0.5 && random.happens(manner.trill) {
            trill(&played, start + length, notes);
            continue;
        }
        if random.happens(manner.grace) && !drums {
            let ahead = random.within(0.05, 0.12);
            let mut note = played.note;
            note.pitch = (note.pitch + 2).min(127);
            notes.push(Played { note, start: start - ahead, end: start });
        }
        notes.push(played);
    }
}

fn trill(played: &Played, end: f64, notes: &mut Vec<Played>) {
    let mut now = played.start;
    let mut upper = false;
    while now < end - TRILL_S {
        let mut note = played.note;
        note.pitch = (note.pitch + if upper { 2 } else { 0 }).min(127);
        notes.push(Played { note, start: now, end: now + TRILL_S });
        now += TRILL_S;
        upper = !upper;
    }
}

fn varied(note: Note, velocity: f64, manner: &Manner) -> Note {
    let mut note = note.velocity(velocity.clamp(8.0, 120.0) as u8);
    if !note.drum {
        note.pitch = (i16::from(note.pitch) + manner.transposed).clamp(0, 127) as u8;
    }
    note
}

/// A performance at another tempo, with other small deviations, a few notes fewer, in another key.
pub fn vary(performance: &Performance, random: &mut Random) -> Performance {
    let manner = Manner::of_performance(random);
    let rubato = Rubato::new(&performance.beats, random.within(0.0, 0.35), random);
    let mut notes = Vec::with_capacity(performance.notes.len());
    for played in &performance.notes {
        if random.happens(manner.lost) {
            continue;
        }
        let start = rubato.at(played.start) + manner.jitter * random.deviation();
        let end = start + (rubato.at(played.end) - rubato.at(played.start)).max(0.02);
        let loud = f64::from(played.note.velocity) + manner.noise * random.deviation();
        notes.push(Played { note: varied(played.note, loud, &manner), start, end });
    }
    let downbeats = performance.downbeats.iter().map(|down| rubato.at(*down)).collect();
    let in_thirds = performance.in_thirds;
    let mut varied = Performance { notes, beats: rubato.beats().to_vec(), downbeats, in_thirds };
    let pitched = performance.notes.iter().all(|played| !played.note.drum);
    if pitched && random.happens(DRUMS) {
        drum_along(&mut varied, random);
    }
    varied
}

/// Adds drums to a performance: a bass drum and a snare in turn on the beats, and a hi-hat on their halves.
fn drum_along(performance: &mut Performance, random: &mut Random) {
    let beats = performance.beats.clone();
    let offbeats = random.happens(0.6);
    let mut since_downbeat = 0_usize;
    for pair in beats.windows(2) {
        let (now, next) = (pair[0], pair[1]);
        if performance.downbeats.iter().any(|down| (down - now).abs() < 1e-3) {
            since_downbeat = 0;
        }
        let mut hit = |pitch: u8, second: f64, loud: f64| {
            let start = second + 0.006 * random.deviation();
            let velocity = (loud + 8.0 * random.deviation()).clamp(10.0, 120.0) as u8;
            let note = Note::new(0, 1, pitch).drum().velocity(velocity);
            performance.notes.push(Played { note, start, end: start + 0.1 });
        };
        hit(if since_downbeat.is_multiple_of(2) { 36 } else { 38 }, now, 90.0);
        hit(42, now, 60.0);
        if offbeats {
            hit(42, (now + next) / 2.0, 55.0);
        }
        since_downbeat += 1;
    }
}
