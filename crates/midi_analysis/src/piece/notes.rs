//! The notes of a piece, with their place in time and meter.

use crate::model::note::Note;
use crate::model::score::Score;

/// One note, and when it sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TimedNote {
    /// The note, in ticks.
    pub note: Note,
    /// Second at which it starts.
    pub start_s: f64,
    /// Seconds until its note-off.
    pub duration_s: f64,
    /// Declared bar, from 1; `None` in SMPTE time.
    pub bar: Option<u32>,
    /// Beat in the bar, from 1.0, in the denominator's note value; `None` in SMPTE time.
    pub beat: Option<f64>,
}

impl TimedNote {
    fn new(score: &Score<'_>, note: &Note) -> Self {
        let start_s = score.tempo.seconds(note.start);
        let position = score.meter.position(note.start);
        Self {
            note: *note,
            start_s,
            duration_s: score.tempo.seconds(note.end) - start_s,
            bar: position.map(|(bar, _)| bar),
            beat: position.map(|(_, beat)| beat),
        }
    }
}

/// The notes of a piece, by start.
pub(super) fn timed<'s>(
    score: &'s Score<'_>,
) -> impl ExactSizeIterator<Item = TimedNote> + use<'s> {
    score.notes.iter().map(|note| TimedNote::new(score, note))
}
