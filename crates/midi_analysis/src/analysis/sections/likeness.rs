//! How alike bars are: in harmony, in melody, and in all their notes.
//!
//! The likenesses of bars are kept by their distance, as in the time-lag matrix of Goto (2003), so that a
//! passage that comes again is a stretch of one row. All parts of a likeness are whole numbers that fit
//! into a byte together, so that those of many pairs of bars are found at once: what two bars have in
//! common of each pitch class (the intersection of histograms, Swain & Ballard 1991), and in how many slots
//! they have the same.

use fearless_simd::{Select, Simd, SimdBase, u8x32};

use super::bars::{Bar, CHROMA, HARMONY, SLOTS};
use crate::error::{Error, check};
use crate::room;

/// Pairs that are compared at once.
pub(super) const LANES: usize = 32;
/// Longest distance at which bars are compared, in bars.
const LONGEST_LAG: usize = 64;
/// Pairs of slots of the melody that are compared, and hashes of the notes.
const PARTS: usize = SLOTS / 2;
/// What equal pairs of slots of the melody and equal hashes of the notes count. With [`HARMONY`] the shares of harmony,
/// melody and notes are a quarter, a half and a quarter; set by hand.
const OF_MELODY: u8 = 16;
const OF_NOTES: u8 = 8;
/// The likeness of equal bars.
pub(super) const EQUAL: f32 = 255.0;
/// Bars that columns have room for: as many as are compared, and those of the last pairs that are not.
const COLUMN: usize = super::bars::MOST_BARS + 2 * LANES;
const COLUMNS: usize = CHROMA + 2 * PARTS;

type Lanes = [u8; LANES];
type Column = [u8; COLUMN];

/// How alike two bars are in their harmony, their melody and all their notes, 0-1 each. Without pitches the
/// notes stand for the harmony.
pub(super) fn likeness(a: &Bar, b: &Bar) -> [f32; 3] {
    let notes = in_common(&a.notes, &b.notes);
    let harmony = match a.pitched || b.pitched {
        true => {
            let least = a.harmony.iter().zip(&b.harmony).map(|(&a, &b)| a.min(b));
            f32::from(least.sum::<u8>()) / f32::from(HARMONY)
        }
        false => notes,
    };
    let pairs =
        |bar: &Bar| *bar.melody.as_chunks::<2>().0.first_chunk().unwrap_or(&[[0; 2]; PARTS]);
    [harmony, in_common(&pairs(a), &pairs(b)), notes]
}

/// The likeness of two bars in sum.
pub(super) fn weighed(like: [f32; 3]) -> f32 {
    let [harmony, melody, notes] = like;
    let parts = PARTS as f32;
    let sum = harmony * f32::from(HARMONY)
        + melody * parts * f32::from(OF_MELODY)
        + notes * parts * f32::from(OF_NOTES);
    sum / EQUAL
}

/// Share of the parts that are equal.
fn in_common<T: PartialEq, const N: usize>(a: &[T; N], b: &[T; N]) -> f32 {
    let same: u8 = a.iter().zip(b).map(|(a, b)| u8::from(a == b)).sum();
    f32::from(same) / N as f32
}

/// How alike two bars are, the second of which is `up` semitones higher, up to octaves. Notes are compared by
/// what the melody has of them.
pub(super) fn transposed(a: &Bar, b: &Bar, up: usize) -> [f32; 3] {
    let mut moved = a.clone();
    moved.harmony.rotate_right(up);
    if a.sings() {
        for code in moved.melody.iter_mut().filter(|code| **code > 0) {
            let higher = *code % 16 + up as u8;
            *code = *code - *code % 16 + (higher - 1) % 12 + 1;
        }
    }
    let [harmony, melody, _] = likeness(&moved, b);
    [harmony, melody, melody]
}

/// How alike bars are, by distance.
pub(super) struct Likes {
    bars: usize,
    /// Bytes of a row: those of [`COLUMN`] that are needed.
    width: usize,
    /// By distance from 1, then by the earlier bar; 0 after the last pair.
    likes: Vec<u8>,
}

impl Likes {
    /// # Errors
    /// Out of memory, or `interrupted`.
    #[inline(always)]
    pub(super) fn of<S: Simd>(
        simd: S,
        bars: &[Bar],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let lags = (bars.len() - 1).min(LONGEST_LAG);
        let width = bars.len().next_multiple_of(LANES);
        let mut likes = room::filled(0, lags * width)?;
        let mut columns: Vec<Column> = room::filled([0; COLUMN], COLUMNS)?;
        if let Some(columns) = columns.first_chunk_mut() {
            fill(columns, bars);
            for (row, lag) in likes.chunks_exact_mut(width).zip(1..) {
                check(interrupted)?;
                let pairs = bars.len() - lag;
                let blocks = row.as_chunks_mut::<LANES>().0.iter_mut();
                for (block, from) in blocks.zip((0..pairs).step_by(LANES)) {
                    compared(simd, columns, from, from + lag).store_slice(block);
                }
                row[pairs..].fill(0);
            }
        }
        if bars.iter().all(|bar| !bar.pitched) {
            // Their notes stand for the harmony.
            likes.iter_mut().for_each(|like| *like = like.saturating_add(*like / 3));
        }
        Ok(Self { bars: bars.len(), width, likes })
    }

