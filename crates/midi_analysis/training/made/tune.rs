//! Melodies: a rhythm of a bar or two that returns, and pitches that walk.

use fastrand::Rng;

use super::harmony::{Chord, Key};
use super::patterns::Meter;

/// A note of a rhythm: when it begins and how long it lasts, in beats from the start of the bar.
pub type Step = (f64, f64);

/// Rhythms of one beat, in fractions of it: simple ones, of which the first are the slow ones, and compound ones.
const PLAIN: usize = 6;
const SIMPLE: &[&[f64]] = &[
    &[1.0],
    &[1.0],
    &[0.5, 0.5],
    &[0.5, 0.5],
    &[0.5, 0.5],
    &[1.0],
    &[0.75, 0.25],
    &[0.5, 0.25, 0.25],
    &[0.25, 0.25, 0.5],
    &[0.25, 0.25, 0.25, 0.25],
    &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
];
const COMPOUND: &[&[f64]] = &[
    &[1.0],
    &[2.0 / 3.0, 1.0 / 3.0],
    &[2.0 / 3.0, 1.0 / 3.0],
    &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
    &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
    &[0.5, 1.0 / 6.0, 1.0 / 3.0],
    &[1.0 / 3.0, 2.0 / 3.0],
];

/// The rhythm of a bar. `cells` of the rhythms of a beat are used, so that a melody keeps its character.
pub fn rhythm(meter: Meter, cells: &[usize], held: u8, rng: &mut Rng) -> Vec<Step> {
    let all = if meter.beat == 1.5 { COMPOUND } else { SIMPLE };
    let mut notes: Vec<Step> = Vec::new();
    for beat in 0..meter.beats {
        let mut at = f64::from(beat);
        let choice = rng.u8(..16);
        if choice < held && beat > 0 {
            // The note before is held, or the beat is silent.
            if let (Some(last), true) = (notes.last_mut(), !choice.is_multiple_of(3)) {
                last.1 += 1.0;
            }
            continue;
        }
        for &length in all[cells[rng.usize(..cells.len())] % all.len()] {
            notes.push((at, length));
            at += length;
        }
    }
    notes
}

/// Rhythms of one beat that a melody uses: at fast tempos no fast ones, at others seldom.
pub fn cells(bpm: f64, rng: &mut Rng) -> Vec<usize> {
    let known = if bpm < 116.0 && rng.u8(..5) < 2 { SIMPLE.len() } else { PLAIN };
    (0..1 + rng.usize(..4)).map(|_| rng.usize(..known)).collect()
}

/// Moves a pitch by a step or a leap, on strong places to a tone of the chord, within two octaves around `middle`.
pub fn walk(pitch: u8, middle: u8, key: Key, chord: Chord, strong: bool, rng: &mut Rng) -> u8 {
    let reach = if rng.u8(..4) == 0 { 7 } else { 3 };
    let wanted = (i16::from(pitch) + rng.i16(-reach..=reach))
        .clamp(i16::from(middle) - 12, i16::from(middle) + 12) as u8;
    let fits = |pitch: &u8| if strong { chord.has(*pitch) } else { key.has(*pitch) };
    (0..12).flat_map(|away| [wanted + away, wanted - away]).find(fits).unwrap_or(wanted)
}
