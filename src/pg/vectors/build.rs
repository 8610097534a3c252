//! Building the index of a table that has rows.

use super::page::{CAPACITY, Entry};
use super::store::Index;

/// An index that is being built: full pages are written at once.
pub(super) struct Build {
    index: Index,
    entries: Vec<Entry>,
    count: u64,
}

impl Build {
    pub(super) fn new(index: Index) -> Self {
        Self { index, entries: Vec::with_capacity(CAPACITY), count: 0 }
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.count += 1;
        if self.entries.len() == CAPACITY {
            self.write();
        }
    }

    /// Writes what is left. Returns the number of entries.
    pub(super) fn finish(mut self) -> u64 {
        if !self.entries.is_empty() {
            self.write();
        }
        // The last page is the one with room.
        let last = self.index.pages() - 1;
        self.index.move_room(|room| room.max(last));
        self.count
    }

    fn write(&mut self) {
        self.index.append(&self.entries);
        self.entries.clear();
    }
}
