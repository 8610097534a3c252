//! Known melodies with made-up accompaniments, of the kinds that hands, guitars and choirs play: so that a melody
//! is told from more than the arrangements of one set.

use super::support::random::Random;

/// A note of a piece whose melody is known.
#[derive(Clone, Copy)]
pub struct Sung {
    /// Second at which it starts.
    pub start_s: f64,
    /// Second at which it ends.
    pub end_s: f64,
    /// MIDI pitch.
    pub pitch: u8,
    /// Velocity.
    pub velocity: u8,
    /// Index of its track.
    pub track: u16,
    /// Whether it belongs to the melody.
    pub melody: bool,
}

/// A chord for some time.
pub struct Harmony {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which it ends.
    pub end_s: f64,
    /// Its root, a pitch class.
    pub root: u8,
    /// Semitones of its notes above the root.
    pub tones: Vec<u8>,
}

/// How an accompaniment is played.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Alberti,
    Broken,
    Blocks,
    Stride,
    Held,
    Offbeat,
    Bass,
    Walking,
    Chorale,
    Parallel,
    BrokenAbove,
    BlocksAbove,
    Strummed,
}

const STYLES: [Style; 13] = [
    Style::Alberti,
    Style::Broken,
    Style::Blocks,
    Style::Stride,
    Style::Held,
    Style::Offbeat,
    Style::Bass,
    Style::Walking,
    Style::Chorale,
    Style::Parallel,
    Style::BrokenAbove,
    Style::BlocksAbove,
    Style::Strummed,
];

/// Lowest pitch of a bass.
const BASS: u8 = 36;

/// The melody with another accompaniment, over the chords of the piece; `beat_s` is how long a beat lasts.
pub fn arranged(
    melody: &[Sung],
    harmony: &[Harmony],
    beat_s: f64,
    random: &mut Random,
) -> Vec<Sung> {
    let style = STYLES[random.below(STYLES.len())];
    let mean = melody.iter().map(|note| f64::from(note.pitch)).sum::<f64>() / melody.len() as f64;
    let above = matches!(style, Style::BrokenAbove | Style::BlocksAbove);
    let down = if above { [0, 12, 12, 24][random.below(4)] } else { 0 };
    let mean = mean - f64::from(down);
    let centre =
        if above { mean + random.within(8.0, 18.0) } else { mean - random.within(7.0, 16.0) };
    let level = random.within(60.0, 110.0);
    let softer = random.within(-4.0, 28.0);
    let spread = if random.happens(0.4) { 0.0 } else { random.within(0.0, 8.0) };
    let mut player = Player {
        notes: Vec::new(),
        centre: centre.clamp(40.0, 96.0) as u8,
        beat_s: beat_s * [0.5, 1.0, 1.0, 2.0][random.below(4)],
        step: [0.25, 0.5, 0.5, 1.0 / 3.0][random.below(4)],
        length: random.within(0.5, 1.05),
        velocity: (level - softer, spread),
        random,
    };
    for chord in harmony {
        player.play(style, chord);
    }
    if matches!(style, Style::Chorale | Style::Parallel) {
        player.follow(style, melody, harmony);
    }
    if player.random.happens(0.3) {
        player.fill(melody, harmony);
    }
    let doubled = if player.random.happens(0.15) { player.random.share() } else { 0.0 };
    let mut notes = std::mem::take(&mut player.notes);
    for note in melody {
        let velocity = (level + random.within(-spread, spread)).clamp(1.0, 127.0) as u8;
        let pitch = note.pitch.saturating_sub(down);
        notes.push(Sung { pitch, velocity, ..*note });
        if random.happens(doubled) && pitch > BASS {
            notes.push(Sung { pitch: pitch - 12, velocity, melody: false, ..*note });
        }
    }
    notes.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    notes
}

struct Player<'r> {
    notes: Vec<Sung>,
    centre: u8,
    beat_s: f64,
    /// Part of a beat that a note of a broken chord takes.
    step: f64,
    /// Part of its time that a note sounds.
    length: f64,
    /// Mean velocity, and how far others are from it.
    velocity: (f64, f64),
    random: &'r mut Random,
}