    /// The likenesses at one distance, by the earlier bar, with zeros after them. `None` where it is too long.
    pub(super) fn row(&self, lag: usize) -> Option<&[Lanes]> {
        let from = lag.checked_sub(1)? * self.width;
        Some(self.likes.get(from..from + self.width)?.as_chunks().0)
    }

    /// The likenesses of the pairs at one distance.
    pub(super) fn pairs(&self, lag: usize) -> Option<&[u8]> {
        self.row(lag)?.as_flattened().get(..self.bars.checked_sub(lag)?)
    }

    /// Mean likeness of the bars `from..from + length` and those `lag` later, 0-1; `None` where they are not
    /// compared.
    pub(super) fn mean(&self, from: usize, length: usize, lag: usize) -> Option<f32> {
        let pairs = self.pairs(lag)?.get(from..from + length).filter(|pairs| !pairs.is_empty())?;
        let sum: u32 = pairs.iter().map(|&like| u32::from(like)).sum();
        Some(sum as f32 / (EQUAL * length as f32))
    }
}

/// Puts what is compared of each bar into one place of the columns.
#[inline(always)]
fn fill(columns: &mut [Column; COLUMNS], bars: &[Bar]) {
    for (index, bar) in bars.iter().enumerate().take(COLUMN) {
        for (column, value) in bar.harmony.into_iter().enumerate() {
            columns[column][index] = value;
        }
        for (part, (melody, notes)) in bar.melody.as_chunks().0.iter().zip(bar.notes).enumerate() {
            columns[CHROMA + part][index] = joined(*melody);
            columns[CHROMA + PARTS + part][index] = notes;
        }
    }
}

/// One number for two slots of the melody, another one for most others.
fn joined([first, second]: [u8; 2]) -> u8 {
    first.wrapping_mul(37).wrapping_add(second)
}

/// How alike the bars from `a` on and those from `b` on are, one by one.
#[inline(always)]
fn compared<S: Simd>(simd: S, columns: &[Column; COLUMNS], a: usize, b: usize) -> u8x32<S> {
    let (a, b) = (a.min(COLUMN - LANES), b.min(COLUMN - LANES));
    let bars = |column: &Column| {
        let bars = |from: usize| u8x32::from_slice(simd, &column[from..][..LANES]);
        (bars(a), bars(b))
    };
    let (harmony, slots) = columns.split_at(CHROMA);
    let (melody, notes) = slots.split_at(PARTS);
    let mut like = u8x32::splat(simd, 0);
    for (a, b) in harmony.iter().map(bars) {
        like += a.min(b);
    }
    for (slots, weight) in [(melody, OF_MELODY), (notes, OF_NOTES)] {
        let weight = u8x32::splat(simd, weight);
        for (a, b) in slots.iter().map(bars) {
            like += a.simd_eq(b).select(weight, u8x32::splat(simd, 0));
        }
    }
    like
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, SimdBase, dispatch};

    use super::{CHROMA, COLUMN, COLUMNS, LANES, OF_MELODY, OF_NOTES, PARTS, compared};

    #[test]
    fn vectors_compare_bars_as_one_by_one() {
        let mut random = fastrand::Rng::with_seed(7);
        let columns = vec![[0; COLUMN]; COLUMNS];
        let mut columns: Box<[_; COLUMNS]> = columns.try_into().expect("as many columns");
        columns.as_flattened_mut().iter_mut().for_each(|value| *value = random.u8(..5));
        for (a, b) in [(0, 1), (5, 69), (COLUMN - LANES - 1, COLUMN - LANES)] {
            let mut likes = [0; LANES];
            dispatch!(Level::new(), simd => compared(simd, &columns, a, b).store_slice(&mut likes));
            let expected: [u8; LANES] = std::array::from_fn(|lane| {
                let pair = |column: usize| (columns[column][a + lane], columns[column][b + lane]);
                let same = |column: usize| u8::from(pair(column).0 == pair(column).1);
                let harmony: u8 = (0..CHROMA).map(pair).map(|(a, b)| a.min(b)).sum();
                let slots = |from: usize| (from..from + PARTS).map(same).sum::<u8>();
                harmony + slots(CHROMA) * OF_MELODY + slots(CHROMA + PARTS) * OF_NOTES
            });
            assert_eq!(likes, expected);
        }
    }
}
