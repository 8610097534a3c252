//! `melody_notes OUTPUT VARIANTS FOLDER[=ORIGIN=LICENCE]...`: what the choice of the melody within a part sees of each note of
//! pieces whose melody is known, for the trainer of its network, which is in Python (`melody_line.py`).
//!
//! The melody of a piece is in the tracks that are named for one. All tracks are put together as one part on one
//! channel; more variants of a piece follow, changed as players and arrangers do.

mod support;

use std::error::Error;
use std::io::Write;
use std::{env, fs};

use midi_analysis::training::{MELODY_NOTE_FEATURES, note_evidence};
use midi_analysis::{Note, Options, Piece, Timeline};
use support::arranged::{Harmony, Sung, arranged};
use support::melody::is_for_melody;
use support::random::Random;

/// Ticks of a second in the variants: those of 480 in a quarter note at 120 quarter notes a minute.
const TICKS: f64 = 960.0;
const MELODY: u16 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let output = arguments.next().ok_or("usage: melody_notes OUTPUT VARIANTS FOLDER...")?;
    let variants: u64 = arguments.next().ok_or("no number of variants")?.parse()?;
    let mut file = std::io::BufWriter::new(fs::File::create(output)?);
    writeln!(file, "{MELODY_NOTE_FEATURES}")?;
    for (set, folder) in arguments.enumerate() {
        let folder = folder.split('=').next().unwrap_or_default().to_owned();
        let mut names: Vec<_> = fs::read_dir(&folder)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".mid"))
            .collect();
        names.sort();
        for (number, name) in names.iter().enumerate() {
            let bytes = fs::read(format!("{folder}/{name}"))?;
            let Ok(piece) = Piece::read(&bytes, &Options::default()) else { continue };
            let Some(notes) = sung(&piece) else { continue };
            let melody: Vec<_> = notes.iter().copied().filter(|note| note.melody).collect();
            for variant in 0..variants {
                let mut random = Random::new(number as u64 * 1_000_003 + variant * 7919 + 1);
                let changed = match variant {
                    0 => notes.clone(),
                    odd if odd % 2 == 1 => varied(&notes, &mut random),
                    _ => {
                        let beat_s = random.within(0.4, 0.75);
                        let other = arranged(&melody, &harmony(&piece)?, beat_s, &mut random);
                        let other =
                            if random.happens(0.6) { cut(&other, &mut random) } else { other };
                        if random.happens(0.4) { varied(&other, &mut random) } else { other }
                    }
                };
                write(&mut file, set, name, variant, changed)?;
            }
        }
    }
    Ok(())
}

/// The notes of a piece with a melody and something else.
fn sung(piece: &Piece<'_>) -> Option<Vec<Sung>> {
    let named: Vec<bool> = piece
        .tracks()
        .ok()?
        .into_iter()
        .map(|track| track.name.is_some_and(|name| is_for_melody(&name)))
        .collect();
    let notes: Vec<Sung> = piece
        .notes()
        .ok()?
        .filter(|timed| !timed.note.is_drum())
        .map(|timed| Sung {
            start_s: timed.start_s,
            end_s: timed.start_s + timed.duration_s,
            pitch: timed.note.pitch,
            velocity: timed.note.velocity,
            track: timed.note.track,
            melody: named[usize::from(timed.note.track)],
        })
        .collect();
    let melody = notes.iter().filter(|note| note.melody).count();
    (melody >= 16 && melody < notes.len()).then_some(notes)
}

/// The chords of a piece, as they are estimated.
fn harmony(piece: &Piece<'_>) -> Result<Vec<Harmony>, Box<dyn Error>> {
    let spans = piece.chords()?;
    let chords = spans.iter().map(|span| {
        let symbol = span.chord.quality.symbol();
        let third = if span.chord.quality.is_minor() { 3 } else { 4 };
        let fifth = if symbol.contains("dim") { 6 } else { 7 };
        let mut tones = vec![0, third, fifth];
        if symbol.contains('7') {
            tones.push(if symbol.contains("maj") { 11 } else { 10 });
        }
        Harmony {
            start_s: span.start_s,
            end_s: span.end_s,
            root: span.chord.root.semitones(),
            tones,
        }
    });
    Ok(chords.collect())
}

