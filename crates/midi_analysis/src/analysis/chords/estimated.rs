//! A chord as it is estimated, in ticks and seconds.

use crate::model::chord::Chord;
use crate::model::key::Key;

/// A chord, and when it sounds.
pub(crate) struct EstimatedChord {
    /// Tick at which it begins.
    pub(crate) start: u32,
    pub(crate) start_s: f64,
    pub(crate) end_s: f64,
    pub(crate) chord: Chord,
    /// The key that is estimated where it begins.
    pub(crate) key: Option<Key>,
}

impl EstimatedChord {
    /// Whether another chord is the same and begins where this one ends.
    pub(super) fn goes_on_as(&self, next: &Self) -> bool {
        self.chord == next.chord && self.end_s == next.start_s
    }
}
