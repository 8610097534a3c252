//! The session's side of jobs: a session starts them, cancels them and waits for them. Where a job was
//! interrupted, it starts its workers again.

use std::time::{Duration, Instant};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::indexes;
use super::job::{Job, NewJob};
use super::launch::{self, Workers, resume_all};
use super::limits::check_workers;
use super::store::{JobStore, with_store};
use crate::import::Portion;
use crate::pg::lock::Alive;
use crate::pg::wait_event::Wait;
use crate::pg::{at_commit, interrupts, role, shared_state, signal, transaction, worker};
use crate::settings::Depth;
use crate::{access, distribution, error, rights, settings};

/// How often a session that waits for a job checks its state.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How long a job may have no worker before new ones are started.
const MAX_IDLE: Duration = Duration::from_secs(2);

/// How often workers are started without any of them beginning.
const MAX_RESUMED: u32 = 5;

/// How soon the launcher checks whether a new job has workers.
const CHECK_INTERVAL: Duration = Duration::from_secs(60);

/// Starts a job that imports a part of `source`, as deeply as given or else as set, or that completes what is only
/// cataloged, with this number of workers; `defers_indexes`: it drops secondary indexes and recreates them at its end. The
/// workers begin when the transaction is committed.
///
/// # Errors
/// Where the role lacks a privilege, the source does not exist, or the server has no free slot for a worker.
pub(crate) fn start(
    source: Option<&str>,
    depth: Option<Depth>,
    workers: i32,
    defers_indexes: bool,
    portion: Portion,
) -> Result<i64, ErrorReport> {
    check_workers(workers)?;
    match source {
        Some(source) => drop(access::locate(source)?),
        None => access::require_reader()?,
    }
    with_store(|client, jobs| {
        require_own_process(client, jobs)?;
        rights::require_importing(jobs.schema(), settings::extent())?;
        if defers_indexes {
            indexes::require_owner(client, jobs)?;
            distribution::require_coordinator(client, jobs.schema())?;
        }
        resume_all(client, jobs)?;
        let settings = &settings::recorded(depth);
        at_commit::run(|| shared_state::request_check_within(CHECK_INTERVAL));
        create(
            client,
            jobs,
            &NewJob { source, role: role::current(), workers, settings, portion, defers_indexes },
        )
    })
}

/// Creates a job and starts its workers, which begin when the transaction is committed.
///
/// # Errors
/// Where the server has no free slot for a worker, or none of them can connect.
pub(crate) fn create(
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
    job: &NewJob<'_>,
) -> Result<i64, ErrorReport> {
    let id = jobs.create(client, job).map_err(error::statement)?;
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
    if !launch::wait_for(&workers).any(id) && workers[0].have_ended() {
        return Err(error::workers_do_not_start(id));
    }
    Ok(id)
}

/// Checks that background workers can act as the current role.
///
/// # Errors
/// Where the role may not log in, before PostgreSQL 17, or the owner of the tables lacks its rights.
pub(crate) fn require_own_process(
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
) -> Result<(), ErrorReport> {
    if !jobs.owner_has_rights_of(client, role::current()).map_err(error::statement)? {
        return Err(error::owner_without_the_rights());
    }
    let may = jobs.may_log_in(client, role::current()).map_err(error::statement)?;
    if may || worker::ROLES_WITHOUT_LOGIN { Ok(()) } else { Err(error::role_without_login()) }
}

/// Cancels a job; its workers stop when the transaction is committed. Returns false if the job had ended
/// before.
///
/// # Errors
/// Where the current role can see no such job.
pub(crate) fn cancel(id: i64) -> Result<bool, ErrorReport> {
    with_store(|client, jobs| {
        let job = visible_job(client, jobs, id)?;
        let alive = Alive::read();
        let processes: Vec<_> = alive.of(id).map(|(_, process)| process).collect();
        // Workers write to their job all the time, and a transaction with a single snapshot cannot update
        // a row that was updated since. A worker that is cancelled records the end of its job itself.
        let cannot_update = transaction::uses_one_snapshot()
            && !processes.is_empty()
            && !transaction::is_current(job.written_by);
        let cancelled = if cannot_update {
            !job.has_ended()
        } else {
            jobs.end(client, id, "cancelled", None).map_err(error::statement)?
        };
        if cancelled {
            if processes.is_empty() && job.role_exists {
                // A worker has to clean up after an interrupted job.
                drop(Workers::start(id, job.role, 1, transaction::id()));
            }
            at_commit::run(move || processes.into_iter().for_each(signal::cancel));
        }
        Ok(cancelled)
    })
}

/// Waits until a job has ended, for at most `timeout`, and returns its state. A job without workers is
/// resumed.
///
/// # Errors
/// Where the current role can see no such job, or this transaction could not see its end.
pub(crate) fn wait(id: i64, timeout: Option<Duration>) -> Result<String, ErrorReport> {
    if transaction::uses_one_snapshot() {
        return Err(error::waits_in_one_snapshot());
    }
    let start = Instant::now();
    let mut idle = Idle::default();
    loop {
        // A standby does not see the workers, which run on its primary.
        let is_elsewhere = transaction::in_recovery();
        // The workers are checked before the state, because the last one ends after its job.
        let has_workers = is_elsewhere || Alive::read().any(id);
        let job = with_store(|client, jobs| visible_job(client, jobs, id))?;
        if job.has_ended() {
            return Ok(job.state);
        }
        if transaction::is_current(job.written_by) {
            return Err(error::waits_for_itself(id));
        }
        let left = timeout.unwrap_or(Duration::MAX).saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(if has_workers { job.state } else { "interrupted".to_owned() });
        }
        if !job.role_exists && !is_elsewhere {
            return with_store(|client, jobs| give_up(client, jobs, id));
        }
        idle.check(&job, has_workers)?;
        interrupts::sleep(POLL_INTERVAL.min(left), Wait::Job);
    }
}

/// How long a job has had no worker.
#[derive(Default)]
struct Idle {
    since: Option<Instant>,
    resumed: u32,
}

impl Idle {
    /// Resumes the job if it has had no worker for [`MAX_IDLE`].
    fn check(&mut self, job: &Job, has_workers: bool) -> Result<(), ErrorReport> {
        if has_workers {
            *self = Self::default();
            return Ok(());
        }
        if self.since.is_some_and(|since| since.elapsed() < MAX_IDLE) {
            return Ok(());
        }
        if self.resumed >= MAX_RESUMED {
            return Err(error::workers_do_not_start(job.id));
        }
        self.resumed += 1;
        launch::resume(job);
        self.since = Some(Instant::now());
        Ok(())
    }
}

fn give_up(client: &mut SpiClient<'_>, jobs: &JobStore, id: i64) -> Result<String, ErrorReport> {
    let reason = error::job_without_role(id);
    jobs.end(client, id, "failed", Some(reason.message())).map_err(error::statement)?;
    Ok("failed".to_owned())
}

fn visible_job(client: &mut SpiClient<'_>, jobs: &JobStore, id: i64) -> Result<Job, ErrorReport> {
    let job = jobs.visible_job(client, id).map_err(error::statement)?;
    job.ok_or_else(|| error::no_such_job(id))
}
