//! How alike bars are: in harmony, in melody, and in all their notes.
//!
//! The likenesses of bars are kept by their distance, as in the time-lag matrix of Goto (2003), so that a
//! passage that comes again is a stretch of one row. Sums along the rows give the likeness of passages of
//! any length.

use super::bars::Bar;
use crate::error::{Error, check};
use crate::room;

/// In what bars are alike.
pub(super) const KINDS: usize = 3;
/// Longest distance at which bars are compared, in bars.
const LONGEST_LAG: usize = 256;

/// How alike two bars are, 0-1: their harmony (their notes where neither has pitches), their melody
/// (their harmony where neither has any), and all their notes.
pub(super) fn likeness(a: &Bar, b: &Bar) -> [f32; KINDS] {
    let in_common = |a: &[u8], b: &[u8]| {
        let same = |(a, b): (&u8, &u8)| u8::from(a == b) & u8::from(*a > 0);
        a.iter().zip(b).map(same).sum::<u8>()
    };
    let either = f32::from(a.sketch_entries + b.sketch_entries);
    let notes = match either > 0.0 {
        true => 2.0 * f32::from(in_common(&a.sketch, &b.sketch)) / either,
        false => 1.0,
    };
    let harmony = match a.pitched || b.pitched {
        true => a.chroma.iter().zip(&b.chroma).fold(0.0, |sum, (a, b)| sum + a * b),
        false => notes,
    };
    let either = f32::from(a.melody_notes + b.melody_notes);
    let melody = match either > 0.0 {
        true => 2.0 * f32::from(in_common(&a.melody, &b.melody)) / either,
        false => harmony,
    };
    [harmony, melody, notes]
}

/// How alike two bars are, the second of which is `up` semitones higher, up to octaves. Notes are compared by
/// what the melody has of them.
pub(super) fn transposed(a: &Bar, b: &Bar, up: usize) -> [f32; KINDS] {
    let mut moved = a.clone();
    moved.chroma.chunks_exact_mut(12).for_each(|half| half.rotate_right(up));
    for class in moved.melody.iter_mut().filter(|class| **class > 0) {
        *class = (*class - 1 + up as u8) % 12 + 1;
    }
    let [harmony, melody, _] = likeness(&moved, b);
    [harmony, melody, melody]
}

/// Sums of the likeness of bars in one respect.
pub(super) struct Sums {
    bars: usize,
    lags: usize,
    /// By distance from 1, then by bar: the sum over the pairs of bars before it.
    sums: Vec<f32>,
}

impl Sums {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(bars: &[Bar], interrupted: &dyn Fn() -> bool) -> Result<[Self; KINDS], Error> {
        let lags = (bars.len() - 1).min(LONGEST_LAG);
        let width = bars.len() + 1;
        let empty = || room::filled(0.0_f32, lags * width);
        let mut sums = [empty()?, empty()?, empty()?];
        for lag in 1..=lags {
            check(interrupted)?;
            let mut total = [0.0; KINDS];
            let row = (lag - 1) * width;
            for (index, (bar, later)) in bars.iter().zip(&bars[lag..]).enumerate() {
                for ((kind, like), total) in likeness(bar, later).iter().enumerate().zip(&mut total)
                {
                    *total += like;
                    sums[kind][row + index + 1] = *total;
                }
            }
        }
        Ok(sums.map(|sums| Self { bars: bars.len(), lags, sums }))
    }

    pub(super) fn lags(&self) -> usize {
        self.lags
    }

    /// The sums of one distance, by bar: one more than there are pairs.
    pub(super) fn row(&self, lag: usize) -> &[f32] {
        let from = (lag - 1) * (self.bars + 1);
        &self.sums[from..from + self.bars + 1 - lag]
    }

    /// Mean likeness of the bars `from..from + length` and those `lag` later; `None` where they are not
    /// compared.
    pub(super) fn mean(&self, from: usize, length: usize, lag: usize) -> Option<f32> {
        if lag == 0 || lag > self.lags || from + length + lag > self.bars || length == 0 {
            return None;
        }
        let row = self.row(lag);
        Some((row[from + length] - row[from]) / length as f32)
    }
}
