//! Removing the entries of rows that nobody can see any more.

use super::page::{FIRST, Row};
use super::store::{Index, Strategy};
use crate::pg::interrupts;

/// What a vacuum has found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) pages: u32,
    pub(super) kept: u64,
    pub(super) removed: u64,
}

/// Removes the entries of the rows that are dead. New entries go into the room of those that were removed.
pub(super) fn remove(index: Index, mut is_dead: impl FnMut(Row) -> bool) -> Counts {
    let strategy = Strategy::passing();
    let mut counts = Counts { pages: index.pages(), ..Counts::default() };
    let mut first_room = None;
    for block in FIRST..counts.pages {
        interrupts::check();
        let (kept, removed) = index.sift(block, &strategy, |entry| !is_dead(entry.row));
        counts.kept += kept as u64;
        counts.removed += removed as u64;
        if removed > 0 {
            first_room.get_or_insert(block);
        }
    }
    if let Some(first) = first_room {
        index.move_room(|room| room.min(first));
    }
    counts
}
