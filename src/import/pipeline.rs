//! The stages that every batch of files goes through.
//!
//! Three batches are under way at a time: while the main thread writes one, the threads analyze the
//! next and read the one after. Threads get bytes and give values; everything that touches
//! PostgreSQL happens on the main thread. Between two steps nothing of PostgreSQL's is held, so
//! that a transaction may end there.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use ahash::AHashMap;
use midi_analysis::Limits;
use pgrx::spi::{SpiClient, SpiResult};

use super::Counts;
use super::batch::{Analyzing, Reading};
use super::outcome::Problem;
use super::pool::Pool;
use super::source::Found;
use super::store::{Hash, Store};

/// The batches under way of one import.
pub(crate) struct Pipeline<'a> {
    pool: &'a Pool,
    directory: Arc<OwnedFd>,
    limits: Limits,
    reading: Option<Reading>,
    analyzing: Option<Analyzing>,
    failed: AHashMap<Hash, Problem>,
}

impl<'a> Pipeline<'a> {
    /// An empty pipeline for files below `directory`.
    pub(crate) fn new(pool: &'a Pool, directory: Arc<OwnedFd>, limits: Limits) -> Self {
        let failed = AHashMap::new();
        Self { pool, directory, limits, reading: None, analyzing: None, failed }
    }

    /// Whether no batch is under way.
    pub(crate) fn is_empty(&self) -> bool {
        self.reading.is_none() && self.analyzing.is_none()
    }

    /// Moves every batch one stage on: takes in the files `found`, if there are any, and writes the
    /// batch that came in two steps ago. Answers what became of its files, `None` where there was
    /// no such batch. Batches are written in the order in which they came in.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn step<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        found: Vec<Found>,
    ) -> SpiResult<Option<Counts>> {
        let listed = if found.is_empty() {
            None
        } else {
            let digests: Vec<_> = found.iter().map(|file| file.place.digest()).collect();
            let mut known = store.known(client, &digests)?;
            let known = digests.iter().map(|digest| known.remove(digest));
            let found = found.into_iter().zip(known).collect();
            let directory = self.directory.clone();
            Some(Reading::start(found, directory, self.limits.max_bytes, self.pool))
        };
        let started = match std::mem::replace(&mut self.reading, listed) {
            Some(batch) => Some(self.analyze(client, store, batch)?),
            None => None,
        };
        match std::mem::replace(&mut self.analyzing, started) {
            Some(batch) => self.write(client, store, batch).map(Some),
            None => Ok(None),
        }
    }

    /// Waits for a batch to be read and starts to analyze it.
    fn analyze<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        batch: Reading,
    ) -> SpiResult<Analyzing> {
        let batch = batch.wait();
        let in_library = store.contents(client, &batch.contents())?;
        Ok(batch.analyze(&in_library, self.analyzing.as_ref(), self.limits, self.pool))
    }

    /// Waits for a batch to be analyzed and writes it.
    fn write<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        batch: Analyzing,
    ) -> SpiResult<Counts> {
        let mut batch = batch.wait();
        let new = store.put_music(client, &mut batch.music)?;
        let (mut decided, failed) = batch.decide(new, &self.failed);
        store.put_files(client, &mut decided.rows)?;
        store
            .put_errors(client, decided.problems.iter().map(|(place, problem)| (place, problem)))?;
        self.failed = failed;
        Ok(decided.counts)
    }
}
