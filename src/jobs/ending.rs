//! How a job ends: finished, failed or cancelled.

use std::ops::ControlFlow;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::job::Job;
use super::store::JobStore;
use super::worker::Worker;
use super::{indexes, listing};
use crate::import::{Counts, Store};
use crate::pg::lock;
use crate::pg::transaction::{self, Failure};
use crate::{distribution, error, settings};

/// Finishes the job if all its files are written. Returns `Continue` where another worker has not finished
/// its share, or has left chunks that are now released.
///
/// # Errors
/// Where a transaction fails.
pub(super) fn finish(worker: &Worker<'_>) -> Result<ControlFlow<()>, Failure> {
    worker.transaction(|client, jobs, job| {
        let all_done = job.is_listed && jobs.all_done(client, job.id).map_err(error::statement)?;
        if !all_done {
            worker.release_chunks_of_the_dead(client, jobs)?;
            return Ok(ControlFlow::Continue(()));
        }
        lock::hold_off_all_imports();
        distribution::hold_off_other_nodes(client, jobs.schema())?;
        // Another worker may have finished it while this one waited for the lock.
        if jobs.job(client, job.id).map_err(error::statement)?.is_none_or(|job| job.has_ended()) {
            return Ok(ControlFlow::Break(()));
        }
        if job.has_deferred_indexes {
            distribution::changing_tables(|| {
                mark_vanished(worker, client, jobs, job)?;
                indexes::restore(client, jobs, job).map_err(error::statement)
            })?;
        } else {
            mark_vanished(worker, client, jobs, job)?;
        }
        transaction::wait_for_disk(true);
        jobs.end(client, job.id, "finished", None).map_err(error::statement)?;
        Ok(ControlFlow::Break(()))
    })
}

fn mark_vanished(
    worker: &Worker<'_>,
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
    job: &Job,
) -> Result<(), ErrorReport> {
    if !worker.source.is_whole_directory() {
        return Ok(());
    }
    let store = Store::prepare(client, jobs.schema(), settings::extent(), Some(job.id))?;
    let (recorded, unread) =
        listing::compare(worker, client, jobs, &store).map_err(error::statement)?;
    let vanished = recorded.mark_vanished(client, &store, &unread).map_err(error::statement)?;
    jobs.add_found(client, job.id, vanished, true).map_err(error::statement)?;
    let counts = Counts { vanished, ..Counts::default() };
    jobs.add_counts(client, job.id, &counts).map_err(error::statement)
}

/// Records why a job ends prematurely.
pub(super) fn record(job: i64, failure: &Failure) {
    transaction::wait_for_disk(true);
    let cancelled = failure.code == PgSqlErrorCode::ERRCODE_QUERY_CANCELED;
    let state = if cancelled { "cancelled" } else { "failed" };
    // If this fails, the job stays without a worker, and whoever finds it so resumes it.
    let _ = in_store(|client, jobs| {
        let Some(Job { role_exists, .. }) = jobs.job(client, job)?.filter(Job::is_own) else {
            return Ok(());
        };
        // Dropping a role revokes its rights first, so the error may be a missing right.
        let is_orphan = !cancelled && !role_exists;
        let without_role = error::job_without_role(job);
        let reason = if is_orphan { without_role.message() } else { &failure.message };
        jobs.end(client, job, state, Some(reason)).map(drop)
    });
}

/// Cleans up after a job, if it has ended: recreates its indexes and deletes its chunks. A failure is
/// written to the server's log, and the next call that checks the jobs tries again.
pub(super) fn clean_up(job: i64) {
    let _ = in_store(|client, jobs| match jobs.job(client, job)? {
        Some(job) if job.has_ended() && job.is_own() => {
            // Other workers that are just ending hold locks on the chunks of their batches.
            lock::hold_off_all_imports();
            indexes::restore(client, jobs, &job)?;
            jobs.clear(client, job.id)
        }
        _ => Ok(()),
    });
}

/// Runs `work` with the job store in a transaction of its own. Does nothing where the extension is not
/// installed any more.
fn in_store(
    work: impl FnOnce(&mut SpiClient<'_>, &JobStore) -> SpiResult<()> + Send,
) -> Result<(), Failure> {
    transaction::run(|| {
        Spi::connect_mut(|client| match JobStore::find(client)? {
            Some(jobs) => work(client, &jobs),
            None => Ok(()),
        })
        .map_err(error::statement)
    })
}