/// Another player, another key and tempo, and notes left out or doubled.
fn varied(notes: &[Sung], random: &mut Random) -> Vec<Sung> {
    let mut notes = notes.to_vec();
    if random.happens(0.15) {
        without_a_track(&mut notes, random);
    }
    let stretch = random.within(0.75, 1.35);
    let shift = random.within(-6.0, 7.0).floor() as i32;
    let raised = if random.happens(0.07) { 12 } else { 0 };
    let above = if random.happens(0.15) { random.within(48.0, 62.0) as u8 } else { 0 };
    let doubled = if random.happens(0.1) { random.within(0.3, 1.0) } else { 0.0 };
    let no_unisons = random.happens(0.3);
    let lost = if random.happens(0.3) { random.within(0.0, 0.15) } else { 0.0 };
    let loudness = random.share();
    let (level, softer) = (random.within(50.0, 110.0), random.within(-10.0, 25.0));
    let jitter = if random.happens(0.4) { random.within(0.0, 0.02) } else { 0.0 };
    let grid = if random.happens(0.2) { Some(random.within(0.05, 0.07)) } else { None };
    let length = if random.happens(0.3) { random.within(0.4, 1.6) } else { 1.0 };
    let mut changed = Vec::new();
    for note in &notes {
        if !note.melody && (note.pitch < above || random.happens(lost)) {
            continue;
        }
        if no_unisons && !note.melody && unison(&notes, note) {
            continue;
        }
        let mut one = *note;
        let length = (one.end_s - one.start_s) * if note.melody { 1.0 } else { length };
        one.start_s = one.start_s * stretch + random.within(0.0, jitter);
        if let Some(grid) = grid {
            one.start_s = (one.start_s / grid).round() * grid;
        }
        one.end_s = one.start_s + length * stretch;
        let up = shift + if note.melody { 0 } else { raised };
        one.pitch = (i32::from(one.pitch) + up).clamp(0, 127) as u8;
        one.velocity = if loudness < 0.25 {
            level as u8
        } else if loudness < 0.45 {
            let mean = if note.melody { level } else { level - softer };
            (mean + random.within(-8.0, 8.0)).clamp(1.0, 127.0) as u8
        } else {
            one.velocity
        };
        changed.push(one);
        if note.melody && random.happens(doubled) && one.pitch > 40 {
            let down = if random.happens(0.8) { 12 } else { 9 };
            changed.push(Sung { pitch: one.pitch - down, melody: false, ..one });
        }
    }
    changed
}

/// A phrase or more, from a note of the melody on.
fn cut(notes: &[Sung], random: &mut Random) -> Vec<Sung> {
    let melody: Vec<f64> =
        notes.iter().filter(|note| note.melody).map(|note| note.start_s).collect();
    let from = melody[random.below(melody.len().saturating_sub(12).max(1))] - 0.06;
    let until = from + random.within(6.0, 60.0);
    let inside = |note: &&Sung| (from..until).contains(&note.start_s);
    notes.iter().filter(inside).copied().collect()
}

fn without_a_track(notes: &mut Vec<Sung>, random: &mut Random) {
    let mut tracks: Vec<u16> = notes.iter().filter(|n| !n.melody).map(|n| n.track).collect();
    tracks.sort_unstable();
    tracks.dedup();
    if tracks.len() > 1 {
        let gone = tracks[random.below(tracks.len())];
        notes.retain(|note| note.track != gone);
    }
}

fn unison(notes: &[Sung], note: &Sung) -> bool {
    let first = notes.partition_point(|other| other.start_s < note.start_s - 0.05);
    let near = notes[first..].iter().take_while(|other| other.start_s < note.start_s + 0.05);
    near.into_iter().any(|other| other.melody && other.pitch == note.pitch)
}

/// Gives overlapping notes of a pitch the ends that they have on one channel: the oldest ends first.
fn on_one_channel(notes: &mut [Sung]) {
    notes.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    for pitch in 0..128_u8 {
        let mut ends: Vec<f64> =
            notes.iter().filter(|note| note.pitch == pitch).map(|note| note.end_s).collect();
        ends.sort_by(f64::total_cmp);
        let same = notes.iter_mut().filter(|note| note.pitch == pitch);
        same.zip(ends).for_each(|(note, end)| note.end_s = end.max(note.start_s));
    }
}

fn write(
    file: &mut impl Write,
    set: usize,
    name: &str,
    variant: u64,
    mut notes: Vec<Sung>,
) -> Result<(), Box<dyn Error>> {
    on_one_channel(&mut notes);
    let tick = |seconds: f64| (seconds.max(0.0) * TICKS).round() as u32;
    let melody = notes.iter().filter(|note| note.melody).count();
    let played = notes
        .iter()
        .map(|note| {
            Note::new(tick(note.start_s), tick(note.end_s), note.pitch)
                .velocity(note.velocity.max(1))
                .track(if note.melody { MELODY } else { 0 })
        })
        .collect();
    let piece = Piece::from_notes(played, &Timeline::new(480), &Options::default())?;
    let rows = note_evidence(&piece)?;
    file.write_all(format!("{set} {variant} {} {melody} {name}\n", rows.len()).as_bytes())?;
    let place = |place: Option<usize>| place.map_or(-1.0, |place| place as f32);
    for row in &rows {
        let known = [
            f32::from(row.pitch),
            row.attack as f32,
            f32::from(u8::from(row.track == MELODY)),
            place(row.before),
            place(row.after),
        ];
        for value in known.iter().chain(&row.features) {
            file.write_all(&value.to_le_bytes())?;
        }
    }
    Ok(())
}
