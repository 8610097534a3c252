//! The workers of a job, for those who start them: who is there, and how one job never gets two
//! sets of them.
//!
//! A worker holds its lock from its first moment on, and who starts workers waits for that. So a
//! job that can be seen has its workers in the server's list of locks, or it has none.

use std::time::{Duration, Instant};

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::ledger::{Job, Ledger};
use super::order::Order;
use super::process;
use crate::error;
use crate::pg::lock::{Alive, Turn};
use crate::pg::worker::Started;
use crate::pg::{interrupts, transaction};

/// More workers than this wait for each other rather than help.
pub(crate) const MAX_WORKERS: i32 = 64;

/// How long a worker may take to begin while another process waits for it.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often that looks.
const LOOK: Duration = Duration::from_millis(5);

/// Sees to it that a job can have so many workers.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE`.
pub(crate) fn check_workers(workers: i32) -> Result<(), ErrorReport> {
    if (1..=MAX_WORKERS).contains(&workers) {
        Ok(())
    } else {
        Err(error::number_of_workers(workers, MAX_WORKERS))
    }
}

/// How the jobs of a database stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Prospect {
    /// There is none that is not over.
    Idle,
    /// One has no workers, and those that were started could not begin.
    Stuck,
    /// One is worked on.
    UnderWay,
    /// One has no workers, and the server has no place for one.
    NoPlace,
}

/// Workers of one job that were asked for.
pub(super) struct Workers {
    job: i64,
    /// From the one of number 1 on.
    started: Vec<Started>,
    /// Held until they have begun, where the job could be seen before.
    _turn: Option<Turn>,
}

impl Workers {
    /// Asks for workers of a job that `transaction` makes; as many as there is place for.
    pub(super) fn start(job: i64, role: Oid, workers: i32, transaction: u32) -> Self {
        let order = |worker| Order { role, job, worker, transaction };
        let workers = 1..=workers.clamp(1, MAX_WORKERS);
        let started = workers.map_while(|worker| process::start(order(worker))).collect();
        Self { job, started, _turn: None }
    }

    /// Asks for the workers of a job, unless it has some or another process is at that.
    fn resume(job: &Job) -> Option<Self> {
        // A prepared or an uncommitted transaction's job is not to be seen; this one's own is.
        if !job.role_exists || transaction::is_current(job.written_by) {
            return None;
        }
        let turn = Turn::take(job.id)?;
        if Alive::read().any(job.id) {
            return None;
        }
        Some(Self { _turn: Some(turn), ..Self::start(job.id, job.role, job.workers, 0) })
    }

    /// How many were asked for.
    pub(super) fn count(&self) -> i32 {
        self.started.len() as i32
    }

    /// How many have begun, those that have ended meanwhile not counted.
    fn begun(&self, alive: &Alive) -> usize {
        alive.of(self.job).count()
    }

    fn are_awaited(&self, alive: &Alive) -> bool {
        (1..).zip(&self.started).any(|(who, one)| !alive.has(self.job, who) && !one.has_ended())
    }

    /// Whether all have ended, as they do when they cannot connect.
    pub(super) fn have_ended(&self) -> bool {
        self.started.iter().all(Started::has_ended)
    }
}

/// Waits until these workers have begun, or have ended, but no longer than a moment: what the
/// caller's transaction has locked may be what keeps them from connecting.
pub(super) fn wait_for(workers: &[Workers]) -> Alive {
    let start = Instant::now();
    loop {
        let alive = Alive::read();
        let are_awaited = workers.iter().any(|workers| workers.are_awaited(&alive));
        if !are_awaited || start.elapsed() > PATIENCE {
            return alive;
        }
        interrupts::sleep(LOOK);
    }
}

/// Starts the workers of a job that has none.
pub(super) fn resume(job: &Job) {
    if let Some(workers) = Workers::resume(job) {
        wait_for(&[workers]);
    }
}

/// Starts the workers of jobs that have none, because the server was restarted or they were killed.
///
/// # Errors
/// Those of the statements.
pub(crate) fn resume_all(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
) -> Result<Prospect, ErrorReport> {
    let jobs = ledger.under_way(client).map_err(error::statement)?;
    let resumed: Vec<_> = jobs.iter().filter_map(Workers::resume).collect();
    let alive = wait_for(&resumed);
    let prospect = |job: &Job| {
        let workers = resumed.iter().find(|workers| workers.job == job.id);
        match workers {
            Some(workers) if workers.count() == 0 => Prospect::NoPlace,
            Some(workers) if workers.begun(&alive) == 0 && workers.have_ended() => Prospect::Stuck,
            None if !job.role_exists => Prospect::Stuck,
            _ => Prospect::UnderWay,
        }
    };
    Ok(jobs.iter().map(prospect).max().unwrap_or(Prospect::Idle))
}
