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

use self::choice::Chosen;
pub(crate) use self::choice::MOST_LINES;
use crate::analysis::parts::Parts;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room;

/// Fewest pitched notes of a piece with a melody.
const FEWEST_NOTES: usize = 4;

/// The melody, and after it the upper lines of other prominent parts, up to three lines in all. No note of a line
/// overlaps the next one. None where fewer than four pitched notes sound.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn lines(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Vec<Note>>, Error> {
    check(interrupted)?;
    if score.pitched_ends.len() < FEWEST_NOTES {
        return Ok(Vec::new());
    }
    let parts = Parts::of(score)?;
    check(interrupted)?;
    let Chosen { ranked, hands } = choice::melodic_parts(score, &parts, interrupted)?;
    let Some((&first, others)) = ranked.split_first() else { return Ok(Vec::new()) };
    check(interrupted)?;
    if let Some(hands) = hands {
        let is_of_hands = |note: &Note| {
            parts.get(note).is_some_and(|part| hands.iter().any(|&hand| hand as usize == part))
        };
        if path::holds_accompaniment(score, is_of_hands) {
            check(interrupted)?;
            let melody = path::likeliest(score, is_of_hands, interrupted)?;
            let others =
                room::gathered(others.iter().copied().filter(|part| !hands.contains(part)))?;
            return with_others(score, &parts, melody, hands[0], &others);
        }
    }
    let is_first = |note: &Note| parts.get(note) == Some(first as usize);
    let mut melody = None;
    if path::holds_accompaniment(score, is_first) {
        check(interrupted)?;
        melody = path::likeliest(score, is_first, interrupted)?;
    }
    check(interrupted)?;
    with_others(score, &parts, melody, first, others)
}

/// A melody, or the upper line of a part where none stands out, and those of other parts.
fn with_others(
    score: &Score<'_>,
    parts: &Parts,
    melody: Option<Vec<Note>>,
    part: u32,
    others: &[u32],
) -> Result<Vec<Vec<Note>>, Error> {
    let mut chosen = [part; MOST_LINES];
    let others = &others[..others.len().min(MOST_LINES - 1)];
    chosen[1..=others.len()].copy_from_slice(others);
    let chosen = &chosen[..=others.len()];
    let Some(melody) = melody else { return Ok(line::upper(score, parts, chosen)?) };
    let mut lines = vec![melody];
    lines.extend(line::upper(score, parts, others)?);
    Ok(lines)
}
