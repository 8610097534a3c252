//! The melody: the line that a listener would sing.
//!
//! First the melodic [part](mod@crate::analysis::parts) is [chosen](choice); then, where that part plays more
//! than one note at once, its upper [mod@line] is extracted. Melodies are on top, move by step, and are
//! louder than the accompaniment (Uitdenbogerd & Zobel 1999 for the skyline; Rizo et al. 2006 for the
//! choice of the track). Names of tracks are not used: most files have none, or wrong ones.

mod choice;
#[cfg(feature = "training")]
pub(crate) mod evidence;
mod line;

pub(crate) use self::choice::MOST_LINES;
use crate::analysis::parts::Parts;
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

/// The parts of a piece, and those of them that are prominent.
pub(crate) struct MelodicParts {
    parts: Parts,
    /// Numbers of the part with the melody, and after it of other prominent ones, up to three in all.
    chosen: Vec<u32>,
}

/// The part with the melody, and other prominent parts; none where fewer than four pitched notes sound.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn parts(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<MelodicParts, Error> {
    check(interrupted)?;
    let parts = Parts::of(score)?;
    check(interrupted)?;
    let chosen = if score.pitched_ends.len() < FEWEST_NOTES {
        Vec::new()
    } else {
        choice::melodic_parts(score, &parts, interrupted)?
    };
    Ok(MelodicParts { parts, chosen })
}

/// The lines of the [parts](parts()), in their order. No note of a line overlaps the next one.
///
/// # Errors
/// Out of memory.
pub(crate) fn lines(
    score: &Score<'_>,
    parts: &MelodicParts,
    most: Most,
) -> Result<Vec<Vec<Note>>, NoRoom> {
    let chosen = &parts.chosen[..];
    let (lines, notes) = match most {
        Most::Lines(lines) => (lines.min(chosen.len()), usize::MAX),
        Most::Notes(notes) => (chosen.len(), notes),
    };
    line::upper(score, &parts.parts, &chosen[..lines], notes)
}
