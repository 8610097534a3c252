//! A worker's share of a job: the chunks that it claims, one after the other.

use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::job::Job;
use super::limits::MAX_ATTEMPTS;
use super::store::JobStore;
use super::worker::Worker;
use crate::import::{Driver, FileList, FileLists, Pool, Step, Store};
use crate::pg::lock;
use crate::pg::transaction::Failure;
use crate::{error, settings};

/// The chunks that are under way.
pub(super) struct Share<'a> {
    worker: &'a Worker<'a>,
    driver: Driver<'a>,
    /// The error that fails the job once the claimed chunks are written.
    problem: Option<ErrorReport>,
}

impl<'a> Share<'a> {
    pub(super) fn new(worker: &'a Worker<'a>, pool: &'a Pool, directory: Arc<OwnedFd>) -> Self {
        let driver = Driver::new(pool, directory, worker.source.admits());
        Self { worker, driver, problem: None }
    }

    /// Imports chunks until none is free. Each transaction takes in one batch and writes the one that
    /// was taken in two transactions before.
    ///
    /// # Errors
    /// Where a transaction fails.
    pub(super) fn import(mut self) -> Result<(), Failure> {
        let worker = self.worker;
        while worker.transaction(|client, jobs, job| self.step(client, jobs, job))?.is_continue() {}
        Ok(())
    }

    fn step(
        &mut self,
        client: &mut SpiClient<'_>,
        jobs: &JobStore,
        job: &Job,
    ) -> Result<ControlFlow<()>, ErrorReport> {
        lock::hold_off_direct_imports();
        let store = Store::prepare(client, jobs.schema(), settings::extent(), Some(job.id))?;
        let mut claims = Claims { worker: self.worker, jobs, problem: &mut self.problem };
        match self.driver.step(client, &store, &mut claims)? {
            ControlFlow::Continue(step) => {
                self.record(client, jobs, &step).map_err(error::statement)?;
                Ok(ControlFlow::Continue(()))
            }
            ControlFlow::Break(()) => match self.problem.take() {
                Some(problem) => Err(problem),
                None => Ok(ControlFlow::Break(())),
            },
        }
    }

    /// Records a step: in the job's counts, and in the chunk of the batch that was written. This comes
    /// last in a transaction, because whoever cancels the job waits for it to end, and reading may take
    /// long.
    fn record(&self, client: &mut SpiClient<'_>, jobs: &JobStore, step: &Step) -> SpiResult<()> {
        let job = self.worker.job;
        let counts = step.counts();
        if step.written.is_some() || step.vanished != 0 {
            jobs.add_counts(client, job, &counts)?;
        }
        // The listing has counted each archive as one file, and vanished members not at all.
        let listed = step.written.as_ref().map_or(0, |batch| batch.part.entries);
        let more = counts.found() - listed as i64;
        if more != 0 {
            jobs.add_found(client, job, more, false)?;
        }
        match &step.written {
            Some(batch) => jobs.advance(client, job, batch.part.end),
            None => Ok(()),
        }
    }
}

/// The file lists of a worker: the chunks that it claims.
struct Claims<'a> {
    worker: &'a Worker<'a>,
    jobs: &'a JobStore,
    problem: &'a mut Option<ErrorReport>,
}

impl FileLists for Claims<'_> {
    /// Claims a chunk. There is no next one where the job is to fail, because a chunk was claimed too
    /// often.
    fn next(&mut self, client: &mut SpiClient<'_>) -> Result<Option<FileList>, ErrorReport> {
        if self.problem.is_some() {
            return Ok(None);
        }
        let Worker { job, number, source } = *self.worker;
        let chunk = self.jobs.claim(client, job, number).map_err(error::statement)?;
        let Some(chunk) = chunk else { return Ok(None) };
        if chunk.attempts > MAX_ATTEMPTS {
            let (first, last) = chunk.range();
            *self.problem = Some(error::files_keep_ending(job, MAX_ATTEMPTS, first, last));
            return Ok(None);
        }
        Ok(Some(chunk.into_list(source)))
    }
}
