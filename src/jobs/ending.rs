//! How a job ends: finished, failed or cancelled.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use super::indexes;
use super::ledger::{Job, Ledger};
use super::walk;
use super::worker::{Orders, Worker};
use crate::import::{Counts, Store};
use crate::pg::lock;
use crate::pg::transaction::{self, Failure};
use crate::{analysis_row, error};

/// Finishes the job if all its files are written. Answers [`Orders::GoOn`] where another worker is
/// still at it, or has left something to do.
///
/// # Errors
/// Where a transaction fails.
pub(super) fn finish(worker: &Worker<'_>) -> Result<Orders<()>, Failure> {
    worker.transaction(|client, ledger, job| {
        let all_done = job.walked && ledger.all_done(client, job.id).map_err(error::statement)?;
        if !all_done {
            worker.adopt(client, ledger)?;
            return Ok(Orders::GoOn(()));
        }
        lock::hold_off_all_imports();
        // Another worker may have finished it while this one waited for the lock.
        if ledger.job(client, job.id).map_err(error::statement)?.is_none_or(|job| job.has_ended()) {
            return Ok(Orders::Stop);
        }
        mark_vanished(worker, client, ledger, job)?;
        indexes::restore(client, ledger, job).map_err(error::statement)?;
        transaction::wait_for_disk(true);
        ledger.end(client, job.id, "finished", None).map_err(error::statement)?;
        Ok(Orders::Stop)
    })
}

fn mark_vanished(
    worker: &Worker<'_>,
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    job: &Job,
) -> Result<(), ErrorReport> {
    if !worker.source.is_directory {
        return Ok(());
    }
    let analysis = analysis_row::row_type(ledger.schema.row_descriptor(c"midi_analysis"))?;
    let store =
        Store::prepare(client, &ledger.schema, analysis, Some(job.id)).map_err(error::statement)?;
    let (seen, unread) = walk::listed(worker, client, ledger).map_err(error::statement)?;
    let top = format!("{}/", worker.source.top);
    let vanished = seen.mark_others(client, &store, &top, &unread).map_err(error::statement)?;
    ledger.found(client, job.id, vanished, true).map_err(error::statement)?;
    let counts = Counts { vanished, ..Counts::default() };
    ledger.count(client, job.id, &counts).map_err(error::statement)
}

/// Writes down why a job ends before its time.
pub(super) fn record(job: i64, failure: &Failure) {
    transaction::wait_for_disk(true);
    let cancelled = failure.code == PgSqlErrorCode::ERRCODE_QUERY_CANCELED;
    let state = if cancelled { "cancelled" } else { "failed" };
    // What cannot be written down now will be tried again by whoever finds the job without worker.
    let _ = with_ledger(|client, ledger| {
        let Some(Job { role_exists, .. }) = ledger.job(client, job)?.filter(Job::is_ours) else {
            return Ok(());
        };
        // A role that is dropped loses its rights, and a worker may meet the loss of those first.
        let is_orphan = !cancelled && !role_exists;
        let without_role = error::job_without_role(job);
        let reason = if is_orphan { without_role.message() } else { &failure.message };
        ledger.end(client, job, state, Some(reason)).map(drop)
    });
}

/// Puts things back after a job, if it has ended: makes its indexes again and deletes its list of
/// files. What fails is in the server's log, and tried again by the next call that looks after jobs.
pub(super) fn put_back(job: i64) {
    let _ = with_ledger(|client, ledger| match ledger.job(client, job)? {
        Some(job) if job.has_ended() && job.is_ours() => {
            // The batches of other workers, on their way out, hold locks on the chunks.
            lock::hold_off_all_imports();
            indexes::restore(client, ledger, &job)?;
            ledger.clear(client, job.id)
        }
        _ => Ok(()),
    });
}

fn with_ledger(
    work: impl FnOnce(&mut SpiClient<'_>, &Ledger) -> pgrx::spi::SpiResult<()>,
) -> Result<(), Failure> {
    transaction::run(|| {
        Spi::connect_mut(|client| match Ledger::find(client)? {
            Some(ledger) => work(client, &ledger),
            None => Ok(()),
        })
        .map_err(error::statement)
    })
}
