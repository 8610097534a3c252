//! The melody of a piece, note by note.

use crate::model::note::Note;
use crate::model::score::Score;

/// One note of the melody.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MelodyNote {
    /// Index of the track that plays it, from 0.
    pub track: u16,
    /// MIDI pitch, 0-127.
    pub pitch: u8,
    /// Second at which it starts.
    pub start_s: f64,
    /// Seconds until its end, or until the next note of the melody starts.
    pub duration_s: f64,
    /// Quarter notes from the start of the piece; `None` in SMPTE time.
    pub start_beat: Option<f64>,
}

impl MelodyNote {
    fn new(score: &Score<'_>, note: &Note) -> Self {
        let start_s = score.tempo.seconds(note.start);
        let quarter = score.ticks_per_quarter().map(f64::from);
        Self {
            track: note.track,
            pitch: note.pitch,
            start_s,
            duration_s: score.tempo.seconds(note.end) - start_s,
            start_beat: quarter.map(|quarter| f64::from(note.start) / quarter),
        }
    }
}

/// The notes of a melody, in its order.
pub(super) fn timed<'s>(
    score: &'s Score<'_>,
    melody: &'s [Note],
) -> impl ExactSizeIterator<Item = MelodyNote> + use<'s> {
    melody.iter().map(|note| MelodyNote::new(score, note))
}
