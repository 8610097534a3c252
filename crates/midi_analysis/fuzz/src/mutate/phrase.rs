//! Whole phrases: estimates of harmony, rhythm, melody and form need many notes that belong together, which
//! single mutations rarely make.

use fastrand::Rng;

use super::{any_track, channel, one_of, place};
use midi_testkit::smf::{Event, File, Message};

/// A note of a phrase: its start and its length in steps, its pitch and its velocity.
type Note = (u32, u32, u8, u8);

const SCALES: [&[u8]; 5] = [
    &[0, 2, 4, 5, 7, 9, 11],
    &[0, 2, 3, 5, 7, 8, 10],
    &[0, 2, 4, 7, 9],
    &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    &[0, 7],
];
/// Degrees of a scale on which chords follow each other.
const PROGRESSIONS: [&[u8]; 5] =
    [&[0, 3, 4, 0], &[1, 4, 0], &[0, 4, 5, 3], &[5, 3, 0, 4], &[0, 5, 1, 4]];
/// Bass drum, snare, hi-hat, as sixteenths of a bar.
const GROOVES: [[u16; 3]; 3] =
    [[0x0101, 0x1010, 0x5555], [0x1111, 0x1010, 0x4444], [0x0481, 0x0110, 0x1249]];
const KIT: [u8; 3] = [36, 38, 42];

/// Inserts a phrase into a track: a melody, chords or drums, played evenly, swung or loosely.
pub(super) fn insert(piece: &mut File, rng: &mut Rng) {
    let quarter = if piece.division & 0x8000 == 0 { u32::from(piece.division) } else { 24 };
    let step = (quarter / one_of(&[1, 2, 3, 4, 8], rng)).max(1);
    let (notes, channel) = match rng.usize(..3) {
        0 => (melody(rng), channel(rng)),
        1 => (chords(rng), channel(rng)),
        _ => (drums(rng), 9),
    };
    let loose = if rng.usize(..4) == 0 { step / 4 } else { 0 };
    let swing = if rng.usize(..4) == 0 { step / 3 } else { 0 };
    let mut messages = Vec::new();
    for (start, length, pitch, velocity) in notes {
        let at = start * step + start % 2 * swing + rng.u32(..=loose);
        messages.push((at, [0x90 | channel, pitch, velocity]));
        messages.push((at + (length * step).max(1), [0x80 | channel, pitch, 0]));
    }
    messages.sort_by_key(|&(tick, [status, ..])| (tick, status));
    let mut last = 0;
    let events = messages.into_iter().map(|(tick, message)| {
        let delta = tick - std::mem::replace(&mut last, tick);
        Event { delta, message: Message::Channel(message) }
    });
    let events: Vec<Event> = events.collect();
    let track = any_track(piece, rng);
    let at = place(track, rng);
    track.splice(at..at, events);
}

/// A walk along a scale, which may be repeated.
fn melody(rng: &mut Rng) -> Vec<Note> {
    let (scale, tonic) = (one_of(&SCALES, rng), rng.u8(40..72));
    let length = one_of(&[4, 8, 16, 32], rng);
    let mut at = rng.i32(0..7);
    let mut start = 0;
    let mut notes = Vec::new();
    for _ in 0..length {
        at = (at + one_of(&[-2, -1, -1, 0, 1, 1, 2, 4], rng)).clamp(0, 14);
        let steps = one_of(&[1, 1, 1, 2, 3, 4], rng);
        notes.push((start, steps, on(scale, tonic, at as u8), rng.u8(40..128)));
        start += steps;
    }
    repeated(&notes, start, rng)
}

fn chords(rng: &mut Rng) -> Vec<Note> {
    let (scale, tonic) = (SCALES[rng.usize(..2)], rng.u8(36..60));
    let (degrees, sevenths) = (one_of(&PROGRESSIONS, rng), rng.bool());
    let steps = one_of(&[2, 4, 8], rng);
    let mut notes = Vec::new();
    for (number, degree) in degrees.iter().enumerate() {
        for third in 0..if sevenths { 4 } else { 3 } {
            notes.push((number as u32 * steps, steps, on(scale, tonic, degree + 2 * third), 80));
        }
    }
    repeated(&notes, degrees.len() as u32 * steps, rng)
}

fn drums(rng: &mut Rng) -> Vec<Note> {
    let groove = one_of(&GROOVES, rng);
    let mut notes = Vec::new();
    for sixteenth in 0..16 {
        for (strokes, piece) in groove.iter().zip(KIT) {
            if strokes >> sixteenth & 1 == 1 {
                notes.push((sixteenth, 1, piece, rng.u8(60..128)));
            }
        }
    }
    repeated(&notes, 16, rng)
}

fn repeated(notes: &[Note], length: u32, rng: &mut Rng) -> Vec<Note> {
    let times = one_of(&[1, 1, 2, 4], rng);
    let shifted = |time: u32| {
        let later = move |&(start, steps, pitch, velocity): &Note| {
            (start + time * length, steps, pitch, velocity)
        };
        notes.iter().map(later)
    };
    (0..times).flat_map(shifted).collect()
}

/// The pitch of a degree, which may lie beyond the octave.
fn on(scale: &[u8], tonic: u8, degree: u8) -> u8 {
    let degree = usize::from(degree);
    (tonic + 12 * (degree / scale.len()) as u8 + scale[degree % scale.len()]).min(127)
}
