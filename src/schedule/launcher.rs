//! The process that waits until a database is due. It sees to all databases, or to those in
//! `midi_pipeline.databases`, one after the other; which of them have the extension it learns by
//! having each looked at.

use std::time::{Duration, Instant};

use pgrx::pg_sys::Oid;

use super::{LONG, looker};
use crate::pg::database::{self, Database};
use crate::pg::worker::{Started, Starting, Worker, entry_point};
use crate::pg::{guc, interrupts, shared_state, transaction};
use crate::settings;

/// How soon a database is looked at again whose looker did not report, or could not be started.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// How long a looker may hold up the other databases.
const PATIENCE: Duration = Duration::from_secs(5);

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
    LAUNCHER, midi_pipeline_launcher => launch
}

/// Runs until the server ends. The launcher is connected to no database, so that it keeps none from being
/// dropped.
fn launch(process: Starting) {
    process.connect_to_no_database();
    shared_state::register_launcher();
    let mut launcher = Launcher { looker: None, has_warned: false };
    loop {
        guc::reload();
        let sleep = if settings::enabled() { launcher.start_what_is_due() } else { LONG };
        interrupts::sleep(sleep);
    }
}

struct Launcher {
    /// The process that was started last, and when.
    looker: Option<(Started, Instant)>,
    has_warned: bool,
}

impl Launcher {
    /// Has the database looked at that is due, if there is one. Answers how long to sleep; the end
    /// of a looker, and whoever makes a schedule, ends the sleep.
    fn start_what_is_due(&mut self) -> Duration {
        if let Some((looker, since)) = &self.looker {
            let left = PATIENCE.saturating_sub(since.elapsed());
            if !looker.has_ended() && !left.is_zero() {
                return left;
            }
            self.looker = None;
        }
        let databases = databases();
        shared_state::retain(&databases);
        let due =
            databases.into_iter().map(|database| (shared_state::next_check(database), database));
        let Some((at, first)) = due.min_by_key(|(at, _)| *at) else { return TRY_AGAIN };
        let left = at.saturating_sub(shared_state::now());
        if left > 0 {
            return LONG.min(Duration::from_micros(left as u64));
        }
        self.look_into(first)
    }

    fn look_into(&mut self, database: Oid) -> Duration {
        // Its looker will say when it is due next; if that fails, it is due again after a while.
        let again = shared_state::now().saturating_add(TRY_AGAIN.as_micros() as i64);
        if !shared_state::set_next_check(database, again) {
            self.warn("there are more databases than the launcher can see to");
            return TRY_AGAIN;
        }
        let Some(looker) = looker::start(database) else {
            self.warn("no place for a background worker; raise max_worker_processes");
            return Duration::ZERO;
        };
        self.looker = Some((looker, Instant::now()));
        self.has_warned = false;
        PATIENCE
    }

    /// Says so once, until things are well again.
    fn warn(&mut self, problem: &str) {
        if !std::mem::replace(&mut self.has_warned, true) {
            pgrx::warning!("midi_pipeline: {problem}");
        }
    }
}

/// The databases to see to.
fn databases() -> Vec<Oid> {
    let chosen = settings::databases();
    let is_chosen = |database: &Database| {
        chosen.is_empty() || chosen.iter().any(|name| name.to_bytes() == database.name)
    };
    let all = transaction::run(|| Ok(database::all())).unwrap_or_default();
    all.into_iter().filter(is_chosen).map(|database| database.oid).collect()
}
