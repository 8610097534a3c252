//! The stages that every batch of files goes through.
//!
//! Three batches are under way at a time: while the main thread writes one, the threads analyze the
//! next one and read the one after that. The threads get bytes and return values; everything that
//! touches PostgreSQL happens on the main thread.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use ahash::AHashMap;
use midi_analysis::Limits;
use pgrx::spi::{SpiClient, SpiResult};

use super::batch::{Analyzing, Reading, Wanted};
use super::batches::Batch;
use super::decision::Admits;
use super::entry::Entry;
use super::file_list::Part;
use super::hash::Hash;
use super::outcome::Counts;
use super::pool::Pool;
use super::problem::Problem;
use super::store::Store;

/// The batches under way.
pub(super) struct Pipeline<'a> {
    pool: &'a Pool,
    directory: Arc<OwnedFd>,
    admits: Admits,
    limits: Limits,
    reading: Option<Stage<Reading>>,
    analyzing: Option<Stage<Analyzing>>,
    /// The contents that failed in the batch written last.
    failed: AHashMap<Hash, Problem>,
}

/// A batch in a stage.
struct Stage<T> {
    batch: T,
    part: Part,
}

/// A batch that has been written.
pub(crate) struct Written {
    pub(crate) counts: Counts,
    pub(crate) part: Part,
}

impl<'a> Pipeline<'a> {
    /// An empty pipeline for files below `directory`.
    pub(super) fn new(
        pool: &'a Pool,
        directory: Arc<OwnedFd>,
        admits: Admits,
        limits: Limits,
    ) -> Self {
        let failed = AHashMap::new();
        Self { pool, directory, admits, limits, reading: None, analyzing: None, failed }
    }

    /// Whether no batch is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.reading.is_none() && self.analyzing.is_none()
    }

    /// Moves every batch to its next stage: takes in `batch` and writes the one that came in two steps
    /// ago. Batches are written in the order in which they came in.
    ///
    /// # Errors
    /// Those of SPI.
    pub(super) fn step<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        batch: Option<Batch>,
    ) -> SpiResult<Option<Written>> {
        let reading = batch.map(|batch| self.read(client, store, batch)).transpose()?;
        let read = std::mem::replace(&mut self.reading, reading);
        let analyzing = read.map(|batch| self.analyze(client, store, batch)).transpose()?;
        let analyzed = std::mem::replace(&mut self.analyzing, analyzing);
        analyzed.map(|batch| self.write(client, store, batch)).transpose()
    }

    /// Starts to read a batch.
    fn read<'conn>(
        &self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        batch: Batch,
    ) -> SpiResult<Stage<Reading>> {
        let Batch { entries, part, .. } = batch;
        let digest = |entry: &Entry| (!entry.is_unchanged()).then(|| entry.location.digest());
        let digests: Vec<_> = entries.iter().map(digest).collect();
        let mut known =
            store.known(client, &digests.iter().copied().flatten().collect::<Vec<_>>())?;
        let known = digests.iter().map(|digest| known.remove(&(*digest)?));
        let entries = entries.into_iter().zip(known).collect();
        let directory = self.directory.clone();
        let admits = (self.admits, self.limits.max_bytes);
        let batch = Reading::start(entries, directory, admits, self.pool);
        Ok(Stage { batch, part })
    }

    /// Waits until a batch has been read, and starts to analyze it.
    fn analyze<'conn>(
        &self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        Stage { batch, part }: Stage<Reading>,
    ) -> SpiResult<Stage<Analyzing>> {
        let batch = batch.wait(store.extent.keep);
        let contents = batch.contents();
        let in_library = store.contents(client, &contents)?;
        let with_parts = store.with_parts(client, &contents)?;
        let under_way = self.analyzing.as_ref().map(|stage| &stage.batch);
        let wanted = Wanted { depth: store.extent.depth, with_parts, limits: self.limits };
        let batch = batch.analyze(&in_library, under_way, wanted, self.pool);
        Ok(Stage { batch, part })
    }

    /// Waits until a batch has been analyzed, and writes it.
    fn write<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        Stage { batch, part }: Stage<Analyzing>,
    ) -> SpiResult<Written> {
        let mut batch = batch.wait();
        let new = store.put_music(client, &mut batch.music)?;
        store.put_contents(client, batch.kept(&self.failed))?;
        let (mut decisions, failed) = batch.decide(new, &self.failed);
        store.put_files(client, &mut decisions.rows)?;
        let problems = decisions.problems.iter().map(|(location, problem)| (location, problem));
        store.put_errors(client, problems)?;
        self.failed = failed;
        Ok(Written { counts: decisions.counts, part })
    }
}
