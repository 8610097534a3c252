//! What is first estimated of the other notes of a part that are like a note: in pitch, in loudness, in their
//! neighbours, or in length.

use crate::analysis::melody::described::{FEATURES, Likeness};
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

/// Describes each note by its first estimate, the logarithm of its odds, and by notes that are like it.
///
/// # Errors
/// Out of memory.
pub(super) fn kin(
    rows: &[[f32; FEATURES]],
    estimates: &[f32],
) -> Result<Vec<[f32; KIN_FEATURES]>, NoRoom> {
    let mut kinds = room::filled(Kind::default(), KINDS.iter().sum())?;
    let mut sum = 0.0;
    for (row, &estimate) in rows.iter().zip(estimates) {
        let probability = logistic(estimate);
        sum += probability;
        let like = Likeness::of(row);
        for (kind, weight) in of(&like) {
            kinds[kind].sum += weight * probability;
            kinds[kind].count += weight;
        }
    }
    let count = rows.len().max(1) as f32;
    let mean = sum / count;
    let describe = |(row, &estimate): (&[f32; FEATURES], &f32)| {
        let probability = logistic(estimate);
        let mut described = [0.0; KIN_FEATURES];
        described[..3].copy_from_slice(&[0.3 * estimate, probability, mean]);
        let like = Likeness::of(row);
        for ((kind, weight), to) in of(&like).into_iter().zip(described[3..].chunks_exact_mut(3)) {
            // Of the others.
            let sum = (kinds[kind].sum - weight * probability).max(0.0);
            let others = (kinds[kind].count - weight).max(0.0);
            to[0] = 3.0 * (sum + PRIOR * mean) / (others + PRIOR);
            to[1] = others / (others + SOME);
            to[2] = 10.0 * others / count;
        }
        described
    };
    room::gathered(rows.iter().zip(estimates).map(describe))
}

/// The kinds that a note belongs to, and how much it counts there: of those of a pitch or loudness, only the
/// highest of an attack do.
fn of(like: &Likeness) -> [(usize, f32); WAYS] {
    let top = f32::from(u8::from(like.is_highest));
    let [pitch, loudness, turn, length] = like.kinds;
    let after = |ways: usize| KINDS[..ways].iter().sum::<usize>();
    [
        (pitch % KINDS[0], top),
        (after(1) + loudness % KINDS[1], top),
        (after(2) + turn % KINDS[2], 1.0),
        (after(3) + length % KINDS[3], 1.0),
    ]
}
