//! The launcher: a process that starts a scheduler worker in each database when it is due. It serves all
//! databases, or those in `midi_pipeline.databases`, one after the other. Only the workers know which of
//! them have the extension.

use std::time::{Duration, Instant};

use pgrx::pg_sys::Oid;

use super::intervals::{MAX_INTERVAL, RETRY_INTERVAL};
use super::worker;
use crate::pg::database::{self, Database};
use crate::pg::wait_event::Wait;
use crate::pg::worker::{Started, Starting, Worker, entry_point};
use crate::pg::{guc, interrupts, shared_state, transaction};
use crate::settings;

/// How long the launcher waits for a scheduler worker before it starts the next one.
const WORKER_TIMEOUT: Duration = Duration::from_secs(5);

/// Has the server start the launcher, which restarts if it fails. Must be called while libraries are
/// preloaded.
pub(crate) fn register() {
    Worker {
        entry_point: LAUNCHER,
        name: "midi_pipeline launcher",
        kind: "midi_pipeline launcher",
        argument: 0,
        extra: "",
        restarts: true,
    }
    .register();
}

entry_point! {
    /// Where the launcher begins.
    LAUNCHER, midi_pipeline_launcher => run
}

/// Runs until the server ends. The launcher is connected to no database, so that it keeps none from being
/// dropped.
fn run(process: Starting) {
    process.connect_to_no_database();
    shared_state::register_launcher();
    let mut launcher = Launcher { worker: None, has_warned: false };
    loop {
        guc::reload();
        let sleep = if settings::enabled() { launcher.start_due() } else { MAX_INTERVAL };
        interrupts::sleep(sleep, Wait::Schedule);
    }
}

struct Launcher {
    /// The scheduler worker that was started last, and when.
    worker: Option<(Started, Instant)>,
    has_warned: bool,
}

impl Launcher {
    /// Starts a scheduler worker in the database that is due, if there is one. Returns how long to sleep. The
    /// sleep also ends when a worker ends or a schedule is made.
    fn start_due(&mut self) -> Duration {
        if let Some((worker, since)) = &self.worker {
            let left = WORKER_TIMEOUT.saturating_sub(since.elapsed());
            if !worker.has_ended() && !left.is_zero() {
                return left;
            }
            self.worker = None;
        }
        let databases = databases();
        shared_state::retain(&databases);
        let due =
            databases.into_iter().map(|database| (shared_state::next_check(database), database));
        let Some((at, first)) = due.min_by_key(|(at, _)| *at) else { return RETRY_INTERVAL };
        let left = at.saturating_sub(shared_state::now());
        if left > 0 {
            return MAX_INTERVAL.min(Duration::from_micros(left as u64));
        }
        self.start_in(first)
    }

    fn start_in(&mut self, database: Oid) -> Duration {
        // The worker reports when the next check is due. If it does not, this is the time.
        let again = shared_state::now().saturating_add(RETRY_INTERVAL.as_micros() as i64);
        if !shared_state::set_next_check(database, again) {
            self.warn("there are more databases than the launcher can serve");
            return RETRY_INTERVAL;
        }
        let Some(worker) = worker::start(database) else {
            self.warn("no free slot for a background worker; increase max_worker_processes");
            return Duration::ZERO;
        };
        self.worker = Some((worker, Instant::now()));
        self.has_warned = false;
        WORKER_TIMEOUT
    }

    /// Logs a warning, once until a worker has been started again.
    fn warn(&mut self, problem: &str) {
        if !std::mem::replace(&mut self.has_warned, true) {
            pgrx::warning!("midi_pipeline: {problem}");
        }
    }
}

/// The databases to serve.
fn databases() -> Vec<Oid> {
    let chosen = settings::databases();
    let is_chosen = |database: &Database| {
        chosen.is_empty() || chosen.iter().any(|name| name.to_bytes() == database.name)
    };
    let all = transaction::run(|| Ok(database::all())).unwrap_or_default();
    all.into_iter().filter(is_chosen).map(|database| database.oid).collect()
}
