//! The state in shared memory by which the launcher, the scheduler workers and the sessions communicate:
//! for each database, when it is to be checked next for jobs and schedules that are due.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pgrx::lwlock::PgLwLock;
use pgrx::prelude::*;
use pgrx::{PGRXSharedMemory, pg_shmem_init};

/// The largest number of databases that the launcher can serve.
const MAX_DATABASES: usize = 1024;

#[derive(Clone, Copy)]
struct SharedState {
    /// The process ID of the launcher, or 0 when there is none.
    launcher: i32,
    checks: [Check; MAX_DATABASES],
}

/// When a database is to be checked.
#[derive(Clone, Copy)]
struct Check {
    /// The OID of the database, or 0 in a free slot.
    database: u32,
    /// The time of the next check, as a PostgreSQL timestamp in microseconds.
    at: i64,
    /// How often a session has requested a check.
    requests: u32,
}

/// A free slot.
const FREE: Check = Check { database: 0, at: i64::MIN, requests: 0 };

// SAFETY: the type consists of plain numbers without pointers.
unsafe impl PGRXSharedMemory for SharedState {}

// SAFETY: no other library uses this name for a lock.
static STATE: PgLwLock<SharedState> = unsafe { PgLwLock::new(c"midi_pipeline") };

/// Whether the library was preloaded. Only a preloaded library can request shared memory.
static PRELOADED: AtomicBool = AtomicBool::new(false);

/// Requests the shared memory. Must be called from `_PG_init` while libraries are preloaded.
pub(crate) fn request() {
    const EMPTY: SharedState = SharedState { launcher: 0, checks: [FREE; MAX_DATABASES] };
    pg_shmem_init!(STATE = EMPTY);
    PRELOADED.store(true, Ordering::Relaxed);
}

/// Whether the library was preloaded, so that the shared state exists.
pub(crate) fn is_available() -> bool {
    PRELOADED.load(Ordering::Relaxed)
}

/// Records this process as the launcher.
pub(crate) fn register_launcher() {
    // SAFETY: reads the backend's own state.
    STATE.exclusive().launcher = unsafe { pg_sys::MyProcPid };
}

/// The time of a database's next check; `i64::MIN` for one that has not been checked yet.
pub(crate) fn next_check(database: pg_sys::Oid) -> i64 {
    STATE.share().find(database).map_or(FREE.at, |check| check.at)
}

/// The process ID of the launcher, and the time at which it checks the current database next, once it has done so before;
/// `None` if there is no launcher.
pub(crate) fn launcher() -> Option<(i32, Option<i64>)> {
    if !is_available() {
        return None;
    }
    let state = STATE.share();
    // SAFETY: reads the backend's own state.
    let database = unsafe { pg_sys::MyDatabaseId };
    let next = state.find(database).map(|check| check.at).filter(|at| *at != FREE.at);
    (state.launcher != 0).then_some((state.launcher, next))
}

/// How often sessions have requested a check of a database.
pub(crate) fn requests(database: pg_sys::Oid) -> u32 {
    STATE.share().find(database).map_or(FREE.requests, |check| check.requests)
}

/// Sets the time of a database's next check. Returns false if there is no free slot for the database.
pub(crate) fn set_next_check(database: pg_sys::Oid, at: i64) -> bool {
    STATE.exclusive().slot(database).map(|check| check.at = at).is_some()
}

/// Reports the result of a check: the next one is due at `at`. `requests` is the number of requests when
/// the check began. If there were more since, the check may have missed what they were made for; then
/// the time that they set stays. Wakes the launcher.
pub(crate) fn report(database: pg_sys::Oid, requests: u32, at: i64) {
    if let Some(check) = STATE.exclusive().slot(database)
        && check.requests == requests
    {
        check.at = at;
    }
    wake_launcher();
}

/// Forgets all databases except these.
pub(crate) fn retain(databases: &[pg_sys::Oid]) {
    for check in &mut STATE.exclusive().checks {
        if !databases.contains(&pg_sys::Oid::from(check.database)) {
            *check = FREE;
        }
    }
}

/// Wakes the launcher, if there is one.
fn wake_launcher() {
    let launcher = STATE.share().launcher;
    super::signal::wake(launcher);
}

/// Requests that the launcher checks the current database within `time`. Does nothing if the library was
/// was not preloaded.
pub(crate) fn request_check_within(time: Duration) {
    if !is_available() {
        return;
    }
    let by = now().saturating_add(time.as_micros() as i64);
    // SAFETY: reads the backend's own state.
    let database = unsafe { pg_sys::MyDatabaseId };
    if let Some(check) = STATE.exclusive().slot(database) {
        check.at = check.at.min(by);
        check.requests = check.requests.wrapping_add(1);
    }
    wake_launcher();
}

impl SharedState {
    fn find(&self, database: pg_sys::Oid) -> Option<&Check> {
        self.checks.iter().find(|check| check.database == database.to_u32())
    }

    /// The slot of a database, which may be a new one; `None` if all slots are in use.
    fn slot(&mut self, database: pg_sys::Oid) -> Option<&mut Check> {
        let database = database.to_u32();
        let own = self.checks.iter().position(|check| check.database == database);
        let free = || self.checks.iter().position(|check| check.database == 0);
        let check = &mut self.checks[own.or_else(free)?];
        check.database = database;
        Some(check)
    }
}

/// The current time as a PostgreSQL timestamp in microseconds.
pub(crate) fn now() -> i64 {
    // SAFETY: reads the clock.
    unsafe { pg_sys::GetCurrentTimestamp() }
}
