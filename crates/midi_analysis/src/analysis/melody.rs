//! The melody: the line that a listener would sing.
//!
//! First the melodic [part](mod@crate::analysis::parts) is [chosen](choice), with those that take [turns] with it; then,
//! where that part also has its accompaniment, the notes that are [likeliest](path) to be its melody, or else its upper
//! [mod@line]. Melodies are on top, move by step, and are louder than the accompaniment (Uitdenbogerd & Zobel 1999 for
//! the skyline; Rizo et al. 2006 for the choice of the track). Names of tracks are not used: most files have none, or wrong ones.

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
mod parallel;
mod path;
mod pitches;
mod times;
mod turns;

pub(crate) use self::choice::{Description, MOST_LINES, describe};
pub(crate) use self::heard::ATTACK_S;
use crate::analysis::parts::Parts;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;

/// Fewest pitched notes of a piece with a melody.
const FEWEST_NOTES: usize = 4;

/// The melody, and after it the upper lines of other prominent parts, up to three lines in all. No note of a line
/// overlaps the next one. None where fewer than four pitched notes sound.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn lines(
    score: &Score<'_>,
    parts: &Parts,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Vec<Note>>, Error> {
    check(interrupted)?;
    if score.pitched.count < FEWEST_NOTES {
        return Ok(Vec::new());
    }
    let found = choice::melodic_parts(score, parts, interrupted)?;
    let Some(first) = found.ranked.first() else { return Ok(Vec::new()) };
    check(interrupted)?;
    let holds_accompaniment = |melodic: &[u32]| found.holds_accompaniment(score, parts, melodic);
    let hands = found.hands.filter(|hands| holds_accompaniment(hands));
    let turns = turns::taking_turns(score, parts, &found)?;
    let melodic = hands.as_ref().map_or(&turns[..], |hands| hands.as_slice());
    let mut melody = None;
    if hands.is_none() && melodic != [*first] {
        melody = Some(turns::joined(line::upper(score, parts, melodic)?)?);
    } else if hands.is_some() || holds_accompaniment(melodic) {
        check(interrupted)?;
        melody = path::likeliest(score, parts.notes_of(score, melodic), interrupted)?;
    }
    check(interrupted)?;
    // The upper line of the part leads where no melody stands out in it.
    let mut chosen = [melodic[0]; MOST_LINES];
    let others = found.ranked.iter().copied().filter(|part| !melodic.contains(part));
    let mut count = 1;
    for (slot, part) in chosen[1..].iter_mut().zip(others) {
        *slot = part;
        count += 1;
    }
    let Some(melody) = melody else { return Ok(line::upper(score, parts, &chosen[..count])?) };
    let mut lines = vec![melody];
    lines.extend(line::upper(score, parts, &chosen[1..count])?);
    Ok(lines)
}
