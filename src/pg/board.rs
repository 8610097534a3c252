//! Where the launcher, its lookers and sessions leave word for each other, in shared memory.

use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::lwlock::PgLwLock;
use pgrx::prelude::*;
use pgrx::{PGRXSharedMemory, pg_shmem_init};

/// Databases that the launcher can see to.
const MAX_DATABASES: usize = 64;

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
}

// SAFETY: plain numbers, without pointers.
unsafe impl PGRXSharedMemory for Board {}

// SAFETY: no other library names a lock like this.
static BOARD: PgLwLock<Board> = unsafe { PgLwLock::new(c"midi_pipeline") };

/// Whether the server loaded the library at its start, which alone can ask for shared memory.
static PRELOADED: AtomicBool = AtomicBool::new(false);

/// Asks for the shared memory. To be called from `_PG_init`, while libraries are preloaded.
pub(crate) fn ask_for() {
    const NOTHING: Board =
        Board { launcher: 0, due: [Due { database: 0, at: i64::MIN }; MAX_DATABASES] };
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
    let board = BOARD.share();
    let due = board.due.iter().find(|due| due.database == database.to_u32());
    due.map_or(i64::MIN, |due| due.at)
}

/// Sets when a database is to be looked at next. Answers false where there is no room for it.
pub(crate) fn set_due(database: pg_sys::Oid, at: i64) -> bool {
    let mut board = BOARD.exclusive();
    let database = database.to_u32();
    let mine = board.due.iter().position(|due| due.database == database);
    let Some(slot) = mine.or_else(|| board.due.iter().position(|due| due.database == 0)) else {
        return false;
    };
    board.due[slot] = Due { database, at };
    true
}

/// Has the launcher look at what is due, if there is a launcher.
pub(crate) fn wake_launcher() {
    let launcher = BOARD.share().launcher;
    super::signal::wake(launcher);
}

/// Has the launcher look at this database. Does nothing where the library was not preloaded.
pub(crate) fn look_here() {
    if is_there() {
        // SAFETY: reads the backend's own state.
        set_due(unsafe { pg_sys::MyDatabaseId }, i64::MIN);
        wake_launcher();
    }
}

/// Now, in PostgreSQL's microseconds.
pub(crate) fn now() -> i64 {
    // SAFETY: reads the clock.
    unsafe { pg_sys::GetCurrentTimestamp() }
}
