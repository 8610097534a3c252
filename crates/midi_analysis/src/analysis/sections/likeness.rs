//! How alike bars are: in harmony, in melody, and in all their notes.
//!
//! The likenesses of bars are kept by their distance, as in the time-lag matrix of Goto (2003), so that a
//! passage that comes again is a stretch of one row. Sums along the rows give the likeness of passages of
//! any length.

use super::bars::{Bar, ENTRIES, LENGTH};
use crate::error::{Error, check};
use crate::room;

/// Longest distance at which bars are compared, in bars.
const LONGEST_LAG: usize = 256;
/// Shares of harmony, melody and notes in the likeness of bars; set by hand.
const SHARES: [f32; 3] = [0.25, 0.5, 0.25];
/// Twice the reciprocals of how many entries two bars have.
const TWICE_OF: [f32; 2 * ENTRIES + 1] = {
    let mut shares = [0.0; 2 * ENTRIES + 1];
    let mut entries = 1;
    while entries < shares.len() {
        shares[entries] = 2.0 / entries as f32;
        entries += 1;
    }
    shares
};

/// How alike two bars are in their harmony (their notes where neither has pitches), their melody (their
/// harmony where neither has any), and all their notes, 0-1 each.
#[inline]
pub(super) fn likeness(a: &Bar, b: &Bar) -> [f32; 3] {
    let entries = usize::from(a.sketch_entries + b.sketch_entries);
    let notes = match entries {
        0 => 1.0,
        _ => f32::from(in_common(&a.sketch, &b.sketch)) * TWICE_OF[entries],
    };
    let harmony = match a.pitched || b.pitched {
        true => {
            let products = a.chroma.iter().zip(&b.chroma);
            let sum: i32 = products.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
            sum as f32 * (LENGTH * LENGTH).recip()
        }
        false => notes,
    };
    let melody = match usize::from(a.melody_notes + b.melody_notes) {
        0 => harmony,
        notes => f32::from(in_common(&a.melody, &b.melody)) * TWICE_OF[notes],
    };
    [harmony, melody, notes]
}

/// The likeness of two bars in sum.
#[inline]
pub(super) fn weighed(like: [f32; 3]) -> f32 {
    let [harmony, melody, notes] = like;
    harmony * SHARES[0] + melody * SHARES[1] + notes * SHARES[2]
}

/// Entries that are there and equal.
#[inline]
fn in_common<const N: usize>(a: &[u8; N], b: &[u8; N]) -> u8 {
    let mut same = 0;
    for index in 0..N {
        same += u8::from(a[index] == b[index]) & u8::from(a[index] > 0);
    }
    same
}

/// How alike two bars are, the second of which is `up` semitones higher, up to octaves. Notes are compared by
/// what the melody has of them.
pub(super) fn transposed(a: &Bar, b: &Bar, up: usize) -> [f32; 3] {
    let mut moved = a.clone();
    moved.chroma.chunks_exact_mut(12).for_each(|half| half.rotate_right(up));
    for class in moved.melody.iter_mut().filter(|class| **class > 0) {
        *class = (*class - 1 + up as u8) % 12 + 1;
    }
    let [harmony, melody, _] = likeness(&moved, b);
    [harmony, melody, melody]
}

/// Sums of the likeness of bars.
pub(super) struct Sums {
    bars: usize,
    /// By distance from 1, then by bar: the sum over the pairs of bars before it.
    sums: Vec<f32>,
}

impl Sums {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(bars: &[Bar], interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let lags = (bars.len() - 1).min(LONGEST_LAG);
        let width = bars.len() + 1;
        let mut sums = room::filled(0.0_f32, lags * width)?;
        for (row, lag) in sums.chunks_exact_mut(width).zip(1..) {
            check(interrupted)?;
            let mut total = 0.0;
            for ((sum, bar), later) in row[1..].iter_mut().zip(bars).zip(&bars[lag..]) {
                total += weighed(likeness(bar, later));
                *sum = total;
            }
        }
        Ok(Self { bars: bars.len(), sums })
    }

    /// The sums of one distance, by bar: one more than there are pairs. `None` where it is too long.
    pub(super) fn row(&self, lag: usize) -> Option<&[f32]> {
        let from = lag.checked_sub(1)? * (self.bars + 1);
        self.sums.get(from..from + (self.bars + 1).checked_sub(lag)?)
    }

    /// Mean likeness of the bars `from..from + length` and those `lag` later; `None` where they are not
    /// compared.
    pub(super) fn mean(&self, from: usize, length: usize, lag: usize) -> Option<f32> {
        let row = self.row(lag).filter(|_| length > 0)?;
        Some((row.get(from + length)? - row.get(from)?) / length as f32)
    }
}
