//! Threads beside the backend's main thread.
//!
//! They never call PostgreSQL: no log line, no setting, no palloc. A thread that waits for storage that does
//! not respond cannot be stopped, and nobody may wait for it, because a cancel would wait as well. So each
//! thread owns everything that it uses, and is left behind if it does not return in time. It ends when the
//! storage responds.
//!
//! At a FATAL, as after `pg_terminate_backend`, PostgreSQL calls `proc_exit`, which does not unwind: no
//! destructor runs, so [`CancelOnDrop`] does not stop the threads. A callback that runs before shared memory is
//! detached has every [`Cancel`] set instead, and the threads stop when they next look. Those that do not look
//! run on until `exit` ends the process. That is harmless, because
//! - they use only what they own, descriptors and memory of the process, which exist to the end, as does the
//!   allocator,
//! - they run no signal handler, and none of their results is read any more,
//! - they only read files, so nothing that they do is left unfinished.
//!
//! So nothing here may need a destructor for correctness. If a thread is in a system call that the kernel
//! cannot interrupt, the process is gone for PostgreSQL, but the kernel keeps it until the call returns.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pgrx::pg_sys::panic::ErrorReport;

use crate::error;
use crate::pg::wait_event::Wait;
use crate::pg::{exit, interrupts, signal};

/// How often the main thread checks for interrupts while it waits for a thread.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The largest number of threads of one process, including those that were left behind.
const MAX_THREADS: usize = 256;

static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Tells threads to stop.
#[derive(Clone, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Whether the result of the thread is not needed any more, or the process is exiting.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed) || exit::is_exiting()
    }

    /// Tells the threads to stop.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sets a [`Cancel`] when it is dropped: when its scope ends, also by an ERROR that unwinds, but not at a FATAL.
pub(crate) struct CancelOnDrop(pub(crate) Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Starts a thread that runs no signal handler.
///
/// # Errors
/// If the system cannot start it, or this process has too many already.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    exit::watch();
    let counted = Counted::new()?;
    let run = move || {
        work();
        drop(counted);
    };
    let thread = thread::Builder::new().name(name.to_owned());
    signal::with_signals_blocked(|| thread.spawn(run)).map(drop)
}

/// A thread that counts.
struct Counted;

impl Counted {
    fn new() -> io::Result<Self> {
        let before = THREADS.fetch_add(1, Ordering::Relaxed);
        let this = Self;
        if before < MAX_THREADS {
            return Ok(this);
        }
        let why = "too many threads of this session wait for storage that does not answer";
        Err(io::Error::other(why))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        THREADS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Waits for the next message of a thread; `None` if it has ended.
///
/// Raises the pending ERROR if the query is cancelled meanwhile.
pub(crate) fn receive<T>(messages: &Receiver<T>, wait: Wait) -> Option<T> {
    loop {
        match wait.during(|| messages.recv_timeout(CHECK_INTERVAL)) {
            Ok(message) => return Some(message),
            Err(RecvTimeoutError::Timeout) => interrupts::check(),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Runs `work`, which may wait for storage, on another thread, and waits for its result.
///
/// Raises the pending ERROR if the query is cancelled meanwhile, which also sets the [`Cancel`].
///
/// # Errors
/// If no thread can be started.
pub(crate) fn run_aside<T: Send + 'static>(
    work: impl FnOnce(&Cancel) -> T + Send + 'static,
) -> Result<T, ErrorReport> {
    let (sender, results) = mpsc::sync_channel(1);
    let cancel = Cancel::default();
    let on_drop = CancelOnDrop(cancel.clone());
    let run = move || {
        // If the query was cancelled, there is no receiver any more.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(|| work(&cancel))));
    };
    spawn("midi_pipeline", run).map_err(|error| error::threads(&error))?;
    let result =
        receive(&results, Wait::Storage).expect("the thread sends its result before it ends");
    drop(on_drop);
    Ok(result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}
