//! The melody: the line that a listener would sing.
//!
//! First the melodic [part](mod@parts) is chosen, a channel of a track; then, where that part plays more
//! than one note at once, its upper [mod@line] is extracted. Melodies are on top, move by step, and are
//! louder than the accompaniment (Uitdenbogerd & Zobel 1999 for the skyline; Rizo et al. 2006 for the
//! choice of the track). Names of tracks are not used: most files have none, or wrong ones.

#[cfg(feature = "training")]
pub(crate) mod evidence;
mod line;
mod parts;

pub(crate) use self::parts::{MOST_LINES, Part};
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::NoRoom;

/// Fewest pitched notes of a piece with a melody.
const FEWEST_NOTES: usize = 4;

/// Which lines are extracted.
#[derive(Clone, Copy)]
pub(crate) enum Most {
    /// A number of lines, completely.
    Lines(usize),
    /// All lines, until the melody has this many notes.
    Notes(usize),
}

/// The part with the melody, and after it other prominent parts, up to three in all; none where fewer
/// than four pitched notes sound.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn parts(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Vec<Part>, Error> {
    if score.pitched_ends.len() < FEWEST_NOTES {
        return Ok(Vec::new());
    }
    check(interrupted)?;
    parts::melodic_parts(score, interrupted)
}

/// The lines of the [parts](parts()), in their order. No note of a line overlaps the next one.
///
/// # Errors
/// Out of memory.
pub(crate) fn lines(
    score: &Score<'_>,
    parts: &[Part],
    most: Most,
) -> Result<Vec<Vec<Note>>, NoRoom> {
    let (lines, notes) = match most {
        Most::Lines(lines) => (lines.min(parts.len()), usize::MAX),
        Most::Notes(notes) => (parts.len(), notes),
    };
    line::upper(score, &parts[..lines], notes)
}
