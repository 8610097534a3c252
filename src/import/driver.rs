//! The import itself, step by step, for direct imports and jobs alike.

use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::archive_reader::ReaderOptions;
use super::batches::Batches;
use super::decision::Admits;
use super::file_list::FileLists;
use super::outcome::Counts;
use super::pipeline::{Pipeline, Written};
use super::pool::Pool;
use super::store::Store;
use crate::{error, settings};

/// Takes batches from their source and moves them through the pipeline.
pub(crate) struct Driver<'a> {
    batches: Batches,
    pipeline: Pipeline<'a>,
}

/// The result of a step.
pub(crate) struct Step {
    /// The batch that was written.
    pub(crate) written: Option<Written>,
    /// How many members of archives were marked as vanished.
    pub(crate) vanished: i64,
}

impl Step {
    /// The files that are counted with this step.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = self.written.as_ref().map_or_else(Counts::default, |batch| batch.counts);
        counts.vanished += self.vanished;
        counts
    }
}

impl<'a> Driver<'a> {
    /// An import of files below `directory` with the current settings.
    pub(crate) fn new(pool: &'a Pool, directory: Arc<OwnedFd>, admits: Admits) -> Self {
        let options = ReaderOptions {
            directory: directory.clone(),
            admits,
            limits: settings::archive_limits(),
            batch_size: settings::batch_size(),
        };
        Self {
            batches: Batches::new(options),
            pipeline: Pipeline::new(pool, directory, admits, settings::limits()),
        }
    }

    /// Takes in the next batch and writes the one that came in two steps ago. `Break` where neither
    /// exists. Between two steps nothing of PostgreSQL's is held, so a transaction may end there.
    ///
    /// # Errors
    /// Where the files cannot be listed; otherwise those of the statements.
    pub(crate) fn step<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        lists: &mut dyn FileLists,
    ) -> Result<ControlFlow<(), Step>, ErrorReport> {
        let batch = self.batches.next(client, store, lists)?;
        if batch.is_none() && self.pipeline.is_empty() {
            return Ok(ControlFlow::Break(()));
        }
        let vanished = batch.as_ref().map_or(0, |batch| batch.vanished);
        let written = self.pipeline.step(client, store, batch).map_err(error::statement)?;
        Ok(ControlFlow::Continue(Step { written, vanished }))
    }
}