impl Player<'_> {
    fn strike(&mut self, start_s: f64, length_s: f64, pitch: u8) {
        let (mean, spread) = self.velocity;
        let velocity = (mean + self.random.within(-spread, spread)).clamp(1.0, 127.0) as u8;
        let end_s = start_s + (length_s * self.length).max(0.03);
        let pitch = pitch.min(120);
        self.notes.push(Sung { start_s, end_s, pitch, velocity, track: 0, melody: false });
    }

    /// The notes of a chord around the centre, from the lowest up.
    fn voiced(&self, chord: &Harmony) -> Vec<u8> {
        let low = self.centre.saturating_sub(5);
        let mut pitches: Vec<u8> = chord
            .tones
            .iter()
            .map(|tone| low + (chord.root + tone + 120 - low % 12) % 12)
            .collect();
        pitches.sort_unstable();
        pitches
    }

    fn chord(&mut self, start_s: f64, length_s: f64, pitches: &[u8]) {
        pitches.iter().for_each(|&pitch| self.strike(start_s, length_s, pitch));
    }

    fn play(&mut self, style: Style, chord: &Harmony) {
        let pitches = self.voiced(chord);
        let bass = BASS + (chord.root + 120 - BASS % 12) % 12;
        let (beat, step) = (self.beat_s, self.beat_s * self.step);
        let high = pitches[0] + 12;
        let broken = [&pitches[..], &[high]].concat();
        let mut beats = 0;
        let mut now = chord.start_s;
        while now < chord.end_s - 0.05 {
            let left = chord.end_s - now;
            match style {
                Style::Alberti | Style::BrokenAbove | Style::Broken => {
                    let order: &[usize] = match (style, broken.len()) {
                        (Style::Alberti, _) => &[0, 2, 1, 2],
                        (_, 4) => &[0, 1, 2, 3, 2, 1],
                        _ => &[0, 1, 2, 3, 4, 3, 2, 1],
                    };
                    if style != Style::Alberti && beats == 0 && self.random.happens(0.5) {
                        self.strike(now, left, bass);
                    }
                    self.strike(
                        now,
                        step,
                        broken[order[beats % order.len()].min(broken.len() - 1)],
                    );
                }
                Style::Blocks | Style::BlocksAbove => self.chord(now, beat, &pitches),
                Style::Stride if beats % 2 == 0 => self.strike(now, beat, bass),
                Style::Stride => self.chord(now, beat, &pitches),
                Style::Held => {
                    self.strike(now, left, bass);
                    self.chord(now, left, &pitches);
                }
                Style::Offbeat => {
                    self.strike(now, beat / 2.0, bass);
                    self.chord(now + beat / 2.0, beat / 2.0, &pitches);
                }
                Style::Bass | Style::Parallel => {
                    self.strike(now, beat, bass + if beats % 2 == 0 { 0 } else { 7 });
                }
                Style::Walking => {
                    let tone = chord.tones[beats % chord.tones.len()];
                    self.strike(now, beat, bass + tone);
                    if beats % 2 == 1 {
                        self.chord(now, beat, &pitches);
                    }
                }
                Style::Chorale => {}
                Style::Strummed => {
                    for (number, &pitch) in broken.iter().enumerate() {
                        self.strike(now + 0.012 * number as f64, beat, pitch);
                    }
                }
            }
            beats += 1;
            now += match style {
                Style::Alberti | Style::BrokenAbove | Style::Broken => step,
                Style::Held | Style::Chorale => left,
                _ => beat,
            };
        }
    }

    /// Adds notes below each note of the melody.
    fn follow(&mut self, style: Style, melody: &[Sung], harmony: &[Harmony]) {
        for note in melody {
            let Some(chord) = sounding(harmony, note.start_s) else { continue };
            let voices = if style == Style::Chorale { 3 } else { 1 };
            let is_tone = |pitch: &u8| chord.tones.contains(&((pitch + 120 - chord.root) % 12));
            let below = (24..note.pitch.saturating_sub(2)).rev().filter(is_tone).step_by(2);
            let below: Vec<u8> = below.take(voices).collect();
            self.chord(note.start_s, note.end_s - note.start_s, &below);
        }
    }

    /// Plays runs where the melody rests.
    fn fill(&mut self, melody: &[Sung], harmony: &[Harmony]) {
        let up = [0, 0, 12][self.random.below(3)];
        for pair in melody.windows(2) {
            let rest = pair[1].start_s - pair[0].end_s;
            if rest < 1.2 * self.beat_s || !self.random.happens(0.7) {
                continue;
            }
            let Some(chord) = sounding(harmony, pair[0].end_s) else { continue };
            let mut now = pair[0].end_s + 0.5 * self.beat_s;
            let mut number = self.random.below(8);
            while now < (pair[1].start_s - 0.1).min(pair[0].end_s + 4.0 * self.beat_s) {
                let tone = chord.tones[number % chord.tones.len()];
                let base = 60 + up + 12 * (number / chord.tones.len() % 2) as u8;
                self.strike(now, self.beat_s * self.step, base + (chord.root + tone) % 12);
                now += self.beat_s * self.step;
                number += 1;
            }
        }
    }
}

fn sounding(harmony: &[Harmony], seconds: f64) -> Option<&Harmony> {
    let after = harmony.partition_point(|chord| chord.start_s <= seconds + 0.05);
    harmony.get(after.checked_sub(1)?)
}
