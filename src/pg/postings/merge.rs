//! Making segments: of rows that wait, and of several segments one.

use super::locks::Held;
use super::meta::{Meta, Segment};
use super::pending::{self, Part};
use super::store::Store;
use super::stream::{Merged, OfSegment};
use super::writer::Writer;
use crate::pg::index_pages::{Damaged, Row, Strategy};
use crate::pg::list;

/// Segments of one size that are merged into one; and those of a size are up to so many times as large as those of the size
/// below. A scan looks into fewer than so many segments of each size, and each posting is written once a size.
const OF_ONE_SIZE: u32 = 4;

/// Sorts the rows that wait, but for those on the last page, and merges segments of one size, unless another session does.
pub(super) fn tidy(store: Store) {
    if let Some(_held) = Held::as_merger_at_once(store.pages) {
        store.pages.sound(sort_waiting(store));
        store.pages.sound(merge_sizes(store));
    }
}

/// Makes segments of the rows that wait, but for those on the last page. Only for who holds the lock of mergers.
pub(super) fn sort_waiting(store: Store) -> Result<(), Damaged> {
    loop {
        let waiting = store.waiting()?;
        let mut postings = Vec::new();
        let read = pending::each(store, &waiting, Part::Still, |row, elements| {
            pending::postings(row, elements).for_each(|posting| list::push(&mut postings, posting));
            Ok(())
        })?;
        if read.blocks.is_empty() {
            return Ok(());
        }
        postings.sort_unstable();
        let mut writer = Writer::new(store);
        postings.drain(..).for_each(|posting| writer.add(posting));
        let segments = writer.finish();
        replace(store, &read.blocks, |meta| {
            meta.waiting.first = read.next;
            let number = &mut meta.waiting.first_number;
            *number = number.wrapping_add(read.blocks.len() as u32);
            meta.segments.extend(segments);
        });
    }
}

/// Merges segments of one size as long as there are enough.
fn merge_sizes(store: Store) -> Result<(), Damaged> {
    let size = |segment: &Segment| segment.pages.max(1).ilog(OF_ONE_SIZE);
    loop {
        let segments = store.meta()?.segments;
        let of_size = |wanted: u32| -> Vec<Segment> {
            segments.iter().filter(|segment| size(segment) == wanted).copied().collect()
        };
        let sizes = segments.iter().map(size);
        let Some(merged) = sizes.map(of_size).find(|alike| alike.len() as u32 >= OF_ONE_SIZE)
        else {
            return Ok(());
        };
        merge(store, &merged, &Strategy::KEPT, |_| true)?;
    }
}

/// Merges segments into one, without the rows that are not to be kept. Returns how many postings are kept.
pub(super) fn merge(
    store: Store,
    merged: &[Segment],
    strategy: &Strategy,
    mut keep: impl FnMut(Row) -> bool,
) -> Result<u64, Damaged> {
    let sources: Result<Vec<_>, _> =
        merged.iter().map(|&segment| OfSegment::new(store, segment, strategy)).collect();
    let mut postings = Merged::new(sources?)?;
    let (mut writer, mut kept) = (Writer::new(store), 0);
    while let Some(posting) = postings.next()? {
        if keep(posting.row()) {
            writer.add(posting);
            kept += 1;
        }
    }
    let mut pages = Vec::new();
    for segment in merged {
        pages.extend(segment.all(store)?);
    }
    let segments = writer.finish();
    replace(store, &pages, |meta| {
        meta.segments.retain(|segment| !merged.contains(segment));
        meta.segments.extend(segments);
    });
    Ok(kept)
}

/// Changes what the first page says, and frees the pages that it said before.
fn replace(store: Store, freed: &[u32], change: impl FnOnce(&mut Meta)) {
    let no_readers = Held::without_readers(store.pages);
    store.change_meta(change);
    drop(no_readers);
    store.free(freed);
}
