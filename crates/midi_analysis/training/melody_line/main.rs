//! `melody_notes OUTPUT VARIANTS FOLDER[=ORIGIN=LICENCE]...`: what the choice of the melody within a part sees of
//! pieces whose melody is known, for the trainer of its network, which is in Python (`train.py`).
//!
//! The melody of a piece is in the tracks that are named for one. All tracks are put together as one part on one
//! channel; more variants of a piece follow, changed as players and arrangers do, and short songs that are made up.
//! First the [gate] before the network is learned, from pieces of other folds than the first.

#[path = "../support/mod.rs"]
mod support;

mod arranged;
mod gate;
mod songs;
mod varied;

use std::error::Error;
use std::io::{BufWriter, Write};
use std::{env, fs};

use arranged::{Harmony, Sung, arranged};
use gate::Lessons;
use midi_analysis::training::{MELODY_NOTE_FEATURES, MelodyGate, note_evidence};
use midi_analysis::{Note, Options, Piece, Timeline};
use support::corpus::fold;
use support::melody::is_for_melody;
use support::random::Random;
use varied::{cut, varied};

/// Ticks of a second in the variants: those of 480 in a quarter note at 120 quarter notes a minute.
const TICKS: f64 = 960.0;
/// The track of the melody.
const MELODY: u16 = 1;
/// Made-up songs.
const SONGS: usize = 1_500;
/// Variants of a piece that the gate is learned from, and all variants of pieces of other sets than the first.
const FEW: u64 = 3;

/// A piece whose melody is known.
struct Known {
    /// Index of its set.
    set: usize,
    name: String,
    fold: u64,
    /// Its variants: one melody, and what accompanies it.
    variants: Vec<Vec<Sung>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let output = arguments.next().ok_or("usage: melody_notes OUTPUT VARIANTS FOLDER...")?;
    let variants: u64 = arguments.next().ok_or("no number of variants")?.parse()?;
    let folders: Vec<String> = arguments.collect();
    let mut pieces = Vec::new();
    for (set, folder) in folders.iter().enumerate() {
        let folder = folder.split('=').next().unwrap_or_default();
        let mut names: Vec<_> = fs::read_dir(folder)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".mid"))
            .collect();
        names.sort();
        for (number, name) in names.into_iter().enumerate() {
            let bytes = fs::read(format!("{folder}/{name}"))?;
            let Ok(piece) = Piece::read(&bytes, &Options::default()) else { continue };
            let Some(notes) = sung(&piece) else { continue };
            let harmony = harmony(&piece)?;
            let variant = |variant: u64| {
                let mut random = Random::new(number as u64 * 1_000_003 + variant * 7919 + 1);
                variant_of(&notes, &harmony, variant, &mut random)
            };
            let fold = fold(&name);
            let count = if set == 0 { variants } else { variants.min(FEW) };
            pieces.push(Known { set, name, fold, variants: (0..count).map(variant).collect() });
        }
    }
    let mut random = Random::new(7);
    for number in 0..SONGS {
        let (tune, harmony, beat_s) = songs::song(&mut random);
        let variants = vec![arranged(&tune, &harmony, beat_s, &mut random)];
        let name = format!("song{number}");
        pieces.push(Known { set: folders.len(), fold: fold(&name), name, variants });
    }
    let mut lessons = Lessons::default();
    for piece in pieces.iter().filter(|piece| piece.fold > 0) {
        for notes in piece.variants.iter().take(FEW as usize) {
            lessons.add(&part(notes)?, &mut random)?;
        }
    }
    let gate = lessons.gate();
    let mut file = BufWriter::new(fs::File::create(output)?);
    writeln!(file, "{MELODY_NOTE_FEATURES}")?;
    for weight in gate.weights.iter().chain([&gate.bias]) {
        write!(file, "{weight} ")?;
    }
    writeln!(file)?;
    for piece in &pieces {
        for (variant, notes) in piece.variants.iter().enumerate() {
            write(&mut file, piece, variant, notes, &gate)?;
        }
    }
    Ok(file.flush()?)
}

/// A variant of a piece: as it is, then by turns with another player and with another accompaniment.
fn variant_of(notes: &[Sung], harmony: &[Harmony], variant: u64, random: &mut Random) -> Vec<Sung> {
    if variant == 0 {
        return notes.to_vec();
    }
    if variant % 2 == 1 {
        return varied(notes, random);
    }
    let melody: Vec<_> = notes.iter().copied().filter(|note| note.melody).collect();
    let beat_s = random.within(0.4, 0.75);
    let other = arranged(&melody, harmony, beat_s, random);
    let other = if random.happens(0.6) { cut(&other, random) } else { other };
    if random.happens(0.4) { varied(&other, random) } else { other }
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

/// A piece of these notes, all of one channel.
fn part(notes: &[Sung]) -> Result<Piece<'static>, Box<dyn Error>> {
    let mut notes = notes.to_vec();
    on_one_channel(&mut notes);
    let tick = |seconds: f64| (seconds.max(0.0) * TICKS).round() as u32;
    let played = notes
        .iter()
        .map(|note| {
            Note::new(tick(note.start_s), tick(note.end_s), note.pitch)
                .velocity(note.velocity.max(1))
                .track(if note.melody { MELODY } else { 0 })
        })
        .collect();
    Ok(Piece::from_notes(played, &Timeline::new(480), &Options::default())?)
}

fn write(
    file: &mut impl Write,
    known: &Known,
    variant: usize,
    notes: &[Sung],
    gate: &MelodyGate,
) -> Result<(), Box<dyn Error>> {
    let rows = note_evidence(&part(notes)?, gate)?;
    let melody = notes.iter().filter(|note| note.melody).count();
    let Known { set, name, fold, .. } = known;
    writeln!(file, "{set} {variant} {fold} {} {melody} {name}", rows.len())?;
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
