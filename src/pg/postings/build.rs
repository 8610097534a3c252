//! Building the index of a table that has rows: what memory holds is sorted and goes to a file, and the files are merged.

use pgrx::pg_sys;

use super::codec::{Decoder, Encoder};
use super::page::CAPACITY;
use super::posting::{Key, Posting};
use super::store::Store;
use super::stream::{Merged, Source};
use super::writer::Writer;
use crate::pg::index_pages::{Damaged, Row};
use crate::pg::temp_file::TempFile;
use crate::pg::{interrupts, list};

/// Fewest postings that are sorted at once.
const FEWEST: usize = 1 << 16;

/// An index that is being built.
pub(super) struct Build {
    store: Store,
    postings: Vec<Posting>,
    /// As many as `maintenance_work_mem` holds.
    most: usize,
    runs: Vec<Run>,
    rows: u64,
}

impl Build {
    pub(super) fn new(store: Store) -> Self {
        // SAFETY: the main thread reads a setting of its own process.
        let kilobytes = unsafe { pg_sys::maintenance_work_mem } as usize;
        let most = (kilobytes << 10) / size_of::<Posting>();
        Self { store, postings: Vec::new(), most: most.max(FEWEST), runs: Vec::new(), rows: 0 }
    }

    /// Adds a row.
    pub(super) fn add(&mut self, row: Row, elements: &[i32]) {
        self.rows += 1;
        let none = elements.is_empty().then_some(Key::NONE);
        let keys = elements.iter().map(|&element| Key::of(element)).chain(none);
        keys.for_each(|key| list::push(&mut self.postings, Posting::new(key, row)));
        if self.postings.len() >= self.most {
            self.write_run();
        }
    }

    fn write_run(&mut self) {
        interrupts::check();
        self.postings.sort_unstable();
        self.runs.push(Run::of(self.postings.drain(..)));
    }

    /// Writes the index. Returns the number of rows.
    pub(super) fn finish(mut self) -> u64 {
        let mut writer = Writer::new(self.store);
        if self.runs.is_empty() {
            self.postings.sort_unstable();
            self.postings.drain(..).for_each(|posting| writer.add(posting));
        } else {
            self.write_run();
            self.postings = Vec::new();
            let runs = std::mem::take(&mut self.runs);
            self.store.pages.sound(merge(runs, &mut writer));
        }
        let segments = writer.finish();
        self.store.change_meta(|meta| meta.segments = segments);
        self.rows
    }
}

fn merge(runs: Vec<Run>, writer: &mut Writer) -> Result<(), Damaged> {
    let mut merged = Merged::new(runs)?;
    while let Some(posting) = merged.next()? {
        writer.add(posting);
    }
    Ok(())
}

/// Ascending postings in a file: the bodies of pages, each after its length.
struct Run {
    file: TempFile,
    body: Vec<u8>,
}

impl Run {
    fn of(postings: impl Iterator<Item = Posting>) -> Self {
        let mut file = TempFile::new();
        let mut encoder = Encoder::default();
        let mut write = |encoder: &mut Encoder| {
            interrupts::check();
            if let Some((body, _)) = encoder.finish() {
                file.write(&(body.len() as u16).to_ne_bytes());
                file.write(&body);
            }
        };
        for posting in postings {
            if !encoder.add(posting) {
                write(&mut encoder);
                encoder.add(posting);
            }
        }
        write(&mut encoder);
        file.rewind();
        Self { file, body: Vec::with_capacity(CAPACITY) }
    }
}

impl Source for Run {
    fn fill(&mut self, postings: &mut Vec<Posting>) -> Result<(), Damaged> {
        let mut length = [0; 2];
        if !self.file.read(&mut length) {
            return Ok(());
        }
        self.body.resize(u16::from_ne_bytes(length).into(), 0);
        if !self.file.read(&mut self.body) {
            return Err(Damaged);
        }
        Decoder::new(&self.body)?.all(|posting| postings.push(posting))
    }
}
