//! A worker's view of its job: each of its transactions starts by checking that the job is still to be
//! worked on.

use std::ops::ControlFlow;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use super::job::Job;
use super::source::Source;
use super::store::JobStore;
use crate::pg::guc;
use crate::pg::lock::Alive;
use crate::pg::transaction::{self, Failure};
use crate::{access, error};

/// A worker of a job.
pub(super) struct Worker<'a> {
    pub(super) job: i64,
    pub(super) source: &'a Source,
    /// Its number among the job's workers.
    pub(super) number: i32,
}

/// Runs `work` in a transaction of its own with the current state of the job. `Break` where the job has
/// ended or does not exist any more.
///
/// # Errors
/// Those of `work`, and where the job's role may not read server files any more.
pub(super) fn in_job<T: Send>(
    id: i64,
    work: impl FnOnce(&mut SpiClient<'_>, &JobStore, &Job) -> Result<ControlFlow<(), T>, ErrorReport>
    + Send,
) -> Result<ControlFlow<(), T>, Failure> {
    // A limit that was lowered takes effect with the next batch.
    guc::reload();
    transaction::run(|| {
        Spi::connect_mut(|client| {
            let Some(jobs) = JobStore::find(client).map_err(error::statement)? else {
                return Ok(ControlFlow::Break(()));
            };
            let Some(job) = jobs.job(client, id).map_err(error::statement)? else {
                return Ok(ControlFlow::Break(()));
            };
            if job.has_ended() || !job.is_own() {
                return Ok(ControlFlow::Break(()));
            }
            if !job.role_exists {
                return Err(error::job_without_role(id));
            }
            access::require_reader()?;
            work(client, &jobs, &job)
        })
    })
}

impl Worker<'_> {
    /// [`in_job`] for this worker's job.
    pub(super) fn transaction<T: Send>(
        &self,
        work: impl FnOnce(
            &mut SpiClient<'_>,
            &JobStore,
            &Job,
        ) -> Result<ControlFlow<(), T>, ErrorReport>
        + Send,
    ) -> Result<ControlFlow<(), T>, Failure> {
        in_job(self.job, work)
    }

    /// Whether all files of the job are listed, or it has ended.
    pub(super) fn job_is_listed(&self) -> Result<bool, Failure> {
        let is_listed = self.transaction(|_, _, job| Ok(ControlFlow::Continue(job.is_listed)))?;
        Ok(!matches!(is_listed, ControlFlow::Continue(false)))
    }

    /// Releases the chunks of workers that do not exist any more.
    pub(super) fn release_chunks_of_the_dead(
        &self,
        client: &mut SpiClient<'_>,
        jobs: &JobStore,
    ) -> Result<(), ErrorReport> {
        let mut dead = jobs.holders(client, self.job).map_err(error::statement)?;
        let alive = Alive::read();
        dead.retain(|&who| !alive.has(self.job, who));
        if dead.is_empty() {
            return Ok(());
        }
        // A worker of the same number may have started meanwhile. If it does not exist while its
        // chunks are locked, it has not claimed them.
        let mut held = jobs.hold(client, self.job, dead).map_err(error::statement)?;
        let alive = Alive::read();
        held.retain(|&(_, who)| !alive.has(self.job, who));
        let chunks = held.into_iter().map(|(chunk, _)| chunk).collect();
        jobs.release_chunks(client, self.job, chunks).map_err(error::statement)
    }
}
