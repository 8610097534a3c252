//! What is first estimated of the other candidates of a part that are like one: in pitch, in loudness, in their
//! neighbours, or in length.

use crate::analysis::melody::among::CENTRE;
use crate::analysis::melody::described::{AFTER, BEFORE, FEATURES};
use crate::analysis::melody::pitches::{FAR, OCTAVE};
use crate::net::logistic;
use crate::room::{self, NoRoom};

/// Ways in which notes are alike.
const WAYS: usize = 4;
/// Numbers that describe a note by its first estimate and by notes that are like it.
pub(super) const KIN_FEATURES: usize = 3 + 3 * WAYS;
/// Kinds of notes, one way after the other: of each pitch, loudness, turn of a line, and length.
const KINDS: [usize; WAYS] = [128, 32, 4_096, 64];
/// The mean of all notes counts as much as so many of a kind.
const PRIOR: f32 = 2.0;
/// Notes of a kind that are neither few nor many.
const SOME: f32 = 8.0;

/// Notes of a kind: the sum of their probabilities, and how many there are.
#[derive(Clone, Copy, Default)]
struct Kind {
    sum: f32,
    count: f32,
}

/// The kinds that a candidate belongs to, and how much it counts there: of those of a pitch or loudness, only the
/// highest of an attack do.
type Kinds = [(u32, f32); WAYS];

/// Describes each candidate by its first estimate, the logarithm of its odds, and by those that are like it.
///
/// # Errors
/// Out of memory.
pub(super) fn kin(
    rows: &[[f32; FEATURES]],
    estimates: &[f32],
) -> Result<Vec<[f32; KIN_FEATURES]>, NoRoom> {
    let mut kinds = room::filled(Kind::default(), KINDS.iter().sum())?;
    let mut noted: Vec<(f32, Kinds)> = room::list(rows.len())?;
    let mut all = 0.0;
    for (row, &estimate) in rows.iter().zip(estimates) {
        let probability = logistic(estimate);
        all += probability;
        let like = like(row);
        for (kind, weight) in like {
            let kind = &mut kinds[kind as usize];
            kind.sum += weight * probability;
            kind.count += weight;
        }
        noted.push((probability, like));
    }
    let count = rows.len().max(1) as f32;
    let mean = all / count;
    let describe = |((probability, like), &estimate): (&(f32, Kinds), &f32)| {
        let mut described = [0.0; KIN_FEATURES];
        described[..3].copy_from_slice(&[0.3 * estimate, *probability, mean]);
        for ((kind, weight), to) in like.iter().zip(described[3..].as_chunks_mut::<3>().0) {
            // Of the others.
            let kind = &kinds[*kind as usize];
            let sum = (kind.sum - weight * probability).max(0.0);
            let others = (kind.count - weight).max(0.0);
            *to = [
                3.0 * (sum + PRIOR * mean) / (others + PRIOR),
                others / (others + SOME),
                10.0 * others / count,
            ];
        }
        described
    };
    room::gathered(noted.iter().zip(estimates).map(describe))
}

/// The kinds of a described candidate.
fn like(row: &[f32; FEATURES]) -> Kinds {
    let after = |ways: usize| KINDS[..ways].iter().sum::<usize>() as u32;
    // Numbers are cut, not rounded by a function: what is cut is never negative.
    let pitch = (row[0] * OCTAVE + CENTRE + 0.5).clamp(0.0, 127.0) as u32;
    let loudness = (row[16] * 8.0 + 16.0).clamp(0.0, 31.0) as u32;
    let interval =
        |octaves: f32| (octaves.clamp(-FAR, FAR) * OCTAVE + FAR * OCTAVE + 0.5).max(0.0) as u32;
    let turn = (pitch * 49 + interval(row[BEFORE + 6])) * 49 + interval(row[AFTER + 6]);
    let turn = turn.wrapping_mul(2_654_435_761) >> 20;
    let eighth = |share: f32| (share * 8.0).clamp(0.0, 7.0) as u32;
    let length = eighth(row[12]) * 8 + eighth(row[AFTER + 7]);
    let highest = f32::from(u8::from(row[3].abs() < 1e-6));
    [
        (pitch, highest),
        (after(1) + loudness, highest),
        (after(2) + turn, 1.0),
        (after(3) + length, 1.0),
    ]
}
