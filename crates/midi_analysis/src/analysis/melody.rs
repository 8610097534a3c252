//! The line that a listener would sing.
//!
//! First the [part](parts), a channel of a track, that has the tune; then, where that part plays
//! more than one note at once, its upper [mod@line]. Melodies lie on top, move by step, are louder than
//! what accompanies them (Uitdenbogerd & Zobel 1999 for the skyline; Rizo et al. 2006 for choosing
//! the track). Names of tracks are not read: most files have none, or wrong ones.

#[cfg(feature = "training")]
pub(crate) mod evidence;
mod line;
mod parts;

pub(crate) use self::parts::MOST_SINGERS as MOST_LINES;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;

/// Fewer pitched notes than this are no melody.
const FEWEST_NOTES: usize = 4;

/// How much is wanted.
#[derive(Clone, Copy)]
pub(crate) enum Most {
    /// So many lines, whole.
    Lines(usize),
    /// All, but no more of them once the melody has so many notes.
    Notes(usize),
}

/// The melody, and after it the other parts that a listener may follow: up to three lines in all. None of
/// a line's notes reaches into the next.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn lines(
    score: &Score<'_>,
    most: Most,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Vec<Note>>, Error> {
    if score.pitched_ends.len() < FEWEST_NOTES {
        return Ok(Vec::new());
    }
    check(interrupted)?;
    let mut singers = parts::singers(score, interrupted)?;
    let notes = match most {
        Most::Lines(lines) => {
            singers.truncate(lines);
            usize::MAX
        }
        Most::Notes(notes) => notes,
    };
    Ok(line::upper(score, &singers, notes)?)
}
