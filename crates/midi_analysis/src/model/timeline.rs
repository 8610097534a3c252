//! How the ticks of notes are to be understood: their length, tempo, meter and key.

use crate::model::division::Division;
use crate::model::key::KeySignature;
use crate::model::time_signature::TimeSignature;

/// What ticks mean in a piece that is made [from notes](crate::Piece::from_notes).
///
/// ```
/// use midi_analysis::{TimeSignature, Timeline};
///
/// // 480 ticks a quarter note, at 100 quarter notes a minute, in waltz time.
/// let timeline =
///     Timeline::new(480).tempo(0, 600_000).time_signature(0, TimeSignature::new(3, 4));
/// # let _ = timeline;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Timeline {
    pub(crate) division: Division,
    pub(crate) tempos: Vec<(u32, u32)>,
    pub(crate) meters: Vec<(u32, TimeSignature)>,
    pub(crate) keys: Vec<(u32, KeySignature)>,
}

impl Timeline {
    /// A timeline of this many ticks in a quarter note, at 120 quarter notes a minute in 4/4 until
    /// another tempo or time signature is added.
    pub fn new(ticks_per_quarter: u16) -> Self {
        Self {
            division: Division::Metrical(ticks_per_quarter),
            tempos: Vec::new(),
            meters: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// Adds a tempo that holds from a tick on: the microseconds that a quarter note lasts.
    #[must_use]
    pub fn tempo(mut self, tick: u32, microseconds_per_quarter: u32) -> Self {
        self.tempos.push((tick, microseconds_per_quarter));
        self
    }

    /// Adds a time signature that holds from a tick on.
    #[must_use]
    pub fn time_signature(mut self, tick: u32, signature: TimeSignature) -> Self {
        self.meters.push((tick, signature));
        self
    }

    /// Adds a key signature that holds from a tick on.
    #[must_use]
    pub fn key_signature(mut self, tick: u32, signature: KeySignature) -> Self {
        self.keys.push((tick, signature));
        self
    }
}
