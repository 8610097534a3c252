//! Which candidate leads to which: of each the one before that it goes on from, and the one after that goes on
//! from it. A line is where both agree.

use crate::analysis::melody::candidates::Candidate;
use crate::analysis::melody::heard::Heard;
use crate::room::{self, NoRoom};

/// Candidates before each, among which those that it goes on from are looked for.
const REACH: usize = 12;
/// Players of a line slur: a note may begin this long before the end of the one before, or at its middle.
const SLUR_S: f32 = 0.1;
/// Semitones that weigh as much as a second of silence.
const SECOND: f32 = 8.0;
/// What is farther away than this many semitones goes on from nothing.
const FAR: f32 = 30.0;
/// No neighbour.
pub(super) const NONE: u32 = u32::MAX;
/// Numbers that describe the neighbours of a note.
pub(super) const LINK_FEATURES: usize = 8;

/// The neighbours of a note.
#[derive(Clone, Copy)]
pub(super) struct Link {
    /// Places of the notes before and after, or [`NONE`].
    pub(super) before: u32,
    pub(super) after: u32,
    /// How far away they are, in semitones.
    cost_before: f32,
    cost_after: f32,
}

impl Link {
    /// The places of the neighbours before and after, or [`NONE`].
    pub(super) fn places(&self) -> [u32; 2] {
        [self.before, self.after]
    }
}

/// The neighbours of each candidate, by their places among them.
///
/// # Errors
/// Out of memory.
pub(super) fn linked(candidates: &[Candidate]) -> Result<Vec<Link>, NoRoom> {
    let alone = Link { before: NONE, after: NONE, cost_before: FAR, cost_after: FAR };
    let mut links = room::filled(alone, candidates.len())?;
    for place in 1..candidates.len() {
        let heard = &candidates[place].heard;
        let reached = place.saturating_sub(REACH);
        let (earlier_links, here) = links.split_at_mut(place);
        let Some(here) = here.first_mut() else { break };
        for earlier in (reached..place).rev() {
            let Some(cost) = distance(&candidates[earlier].heard, heard) else { continue };
            if cost < here.cost_before {
                (here.before, here.cost_before) = (earlier as u32, cost);
            }
            let there = &mut earlier_links[earlier];
            if cost < there.cost_after {
                (there.after, there.cost_after) = (place as u32, cost);
            }
        }
    }
    Ok(links)
}

/// Semitones from a note to a later one, and those of the silence between; `None` where they sound together.
fn distance(earlier: &Heard, later: &Heard) -> Option<f32> {
    let slur = SLUR_S.min((earlier.end_s - earlier.start_s) as f32 / 2.0);
    let silence = (later.start_s - earlier.end_s) as f32;
    let interval = f32::from(earlier.note.pitch.abs_diff(later.note.pitch));
    (silence > -slur).then(|| interval + SECOND * silence.max(0.0))
}

/// Describes a candidate by its neighbours.
pub(super) fn describe(candidates: &[Candidate], links: &[Link], place: usize, to: &mut [f32]) {
    let link = &links[place];
    let heard = &candidates[place].heard;
    let get = |place: u32| {
        let other = candidates.get(place as usize).map(|other| &other.heard);
        other.zip(links.get(place as usize))
    };
    let (before, after) = (get(link.before), get(link.after));
    let agrees = |holds: bool| f32::from(u8::from(holds));
    let octaves =
        |other: &Heard| (f32::from(other.note.pitch) - f32::from(heard.note.pitch)) / 12.0;
    let silence = |from: f64, to: f64| ((to - from) as f32).clamp(-0.2, 2.0);
    to.copy_from_slice(&[
        link.cost_before / 15.0,
        link.cost_after / 15.0,
        agrees(before.is_some_and(|(_, other)| other.after as usize == place)),
        agrees(after.is_some_and(|(_, other)| other.before as usize == place)),
        before.map_or(0.0, |(other, _)| octaves(other)),
        after.map_or(0.0, |(other, _)| octaves(other)),
        before.map_or(2.0, |(other, _)| silence(other.end_s, heard.start_s)),
        after.map_or(2.0, |(other, _)| silence(heard.end_s, other.start_s)),
    ]);
}
