//! Writing segments.

use super::codec::Encoder;
use super::meta::Segment;
use super::page::Kind;
use super::posting::{Key, Posting};
use super::segments::{Entry, MOST_ENTRIES, block, entry, key};
use super::store::Store;
use crate::pg::interrupts;

/// Writes ascending postings to segments: to one, unless there are billions.
pub(super) struct Writer {
    store: Store,
    id: u32,
    encoder: Encoder,
    last: Option<Posting>,
    /// The directory's page that is not full.
    directory: Vec<Entry>,
    root: Vec<Entry>,
    pages: u32,
    segments: Vec<Segment>,
}

impl Writer {
    pub(super) fn new(store: Store) -> Self {
        let id = store.change_meta(|meta| {
            let id = meta.next_id;
            meta.next_id = id.wrapping_add(1);
            id
        });
        Self {
            store,
            id,
            encoder: Encoder::default(),
            last: None,
            directory: Vec::new(),
            root: Vec::new(),
            pages: 0,
            segments: Vec::new(),
        }
    }

    /// Adds a posting, unless it is the same as the last.
    pub(super) fn add(&mut self, posting: Posting) {
        if self.last.replace(posting) == Some(posting) {
            return;
        }
        if !self.encoder.add(posting) {
            self.write_page();
            self.encoder.add(posting);
        }
    }

    fn write_page(&mut self) {
        interrupts::check();
        let Some((body, first)) = self.encoder.finish() else { return };
        let entry = self.write(Kind::Data, first, &body);
        self.directory.push(entry);
        self.pages += 1;
        if self.directory.len() == MOST_ENTRIES {
            self.write_directory();
        }
    }

    fn write_directory(&mut self) {
        let Some(first) = self.directory.first().map(key) else { return };
        let directory = std::mem::take(&mut self.directory);
        let entry = self.write(Kind::Directory, first, directory.as_flattened());
        self.root.push(entry);
        if self.root.len() == MOST_ENTRIES {
            self.write_root();
        }
    }

    fn write_root(&mut self) {
        let Some(first) = self.root.first().map(key) else { return };
        let root = std::mem::take(&mut self.root);
        let entry = self.write(Kind::Directory, first, root.as_flattened());
        let pages = std::mem::take(&mut self.pages);
        self.segments.push(Segment { id: self.id, root: block(&entry), pages });
    }

    /// Writes a page. Returns its entry in a directory.
    fn write(&self, kind: Kind, first: Key, body: &[u8]) -> Entry {
        let locked = self.store.allocate();
        let entry = entry(first, locked.block());
        self.store.write(locked, kind, self.id, body);
        entry
    }

    /// Writes what is left. Returns the segments.
    pub(super) fn finish(mut self) -> Vec<Segment> {
        self.write_page();
        self.write_directory();
        self.write_root();
        self.segments
    }
}
