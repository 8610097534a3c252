//! Removing the postings of rows that nobody can see any more.

use std::collections::HashSet;

use super::locks::Held;
use super::merge::{merge, sort_waiting};
use super::meta::Meta;
use super::page::{self, Kind, NO_PAGE};
use super::pending;
use super::store::Store;
use super::stream::{OfSegment, Source};
use crate::pg::index_method::Counts;
use crate::pg::index_pages::{Damaged, Lock, Row, Strategy, vacuum_delay};
use crate::pg::interrupts;

/// Removes the postings of the rows that are dead. Every row of the index is asked for at least once.
pub(super) fn remove(
    store: Store,
    strategy: &Strategy,
    is_dead: impl FnMut(Row) -> bool,
) -> Counts {
    let _held = Held::as_merger(store.pages);
    let counts = store.pages.sound(remove_by_merging(store, strategy, is_dead));
    store.pages.sound(free_lost_pages(store));
    Counts { pages: store.pages.count(), ..counts }
}

fn remove_by_merging(
    store: Store,
    strategy: &Strategy,
    is_dead: impl FnMut(Row) -> bool,
) -> Result<Counts, Damaged> {
    // Rows that are added from here on are alive.
    let last = store.waiting()?.last;
    if last != NO_PAGE {
        pending::grow(store, last)?;
        sort_waiting(store)?;
    }
    let Meta { segments, .. } = store.meta()?;
    let mut asked = Asked::new(is_dead);
    let (mut all, mut dead) = (0, 0_u64);
    let mut postings = Vec::new();
    for &segment in &segments {
        let mut source = OfSegment::new(store, segment, strategy)?;
        loop {
            vacuum_delay();
            source.fill(&mut postings)?;
            if postings.is_empty() {
                break;
            }
            all += postings.len() as u64;
            let rows = postings.drain(..).map(|posting| posting.row());
            dead += rows.filter(|&row| asked.is_dead(row)).count() as u64;
        }
    }
    if dead == 0 {
        return Ok(Counts { kept: all, ..Counts::default() });
    }
    let kept = merge(store, &segments, strategy, |row| !asked.is_dead(row))?;
    Ok(Counts { kept, removed: dead, ..Counts::default() })
}

/// Frees pages that no segment has: those of a merge that was interrupted, or that a crash ended.
fn free_lost_pages(store: Store) -> Result<(), Damaged> {
    let segments = store.meta()?.segments;
    let ids: HashSet<u32> = segments.iter().map(|segment| segment.id).collect();
    let mut lost = Vec::new();
    for block in 0..store.pages.count() {
        interrupts::check();
        vacuum_delay();
        let locked = store.pages.lock(block, Lock::Shared, &Strategy::KEPT);
        let bytes = locked.bytes();
        let is_of_segment = page::is(bytes, Kind::Data) || page::is(bytes, Kind::Directory);
        if is_of_segment && !ids.contains(&page::number(bytes)) {
            lost.push(block);
        }
    }
    store.free(&lost);
    Ok(())
}

/// Answers that are remembered, since a row has a hundred postings, and the vacuum takes long to find it.
struct Asked<F> {
    is_dead: F,
    answers: Vec<Option<(Row, bool)>>,
}

/// Answers that are remembered.
const ANSWERS: usize = 1 << 16;

impl<F: FnMut(Row) -> bool> Asked<F> {
    fn new(is_dead: F) -> Self {
        Self { is_dead, answers: vec![None; ANSWERS] }
    }

    fn is_dead(&mut self, row: Row) -> bool {
        // Rows that lie together, as a segment's do, are remembered together.
        let place = (row.block as usize * 64 + usize::from(row.line)) % ANSWERS;
        match self.answers[place] {
            Some((asked, is_dead)) if asked == row => is_dead,
            _ => {
                let is_dead = (self.is_dead)(row);
                self.answers[place] = Some((row, is_dead));
                is_dead
            }
        }
    }
}
