//! Segments: postings in order, on pages that are written once.
//!
//! A directory has for each page the first key and where the page is. Directories take pages themselves, and the root has the
//! same of these.

use super::codec::Decoder;
use super::meta::Segment;
use super::page::{CAPACITY, Kind};
use super::posting::Key;
use super::store::Store;
use crate::pg::index_pages::{Damaged, Row, Strategy};
use crate::pg::interrupts;

/// An entry of a directory: the first key of a page, and the page.
pub(super) type Entry = [u8; 12];
/// Most entries of a page.
pub(super) const MOST_ENTRIES: usize = CAPACITY / size_of::<Entry>();

pub(super) fn entry(key: Key, block: u32) -> Entry {
    let mut entry = [0; 12];
    entry[..8].copy_from_slice(&key.0.to_ne_bytes());
    entry[8..].copy_from_slice(&block.to_ne_bytes());
    entry
}

pub(super) fn key(entry: &Entry) -> Key {
    Key(u64::from_ne_bytes(std::array::from_fn(|byte| entry[byte])))
}

pub(super) fn block(entry: &Entry) -> u32 {
    u32::from_ne_bytes(std::array::from_fn(|byte| entry[8 + byte]))
}

/// The entries of the pages that may have a key.
fn with_key(entries: &[Entry], wanted: Key) -> &[Entry] {
    // The key may have begun on the page before the first that begins with it.
    let first = entries.partition_point(|entry| key(entry) < wanted).saturating_sub(1);
    let end = entries.partition_point(|entry| key(entry) <= wanted);
    entries.get(first..end).unwrap_or(&[])
}

/// The pages that an entry of a directory may name.
fn blocks<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Vec<u32> {
    entries.into_iter().map(block).collect()
}

impl Segment {
    /// Gives the rows that have a key, ascending, to `take`.
    pub(super) fn find(
        &self,
        store: Store,
        wanted: Key,
        mut take: impl FnMut(Row),
    ) -> Result<(), Damaged> {
        let keep = &Strategy::KEPT;
        for directory in self.directory(store, self.root, |entries| with_key(entries, wanted))? {
            for page in self.directory(store, directory, |entries| with_key(entries, wanted))? {
                interrupts::check();
                store.read(page, (Kind::Data, self.id), keep, |body| {
                    Decoder::new(body)?.of(wanted, &mut take)
                })?;
            }
        }
        Ok(())
    }

    /// The pages that some entries of a directory name.
    fn directory(
        &self,
        store: Store,
        page: u32,
        choose: impl FnOnce(&[Entry]) -> &[Entry],
    ) -> Result<Vec<u32>, Damaged> {
        store.read(page, (Kind::Directory, self.id), &Strategy::KEPT, |body| {
            Ok(blocks(choose(body.as_chunks().0)))
        })
    }

    /// The pages of the directory, without the root.
    pub(super) fn directories(&self, store: Store) -> Result<Vec<u32>, Damaged> {
        self.directory(store, self.root, |entries| entries)
    }

    /// The pages of postings that a page of the directory names.
    pub(super) fn data(&self, store: Store, directory: u32) -> Result<Vec<u32>, Damaged> {
        self.directory(store, directory, |entries| entries)
    }

    /// All of its pages.
    pub(super) fn all(&self, store: Store) -> Result<Vec<u32>, Damaged> {
        let directories = self.directories(store)?;
        let mut all = vec![self.root];
        for &directory in &directories {
            interrupts::check();
            all.extend(self.data(store, directory)?);
        }
        all.extend(directories);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::{block, entry, key, with_key};
    use crate::pg::postings::posting::Key;

    #[test]
    fn the_pages_with_a_key_are_those_where_it_may_begin_go_on_and_end() {
        let entries: Vec<_> =
            [3, 5, 5, 5, 9].iter().zip(0..).map(|(&first, at)| entry(Key(first), at)).collect();
        assert_eq!(entries.iter().map(|entry| key(entry).0).collect::<Vec<_>>(), [3, 5, 5, 5, 9]);
        let pages =
            |wanted| -> Vec<u32> { with_key(&entries, Key(wanted)).iter().map(block).collect() };
        assert!(pages(2).is_empty());
        assert_eq!(pages(3), [0]);
        assert_eq!(pages(4), [0]);
        assert_eq!(pages(5), [0, 1, 2, 3]);
        assert_eq!(pages(6), [3]);
        assert_eq!(pages(10), [4]);
    }
}
