//! Brings files into the library, batch by batch.
//!
//! Three batches are under way at a time: while the main thread writes one, the threads analyze the
//! next and read the one after. Threads get bytes and give values; everything that touches
//! PostgreSQL happens on the main thread.

mod batch;
mod content;
mod outcome;
mod pool;
mod progress;
mod source;
mod statements;
mod store;
mod vanished;

pub(crate) use content::import_content;
pub(crate) use outcome::Counts;

use ahash::AHashMap;
use midi_analysis::Limits;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use crate::files::{FileError, Located};
use crate::pg::caller::Schema;
use crate::pg::memory::BatchContext;
use crate::{analysis_row, error, settings};
use batch::{Analyzing, Reading};
use outcome::Trouble;
use pool::Pool;
use progress::Progress;
use source::Walk;
use store::{Hash, Store, sha256};
use vanished::Seen;

/// The most bytes that the files of a batch hold together; a larger file is a batch of its own.
const MAX_BATCH_BYTES: u64 = 32 << 20;

/// What an import did, and in how many seconds.
pub(crate) struct Summary {
    pub(crate) counts: Counts,
    pub(crate) seconds: f64,
}

/// Imports a file, or every MIDI file below a directory, into the library in `schema`.
///
/// # Errors
/// Only for what concerns the import as a whole, such as a missing privilege; the trouble of one
/// file is recorded with the file. `source_error` makes the error for a source that cannot be
/// listed.
pub(crate) fn import_tree(
    source: Located,
    schema: &Schema,
    source_error: impl FnOnce(&FileError) -> ErrorReport,
) -> Result<Summary, ErrorReport> {
    let progress = Progress::start();
    let limits = settings::limits();
    let walk = Walk::new(source, limits.max_bytes).map_err(|trouble| source_error(&trouble))?;
    let analysis = analysis_row::row_type(schema.row_descriptor(c"midi_analysis"))?;
    Spi::connect_mut(|client| {
        Store::lock(client).map_err(error::statement)?;
        let store = Store::prepare(client, schema, analysis).map_err(error::statement)?;
        pool::with_pool(settings::threads(), |pool| {
            let batch_size = settings::batch_size();
            Import { client, store, pool, limits, batch_size, progress, seen: Seen::default() }
                .run(walk)
                .map_err(error::statement)
        })
    })
}

struct Import<'a, 'conn> {
    client: &'a mut SpiClient<'conn>,
    store: Store<'conn>,
    pool: &'a Pool<'a>,
    limits: Limits,
    batch_size: usize,
    progress: Progress,
    seen: Seen,
}

impl Import<'_, '_> {
    fn run(mut self, mut walk: Walk) -> SpiResult<Summary> {
        let mut memory = BatchContext::new();
        let mut counts = Counts::default();
        let mut failed = AHashMap::new();
        let mut reading = None;
        let mut analyzing = None;
        loop {
            let listed = memory.run(|| self.list(&mut walk))?;
            let read = std::mem::replace(&mut reading, listed);
            let started = match read {
                Some(batch) => Some(memory.run(|| self.analyze(batch, analyzing.as_ref()))?),
                None => None,
            };
            if let Some(batch) = std::mem::replace(&mut analyzing, started) {
                failed = memory.run(|| self.write(batch, &failed, &mut counts))?;
                self.progress.tell(&counts);
            }
            if reading.is_none() && analyzing.is_none() {
                break;
            }
        }
        if let Some((top, unread)) = walk.walked() {
            counts.vanished +=
                memory.run(|| self.seen.mark_others(self.client, &self.store, &top, &unread))?;
        }
        Ok(Summary { counts, seconds: self.progress.seconds() })
    }

    /// Takes the next batch from the walk and starts to read it.
    fn list(&mut self, walk: &mut Walk) -> SpiResult<Option<Reading>> {
        let mut found = walk.next_batch(self.batch_size, MAX_BATCH_BYTES);
        if found.is_empty() {
            return Ok(None);
        }
        // Of copies in one folder the first by name is the one imported, in whatever order the
        // file system lists them; and one that changes meanwhile may list a name twice.
        found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        found.dedup_by(|a, b| a.path == b.path);
        let digests: Vec<_> = found.iter().map(|item| sha256(item.path.as_bytes())).collect();
        digests.iter().for_each(|digest| self.seen.add(digest));
        let mut known = self.store.known(self.client, &digests)?;
        let found = found
            .into_iter()
            .zip(&digests)
            .map(|(item, digest)| (item, known.remove(digest)))
            .collect();
        Ok(Some(Reading::start(found, walk.directory(), self.limits.max_bytes, self.pool)))
    }

    /// Waits for a batch to be read and starts to analyze it.
    fn analyze(&mut self, batch: Reading, under_way: Option<&Analyzing>) -> SpiResult<Analyzing> {
        let batch = batch.wait();
        let in_library = self.store.contents(self.client, &batch.contents())?;
        Ok(batch.analyze(&in_library, under_way, self.limits, self.pool))
    }

    /// Waits for a batch to be analyzed and writes it. Answers which contents failed.
    fn write(
        &mut self,
        batch: Analyzing,
        failed_before: &AHashMap<Hash, Trouble>,
        counts: &mut Counts,
    ) -> SpiResult<AHashMap<Hash, Trouble>> {
        let mut batch = batch.wait(failed_before);
        self.store.put_music(self.client, &mut batch.music)?;
        self.store.put_files(self.client, &mut batch.decided.rows)?;
        *counts += batch.decided.counts;
        Ok(batch.failed)
    }
}
