//! The degrees of a piece's progression, a byte each, so that they are compared as numbers and an array
//! of any size takes little memory.

use std::sync::LazyLock;

use crate::analysis::chords::roman;

/// Longest run of chords that is looked up as one.
pub(super) const LONGEST_GRAM: usize = 3;

/// Every degree in the order of bytes, for a binary search.
static KNOWN: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut known: Vec<_> = roman::all().collect();
    known.sort_unstable();
    known.dedup();
    known
});

/// Numbers of a text that is not a degree, and of NULL.
const OTHER: u8 = u8::MAX;
const NULL: u8 = 0;

/// The degrees of a piece's progression, in order.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Degrees(Vec<u8>);

impl<'a> FromIterator<Option<&'a str>> for Degrees {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(numerals: I) -> Self {
        Self(numerals.into_iter().map(|numeral| numeral.map_or(NULL, number)).collect())
    }
}

impl Degrees {
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The distinct runs of up to three degrees, in the order of bytes, for an index. An element that is
    /// not a degree ends a run, since no query contains it.
    pub fn grams(&self) -> Vec<String> {
        let base = KNOWN.len() + 1;
        // One bit for each possible run, so that the memory does not depend on the piece.
        let mut seen = vec![0_u64; base.pow(LONGEST_GRAM as u32).div_ceil(64)];
        let runs = self.0.split(|&degree| degree == NULL || degree == OTHER);
        for run in runs {
            for first in 0..run.len() {
                let mut gram = 0;
                for &degree in &run[first..run.len().min(first + LONGEST_GRAM)] {
                    gram = gram * base + usize::from(degree);
                    seen[gram / 64] |= 1 << (gram % 64);
                }
            }
        }
        let grams = seen.iter().enumerate().filter(|(_, bits)| **bits != 0);
        let grams = grams.flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| 64 * word + bit)
        });
        let mut grams: Vec<String> = grams.map(|gram| written(gram, base)).collect();
        grams.sort_unstable();
        grams
    }
}

/// The number of a degree.
pub(super) fn number(numeral: &str) -> u8 {
    // There are fewer than fifty.
    KNOWN.binary_search(&numeral).map_or(OTHER, |index| index as u8 + 1)
}

/// Whether the number is not that of NULL.
pub(super) fn is_some(number: u8) -> bool {
    number != NULL
}

fn written(mut gram: usize, base: usize) -> String {
    let mut degrees = Vec::with_capacity(LONGEST_GRAM);
    while gram > 0 {
        degrees.push(KNOWN[gram % base - 1]);
        gram /= base;
    }
    degrees.reverse();
    degrees.join(" ")
}
