//! What a session does with jobs: it starts, stops and waits for them, and starts anew the workers
//! of a job that was cut off.

use std::time::{Duration, Instant};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use super::ledger::{Job, Ledger};
use crate::pg::lock::Lock;
use crate::pg::worker::{self, Order};
use crate::pg::{interrupts, signal, transaction};
use crate::{access, error, settings};

/// How often a session that waits for a job looks at it.
const LOOK: Duration = Duration::from_millis(100);

/// How long a worker may take to begin before another is started in its place.
const PATIENCE: Duration = Duration::from_secs(3);

/// Starts a job that imports `source` with so many workers. They begin when the transaction is
/// committed.
///
/// # Errors
/// Where the role may not, the source cannot be found, or the server has no place for a worker.
pub(crate) fn start(source: &str, workers: i32) -> Result<i64, ErrorReport> {
    if workers < 1 {
        return Err(error::too_few_workers(workers));
    }
    access::locate(source)?;
    with_ledger(|client, ledger| {
        for job in ledger.under_way(client).map_err(error::statement)? {
            resume(&job);
        }
        let settings = settings::recorded();
        let id = ledger.create(client, source, workers, settings).map_err(error::statement)?;
        let job = ledger.job(client, id).map_err(error::statement)?.expect("it was just made");
        if !job.role_may_log_in && !worker::ROLES_WITHOUT_LOGIN {
            return Err(error::role_without_login());
        }
        let started = start_workers(&job, transaction::id());
        if started == 0 {
            return Err(error::no_worker_slot());
        }
        if started < workers {
            pgrx::warning!(
                "only {started} of {workers} workers were started: max_worker_processes is reached"
            );
        }
        Ok(id)
    })
}

/// Cancels a job; its workers stop when the transaction is committed. Answers whether it had not
/// ended yet.
///
/// # Errors
/// Where there is no such job for the current role.
pub(crate) fn cancel(id: i64) -> Result<bool, ErrorReport> {
    with_ledger(|client, ledger| {
        own_job(client, ledger, id)?;
        let cancelled = ledger.end(client, id, "cancelled", None).map_err(error::statement)?;
        if cancelled {
            let processes = ledger.processes(client, id).map_err(error::statement)?;
            transaction::after_commit(move || processes.into_iter().for_each(signal::cancel));
        }
        Ok(cancelled)
    })
}

/// Waits until a job has ended, at most so long, and answers its state. A job without workers is
/// resumed.
///
/// # Errors
/// Where there is no such job for the current role, or its end could not be seen in this
/// transaction.
pub(crate) fn wait(id: i64, timeout: Option<Duration>) -> Result<String, ErrorReport> {
    if transaction::sees_one_snapshot() {
        return Err(error::waits_in_one_snapshot());
    }
    let start = Instant::now();
    let mut begun = Instant::now();
    loop {
        let job = with_ledger(|client, ledger| own_job(client, ledger, id))?;
        if job.has_ended() {
            return Ok(job.state);
        }
        if transaction::is_current(job.written_by) {
            return Err(error::waits_for_itself(id));
        }
        if start.elapsed() >= timeout.unwrap_or(Duration::MAX) {
            return Ok(job.state);
        }
        if !job.role_exists {
            return with_ledger(|client, ledger| give_up(client, ledger, id));
        }
        if is_worked_on(&job) {
            begun = Instant::now();
        } else if begun.elapsed() >= PATIENCE || start.elapsed() < LOOK {
            begun = Instant::now();
            resume(&job);
        }
        interrupts::sleep(LOOK);
    }
}

fn give_up(client: &mut SpiClient<'_>, ledger: &Ledger, id: i64) -> Result<String, ErrorReport> {
    let reason = error::job_without_role(id);
    ledger.end(client, id, "failed", Some(reason.message())).map_err(error::statement)?;
    Ok("failed".to_owned())
}

/// Starts workers for a job that has none.
fn resume(job: &Job) {
    if job.role_exists && !transaction::is_current(job.written_by) && !is_worked_on(job) {
        start_workers(job, 0);
    }
}

fn is_worked_on(job: &Job) -> bool {
    (1..=job.workers).any(|who| Lock { job: job.id, who }.is_held_elsewhere())
}

/// Answers how many workers were started.
fn start_workers(job: &Job, transaction: u32) -> i32 {
    let order = |worker| Order { role: job.role, job: job.id, worker, transaction };
    let started = (1..=job.workers).take_while(|&worker| worker::start(order(worker))).count();
    i32::try_from(started).unwrap_or(i32::MAX)
}

fn own_job(client: &mut SpiClient<'_>, ledger: &Ledger, id: i64) -> Result<Job, ErrorReport> {
    let job = ledger.own_job(client, id).map_err(error::statement)?;
    job.ok_or_else(|| error::no_such_job(id))
}

fn with_ledger<T>(
    work: impl FnOnce(&mut SpiClient<'_>, &Ledger) -> Result<T, ErrorReport>,
) -> Result<T, ErrorReport> {
    Spi::connect_mut(|client| {
        let ledger = Ledger::find(client).map_err(error::statement)?;
        work(client, &ledger.ok_or_else(error::not_installed)?)
    })
}
