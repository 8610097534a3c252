//! Removing the entries of rows that nobody can see any more.

use super::page::{CAPACITY, FIRST};
use super::store::Index;
use crate::pg::index_method::Counts;
use crate::pg::index_pages::{Row, Strategy, vacuum_delay};
use crate::pg::interrupts;

/// Removes the entries of the rows that are dead. New entries go into the room of those that were removed.
pub(super) fn remove(
    index: Index,
    strategy: &Strategy,
    mut is_dead: impl FnMut(Row) -> bool,
) -> Counts {
    let mut counts = Counts { pages: index.pages(), ..Counts::default() };
    let mut first_room = None;
    for block in FIRST..counts.pages {
        interrupts::check();
        vacuum_delay();
        let (kept, removed) = index.sift(block, strategy, |row| !is_dead(row));
        counts.kept += kept as u64;
        counts.removed += removed as u64;
        if kept < CAPACITY {
            first_room.get_or_insert(block);
        }
    }
    if let Some(first) = first_room {
        index.move_room(|room| room.min(first));
    }
    counts
}
