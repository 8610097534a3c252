//! Starts the workers of jobs.
//!
//! A worker holds a lock from its start to its end, and the process that starts workers waits until they
//! hold theirs. So a job that is visible either has its workers in the server's list of locks, or has
//! none, and never gets two sets of them.

use std::time::{Duration, Instant};

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::job::Job;
use super::limits::MAX_WORKERS;
use super::order::Order;
use super::process;
use super::store::JobStore;
use crate::error;
use crate::pg::lock::{Alive, Turn};
use crate::pg::wait_event::Wait;
use crate::pg::worker::Started;
use crate::pg::{interrupts, transaction};

/// How long the process that starts workers waits for them.
const START_TIMEOUT: Duration = Duration::from_secs(3);

/// How often it checks whether they have started.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// What the jobs of a database are doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Activity {
    /// There is no job under way.
    Idle,
    /// A job has no workers, and those that were started could not begin.
    Stuck,
    /// A job has workers.
    Running,
    /// A job has no workers, because the server has no free slot for one.
    NoSlot,
}

/// The workers of one job that were requested.
pub(super) struct Workers {
    job: i64,
    /// In the order of their numbers, which start at 1.
    started: Vec<Started>,
    /// Held until they have begun, for a job that was visible before.
    _turn: Option<Turn>,
}

impl Workers {
    /// Requests workers of a job that `transaction` creates; as many as the server has free slots for.
    pub(super) fn start(job: i64, role: Oid, workers: i32, transaction: u32) -> Self {
        let order = |worker| Order { role, job, worker, transaction };
        let workers = 1..=workers.clamp(1, MAX_WORKERS);
        let started = workers.map_while(|worker| process::start(order(worker))).collect();
        Self { job, started, _turn: None }
    }

    /// Requests the workers of a job, unless it has some or another process is starting them.
    fn resume(job: &Job) -> Option<Self> {
        // Other processes cannot see a job of an uncommitted or prepared transaction; this one sees its
        // own.
        if !job.role_exists || transaction::is_current(job.written_by) {
            return None;
        }
        let turn = Turn::take(job.id)?;
        if Alive::read().any(job.id) {
            return None;
        }
        Some(Self { _turn: Some(turn), ..Self::start(job.id, job.role, job.workers, 0) })
    }

    /// The number of requested workers.
    pub(super) fn count(&self) -> i32 {
        self.started.len() as i32
    }

    /// The number of workers that have begun and have not ended.
    fn running(&self, alive: &Alive) -> usize {
        alive.of(self.job).count()
    }

    fn are_starting(&self, alive: &Alive) -> bool {
        (1..).zip(&self.started).any(|(who, one)| !alive.has(self.job, who) && !one.has_ended())
    }

    /// Whether all have ended, as they do when they cannot connect.
    pub(super) fn have_ended(&self) -> bool {
        self.started.iter().all(Started::has_ended)
    }
}

/// Waits until these workers have begun or ended, for at most [`START_TIMEOUT`], because a lock of the
/// caller's transaction may be what keeps them from connecting.
pub(super) fn wait_for(workers: &[Workers]) -> Alive {
    let start = Instant::now();
    loop {
        let alive = Alive::read();
        let are_starting = workers.iter().any(|workers| workers.are_starting(&alive));
        if !are_starting || start.elapsed() > START_TIMEOUT {
            return alive;
        }
        interrupts::sleep(POLL_INTERVAL, Wait::Workers);
    }
}

/// Starts the workers of a job that has none.
pub(super) fn resume(job: &Job) {
    if let Some(workers) = Workers::resume(job) {
        wait_for(&[workers]);
    }
}

/// Starts the workers of all jobs that have none, because the server was restarted or they were killed.
///
/// # Errors
/// Those of the statements.
pub(crate) fn resume_all(
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
) -> Result<Activity, ErrorReport> {
    let under_way = jobs.jobs_under_way(client).map_err(error::statement)?;
    let resumed: Vec<_> = under_way.iter().filter_map(Workers::resume).collect();
    let alive = wait_for(&resumed);
    let activity = |job: &Job| {
        let workers = resumed.iter().find(|workers| workers.job == job.id);
        match workers {
            Some(workers) if workers.count() == 0 => Activity::NoSlot,
            Some(workers) if workers.running(&alive) == 0 && workers.have_ended() => {
                Activity::Stuck
            }
            None if !job.role_exists => Activity::Stuck,
            _ => Activity::Running,
        }
    };
    Ok(under_way.iter().map(activity).max().unwrap_or(Activity::Idle))
}
