//! What tells a melody from what accompanies it: the numbers that describe each candidate.
//!
//! A note is described by its place [among](super::among) those that begin or sound with it, how soon its pitch
//! returns, and the lines that lead to it and on from it.

use std::ops::Range;

use crate::analysis::melody::among::AMONG;
use crate::analysis::melody::candidates::Candidate;
use crate::analysis::melody::heard::Part;
use crate::analysis::melody::links::{self, LINK_FEATURES, Link};
use crate::analysis::melody::times::{SIDE, Times};
use crate::room::{self, NoRoom};

/// Numbers that describe a candidate.
pub(super) const FEATURES: usize = AMONG + 2 * SIDE + LINK_FEATURES;
/// Where those of what was before, of what follows, and of the lines begin.
pub(super) const BEFORE: usize = AMONG;
pub(super) const AFTER: usize = BEFORE + SIDE;
const LINKS: usize = AFTER + SIDE;

/// Describes the candidates of some attacks of a part.
///
/// # Errors
/// Out of memory.
pub(super) fn described(
    part: &Part,
    attacks: Range<usize>,
    candidates: &[Candidate],
    links: &[Link],
) -> Result<Vec<[f32; FEATURES]>, NoRoom> {
    let mut rows = room::filled([0.0; FEATURES], candidates.len())?;
    for (place, (candidate, row)) in candidates.iter().zip(&mut rows).enumerate() {
        row[..AMONG].copy_from_slice(&candidate.among);
        links::describe(candidates, links, place, &mut row[LINKS..]);
    }
    let attacks = &part.attacks[attacks];
    let mut times = Times::new(attacks.first().map(|attack| &part.notes[attack.first as usize]));
    let mut left = candidates.iter().zip(&mut rows).peekable();
    for attack in attacks {
        while let Some((candidate, row)) = left.next_if(|(each, _)| each.place < attack.end) {
            times.describe(&candidate.heard, &mut row[BEFORE..AFTER]);
        }
        times.pass(&part.notes[attack.notes()]);
    }
    let mut times = Times::new(attacks.last().map(|attack| &part.notes[attack.first as usize]));
    let mut left = candidates.iter().zip(&mut rows).rev().peekable();
    for attack in attacks.iter().rev() {
        while let Some((candidate, row)) = left.next_if(|(each, _)| each.place >= attack.first) {
            times.describe(&candidate.heard, &mut row[AFTER..LINKS]);
        }
        times.pass(&part.notes[attack.notes()]);
    }
    Ok(rows)
}
