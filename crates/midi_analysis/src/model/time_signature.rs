//! Time signatures.

use std::fmt;

/// A time signature: the number of beats in a bar, and the note value of a beat.
///
/// ```
/// assert_eq!(midi_analysis::TimeSignature::new(6, 8).to_string(), "6/8");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TimeSignature {
    /// Beats in a bar.
    pub numerator: u8,
    /// The note value of a beat: 4 for a quarter note.
    pub denominator: u8,
}

impl TimeSignature {
    /// The time signature of a number of beats and their note value.
    pub const fn new(numerator: u8, denominator: u8) -> Self {
        Self { numerator, denominator }
    }
}

impl fmt::Display for TimeSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}
