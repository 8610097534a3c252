//! Where the launcher, its lookers and sessions leave word for each other, in shared memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pgrx::lwlock::PgLwLock;
use pgrx::prelude::*;
use pgrx::{PGRXSharedMemory, pg_shmem_init};

/// Databases that the launcher can see to.
const MAX_DATABASES: usize = 1024;

#[derive(Clone, Copy)]
struct Board {
    /// The launcher's process; 0 where there is none.
    launcher: i32,
    due: [Due; MAX_DATABASES],
}

#[derive(Clone, Copy)]
struct Due {
    database: u32,
    /// When it is to be looked at next, in PostgreSQL's microseconds.
    at: i64,
    /// How often a session has asked for a look.
    calls: u32,
}

/// No database.
const FREE: Due = Due { database: 0, at: i64::MIN, calls: 0 };

// SAFETY: plain numbers, without pointers.
unsafe impl PGRXSharedMemory for Board {}

// SAFETY: no other library names a lock like this.
static BOARD: PgLwLock<Board> = unsafe { PgLwLock::new(c"midi_pipeline") };

/// Whether the server loaded the library at its start, which alone can ask for shared memory.
static PRELOADED: AtomicBool = AtomicBool::new(false);

/// Asks for the shared memory. To be called from `_PG_init`, while libraries are preloaded.
pub(crate) fn ask_for() {
    const NOTHING: Board = Board { launcher: 0, due: [FREE; MAX_DATABASES] };
    pg_shmem_init!(BOARD = NOTHING);
    PRELOADED.store(true, Ordering::Relaxed);
}

/// Whether the library was preloaded.
pub(crate) fn is_there() -> bool {
    PRELOADED.load(Ordering::Relaxed)
}

/// This process is the launcher.
pub(crate) fn take_charge() {
    // SAFETY: reads the backend's own state.
    BOARD.exclusive().launcher = unsafe { pg_sys::MyProcPid };
}

/// When a database is to be looked at next; long ago for one that has not been yet.
pub(crate) fn due(database: pg_sys::Oid) -> i64 {
    BOARD.share().find(database).map_or(FREE.at, |due| due.at)
}

/// How often sessions have asked for a look at a database.
pub(crate) fn calls(database: pg_sys::Oid) -> u32 {
    BOARD.share().find(database).map_or(FREE.calls, |due| due.calls)
}

/// Sets when a database is to be looked at next. Answers false where there is no room for it.
pub(crate) fn set_due(database: pg_sys::Oid, at: i64) -> bool {
    BOARD.exclusive().slot(database).map(|due| due.at = at).is_some()
}

/// A look that began after so many [`calls`] has found when the next is due, and the launcher hears
/// of it. Of what was asked for meanwhile the look may know nothing; then it counts for nothing.
pub(crate) fn report(database: pg_sys::Oid, calls: u32, at: i64) {
    if let Some(due) = BOARD.exclusive().slot(database)
        && due.calls == calls
    {
        due.at = at;
    }
    wake_launcher();
}

/// Forgets all databases but these.
pub(crate) fn keep_only(databases: &[pg_sys::Oid]) {
    for due in &mut BOARD.exclusive().due {
        if !databases.contains(&pg_sys::Oid::from(due.database)) {
            *due = FREE;
        }
    }
}

/// Has the launcher look at what is due, if there is a launcher.
fn wake_launcher() {
    let launcher = BOARD.share().launcher;
    super::signal::wake(launcher);
}

/// Has the launcher look at this database within this time. Does nothing where the library was not
/// preloaded.
pub(crate) fn look_here_within(time: Duration) {
    if !is_there() {
        return;
    }
    let by = now().saturating_add(time.as_micros() as i64);
    // SAFETY: reads the backend's own state.
    let database = unsafe { pg_sys::MyDatabaseId };
    if let Some(due) = BOARD.exclusive().slot(database) {
        due.at = due.at.min(by);
        due.calls = due.calls.wrapping_add(1);
    }
    wake_launcher();
}

impl Board {
    fn find(&self, database: pg_sys::Oid) -> Option<&Due> {
        self.due.iter().find(|due| due.database == database.to_u32())
    }

    /// The slot of a database, which may be a new one; `None` where there is no room.
    fn slot(&mut self, database: pg_sys::Oid) -> Option<&mut Due> {
        let database = database.to_u32();
        let mine = self.due.iter().position(|due| due.database == database);
        let free = || self.due.iter().position(|due| due.database == 0);
        let due = &mut self.due[mine.or_else(free)?];
        due.database = database;
        Some(due)
    }
}

/// Now, in PostgreSQL's microseconds.
pub(crate) fn now() -> i64 {
    // SAFETY: reads the clock.
    unsafe { pg_sys::GetCurrentTimestamp() }
}
