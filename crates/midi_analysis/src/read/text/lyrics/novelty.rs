//! What was said already, so that the same words in several voices come once.
//!
//! Texts are compared by their letters alone, in runs of six, as documents are for near duplicates (Broder
//! 1997, "On the resemblance and containment of documents"): neither hyphens, spaces and case nor the
//! division into syllables matter. The runs are kept in a Bloom filter with one hash.

use super::measure::is_letter;
use crate::room::{self, NoRoom};

/// Letters in a run, at most 8.
const RUN: u32 = 6;
/// Bits of the filter, as a power of two: for a text of 65,536 letters 1 in 128 is set.
const BITS: u32 = 23;
/// Letters of one voice that are compared.
const COMPARED: usize = 1 << 16;

/// What was said.
pub(super) struct Said {
    bits: Vec<u64>,
}

impl Said {
    /// # Errors
    /// Out of memory.
    pub(super) fn new() -> Result<Self, NoRoom> {
        Ok(Self { bits: room::filled(0, 1 << (BITS - 6))? })
    }

    /// Remembers a text, given in parts.
    pub(super) fn add<'t>(&mut self, text: impl Iterator<Item = &'t [u8]>) {
        runs(text, |place, bit| self.bits[place] |= bit);
    }

    /// Whether nearly all of a text was said: three quarters of its runs.
    pub(super) fn holds<'t>(&self, text: impl Iterator<Item = &'t [u8]>) -> bool {
        let (mut known, mut all) = (0, 0);
        runs(text, |place, bit| {
            known += u32::from(self.bits[place] & bit != 0);
            all += 1;
        });
        all > 0 && known * 4 >= all * 3
    }
}

/// Calls `run` with the place of each run in the filter. Text that is shorter than a run is one.
fn runs<'t>(text: impl Iterator<Item = &'t [u8]>, mut run: impl FnMut(usize, u64)) {
    let letters = text.flatten().filter(|&&byte| is_letter(byte)).take(COMPARED);
    let mask = (1_u64 << (8 * RUN)) - 1;
    let mut place = |letters: u64| {
        let hash = letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS);
        run((hash >> 6) as usize, 1 << (hash & 63));
    };
    let (mut last, mut read) = (0_u64, 0_u32);
    for byte in letters {
        last = (last << 8 | u64::from(byte.to_ascii_lowercase())) & mask;
        read = read.saturating_add(1);
        if read >= RUN {
            place(last);
        }
    }
    if (1..RUN).contains(&read) {
        place(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'t>(text: &'t [&'t str]) -> impl Iterator<Item = &'t [u8]> {
        text.iter().map(|part| part.as_bytes())
    }

    #[test]
    fn the_same_words_are_said_however_they_are_divided() {
        let mut said = Said::new().expect("memory");
        said.add(parts(&["Sail ", "a", "way ", "with ", "me"]));
        assert!(said.holds(parts(&["\\SAIL", " a-", "way", " with me"])));
        assert!(!said.holds(parts(&["O", "ver ", "the ", "sea"])));
        assert!(!said.holds(parts(&["Sail ", "home ", "to ", "the ", "o", "ther ", "side"])));
        assert!(!said.holds(parts(&["\r", "12"])));
    }
}
