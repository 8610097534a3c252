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
        // One bit for each possible run, so that the memory does not depend on the piece. A shorter run counts as one
        // that ends with zeros: then the order of the numbers is that of the texts, as a space comes before any letter.
        let mut seen = vec![0_u64; base.pow(LONGEST_GRAM as u32).div_ceil(64)];
        let runs = self.0.split(|&degree| degree == NULL || degree == OTHER);
        for run in runs {
            for first in 0..run.len() {
                let (mut gram, mut place) = (0, base.pow(LONGEST_GRAM as u32));
                for &degree in &run[first..run.len().min(first + LONGEST_GRAM)] {
                    place /= base;
                    gram += place * usize::from(degree);
                    seen[gram / 64] |= 1 << (gram % 64);
                }
            }
        }
        let mut grams = Vec::new();
        for (word, &bits) in seen.iter().enumerate() {
            let mut left = bits;
            while left != 0 {
                grams.push(written(64 * word + left.trailing_zeros() as usize, base));
                left &= left - 1;
            }
        }
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

/// The degrees of a run, separated by spaces.
fn written(gram: usize, base: usize) -> String {
    let mut text = String::with_capacity(LONGEST_GRAM * 8);
    let (mut rest, mut place) = (gram, base.pow(LONGEST_GRAM as u32));
    while rest > 0 {
        place /= base;
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(KNOWN[rest / place - 1]);
        rest %= place;
    }
    text
}
