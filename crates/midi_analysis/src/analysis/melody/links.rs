//! Which note leads to which: of each note the one before that it goes on from, and the one after that goes on
//! from it. A line is where both agree.

use std::ops::Range;

use crate::analysis::melody::heard::{Heard, Part};
use crate::room::{self, NoRoom};

/// Neighbours, in the order of the attacks, among which those of a note are looked for.
const REACH: usize = 24;
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

/// The neighbours of the notes of some attacks, by their places among them.
///
/// # Errors
/// Out of memory.
pub(super) fn linked(part: &Part, attacks: Range<usize>) -> Result<Vec<Link>, NoRoom> {
    let attacks = &part.attacks[attacks];
    let base = attacks.first().map_or(0, |attack| attack.first);
    let end = attacks.last().map_or(base, |attack| attack.end);
    let notes = &part.notes[base as usize..end as usize];
    let alone = Link { before: NONE, after: NONE, cost_before: FAR, cost_after: FAR };
    let mut links = room::filled(alone, notes.len())?;
    for attack in attacks {
        let first = (attack.first - base) as usize;
        for place in first..(attack.end - base) as usize {
            let lowest = (place + 1).saturating_sub(REACH + 1).min(first);
            for earlier in (lowest..first).rev() {
                let Some(cost) = distance(&notes[earlier], &notes[place]) else { continue };
                if cost < links[place].cost_before {
                    links[place].before = earlier as u32;
                    links[place].cost_before = cost;
                }
                if cost < links[earlier].cost_after {
                    links[earlier].after = place as u32;
                    links[earlier].cost_after = cost;
                }
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

/// Describes a note by its neighbours.
pub(super) fn describe(notes: &[Heard], links: &[Link], place: usize, to: &mut [f32]) {
    let link = &links[place];
    let heard = &notes[place];
    let get = |place: u32| notes.get(place as usize).zip(links.get(place as usize));
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
