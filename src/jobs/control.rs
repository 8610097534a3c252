//! What a session does with jobs: it starts, stops and waits for them, and starts anew the workers
//! of a job that was cut off.

use std::time::{Duration, Instant};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use super::ledger::{Job, Ledger, NewJob};
use super::staff::{self, Workers};
use super::{check_workers, indexes, resume_all};
use crate::pg::lock::Alive;
use crate::pg::{at_commit, interrupts, role, shared_state, signal, transaction, worker};
use crate::{access, error, settings};

/// How often a session that waits for a job looks at it.
const LOOK: Duration = Duration::from_millis(100);

/// How long a job may be without a worker before others are started.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often workers are started of which none begins.
const MAX_RESUMED: u32 = 5;

/// How soon the launcher looks whether a job goes on.
const WATCH: Duration = Duration::from_secs(60);

/// Starts a job that imports `source` with so many workers, and without secondary indexes in the
/// meantime where it `defers_indexes`. The workers begin when the transaction is committed.
///
/// # Errors
/// Where the role may not, the source cannot be found, or the server has no place for a worker.
pub(crate) fn start(source: &str, workers: i32, defers_indexes: bool) -> Result<i64, ErrorReport> {
    check_workers(workers)?;
    access::locate(source)?;
    with_ledger(|client, ledger| {
        require_own_process(client, ledger)?;
        if defers_indexes {
            indexes::require_owner(client, ledger)?;
        }
        resume_all(client, ledger)?;
        let settings = &settings::recorded();
        at_commit::run(|| shared_state::request_check_within(WATCH));
        create(
            client,
            ledger,
            &NewJob { source, role: role::current(), workers, settings, defers_indexes },
        )
    })
}

/// Writes down a job and starts its workers, which begin with it when the transaction is committed.
///
/// # Errors
/// Where the server has no place for a worker, or none of them can connect.
pub(crate) fn create(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    job: &NewJob<'_>,
) -> Result<i64, ErrorReport> {
    let id = ledger.create(client, job).map_err(error::statement)?;
    let workers = Workers::start(id, job.role, job.workers, transaction::id());
    let started = workers.count();
    if started == 0 {
        return Err(error::no_worker_slot());
    }
    if started < job.workers {
        pgrx::warning!(
            "only {started} of {} workers were started: max_worker_processes is reached",
            job.workers
        );
    }
    let workers = [workers];
    if !staff::wait_for(&workers).any(id) && workers[0].have_ended() {
        return Err(error::workers_do_not_start(id));
    }
    Ok(id)
}

/// Sees to it that the current role can have a process of its own.
///
/// # Errors
/// Where it may not log in, before PostgreSQL 17, or the owner of the tables has not its rights.
pub(crate) fn require_own_process(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
) -> Result<(), ErrorReport> {
    if !ledger.vouches_for(client, role::current()).map_err(error::statement)? {
        return Err(error::owner_without_the_rights());
    }
    let may = ledger.may_log_in(client, role::current()).map_err(error::statement)?;
    if may || worker::ROLES_WITHOUT_LOGIN { Ok(()) } else { Err(error::role_without_login()) }
}

/// Cancels a job; its workers stop when the transaction is committed. Answers whether it had not
/// ended yet.
///
/// # Errors
/// Where there is no such job for the current role.
pub(crate) fn cancel(id: i64) -> Result<bool, ErrorReport> {
    with_ledger(|client, ledger| {
        let job = own_job(client, ledger, id)?;
        let alive = Alive::read();
        let processes: Vec<_> = alive.of(id).map(|(_, process)| process).collect();
        // Workers write to their job all the time, and what sees one snapshot cannot write to what has
        // been written since. A worker that is cancelled writes down the end of its job itself.
        let is_out_of_reach = transaction::sees_one_snapshot()
            && !processes.is_empty()
            && !transaction::is_current(job.written_by);
        let cancelled = if is_out_of_reach {
            !job.has_ended()
        } else {
            ledger.end(client, id, "cancelled", None).map_err(error::statement)?
        };
        if cancelled {
            if processes.is_empty() && job.role_exists {
                // Of a job that was cut off a worker has to put things back.
                drop(Workers::start(id, job.role, 1, transaction::id()));
            }
            at_commit::run(move || processes.into_iter().for_each(signal::cancel));
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
    let mut idle = Idle::default();
    loop {
        // A standby does not see the workers of the server that it follows.
        let is_elsewhere = transaction::in_recovery();
        // Asked before: the last worker leaves a job that has ended.
        let is_at_work = is_elsewhere || Alive::read().any(id);
        let job = with_ledger(|client, ledger| own_job(client, ledger, id))?;
        if job.has_ended() {
            return Ok(job.state);
        }
        if transaction::is_current(job.written_by) {
            return Err(error::waits_for_itself(id));
        }
        let left = timeout.unwrap_or(Duration::MAX).saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(if is_at_work { job.state } else { "interrupted".to_owned() });
        }
        if !job.role_exists && !is_elsewhere {
            return with_ledger(|client, ledger| give_up(client, ledger, id));
        }
        idle.see_to(&job, is_at_work)?;
        interrupts::sleep(LOOK.min(left));
    }
}

/// How long a job has had no worker.
#[derive(Default)]
struct Idle {
    since: Option<Instant>,
    resumed: u32,
}

impl Idle {
    /// Resumes the job when it has had no worker for a while.
    fn see_to(&mut self, job: &Job, is_at_work: bool) -> Result<(), ErrorReport> {
        if is_at_work {
            *self = Self::default();
            return Ok(());
        }
        if self.since.is_some_and(|since| since.elapsed() < PATIENCE) {
            return Ok(());
        }
        if self.resumed >= MAX_RESUMED {
            return Err(error::workers_do_not_start(job.id));
        }
        self.resumed += 1;
        staff::resume(job);
        self.since = Some(Instant::now());
        Ok(())
    }
}

fn give_up(client: &mut SpiClient<'_>, ledger: &Ledger, id: i64) -> Result<String, ErrorReport> {
    let reason = error::job_without_role(id);
    ledger.end(client, id, "failed", Some(reason.message())).map_err(error::statement)?;
    Ok("failed".to_owned())
}

fn own_job(client: &mut SpiClient<'_>, ledger: &Ledger, id: i64) -> Result<Job, ErrorReport> {
    let job = ledger.own_job(client, id).map_err(error::statement)?;
    job.ok_or_else(|| error::no_such_job(id))
}

/// Runs `work` with the ledger of this database.
///
/// # Errors
/// Where the extension is not installed; else those of `work`.
pub(crate) fn with_ledger<T>(
    work: impl FnOnce(&mut SpiClient<'_>, &Ledger) -> Result<T, ErrorReport>,
) -> Result<T, ErrorReport> {
    Spi::connect_mut(|client| {
        let ledger = Ledger::find(client).map_err(error::statement)?;
        work(client, &ledger.ok_or_else(error::not_installed)?)
    })
}
