//! The melody: the line that a listener would sing.
//!
//! First the melodic [part](mod@crate::analysis::parts) is [chosen](choice); then, where that part also has its
//! accompaniment, the notes that are [likeliest](path) to be its melody, or else its upper [mod@line]. Melodies are
//! on top, move by step, and are louder than the accompaniment (Uitdenbogerd & Zobel 1999 for the skyline; Rizo et
//! al. 2006 for the choice of the track). Names of tracks are not used: most files have none, or wrong ones.

mod among;
mod candidates;
mod choice;
mod described;
#[cfg(feature = "training")]
pub(crate) mod evidence;
mod heard;
mod kin;
mod line;
mod links;
mod odds;
mod path;
mod pitches;
mod times;

use std::cell::OnceCell;

pub(crate) use self::choice::MOST_LINES;
use crate::analysis::parts::Parts;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room;

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
    /// The likeliest notes of the part with the melody; `None` where its upper line is the melody.
    likeliest: OnceCell<Option<Vec<Note>>>,
}

impl MelodicParts {
    fn likeliest(
        &self,
        score: &Score<'_>,
        first: u32,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<&[Note]>, Error> {
        if let Some(line) = self.likeliest.get() {
            return Ok(line.as_deref());
        }
        let is_first = |note: &Note| self.parts.get(note) == Some(first as usize);
        let mut line = None;
        if path::holds_accompaniment(score, is_first) {
            check(interrupted)?;
            line = path::likeliest(score, is_first, interrupted)?;
        }
        Ok(self.likeliest.get_or_init(|| line).as_deref())
    }
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
    Ok(MelodicParts { parts, chosen, likeliest: OnceCell::new() })
}

/// The lines of the [parts](parts()), in their order. No note of a line overlaps the next one.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn lines(
    score: &Score<'_>,
    parts: &MelodicParts,
    most: Most,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Vec<Note>>, Error> {
    let chosen = &parts.chosen[..];
    let (lines, notes) = match most {
        Most::Lines(lines) => (lines.min(chosen.len()), usize::MAX),
        Most::Notes(notes) => (chosen.len(), notes),
    };
    let Some(&first) = chosen.first() else { return Ok(Vec::new()) };
    let Some(melody) = parts.likeliest(score, first, interrupted)? else {
        return Ok(line::upper(score, &parts.parts, &chosen[..lines], notes)?);
    };
    let mut found = vec![room::gathered(melody.iter().copied())?];
    if lines > 1 {
        found.extend(line::upper(score, &parts.parts, &chosen[1..lines], usize::MAX)?);
    }
    Ok(found)
}
