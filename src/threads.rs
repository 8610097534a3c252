//! Threads beside the backend's own one.
//!
//! They never call PostgreSQL: not a log line, not a setting, not an allocation. A thread that waits
//! for storage that does not answer cannot be ended, and must not be waited for: a cancel would wait
//! too. So each owns all that it touches, and is left behind where it does not come back in time. It
//! ends when the storage answers, or with the process.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pgrx::pg_sys::panic::ErrorReport;

use crate::error;
use crate::pg::signal::SignalsBlocked;
use crate::pg::{exit, interrupts};

/// The longest that a cancel waits for the main thread to look.
const LOOK_FOR_INTERRUPTS: Duration = Duration::from_millis(100);

/// Threads that one process may have at a time, those that are left behind included.
const MAX_THREADS: usize = 256;

static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Tells threads to stop. What is dropped on the main thread's side sets it.
#[derive(Clone, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Whether the result of the thread is not needed any more, or the process is exiting.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed) || exit::is_exiting()
    }

    /// Has it set.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sets a [`Cancel`] when it is dropped: on every way out, an ERROR included.
pub(crate) struct CancelOnDrop(pub(crate) Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Starts a thread that runs no signal handler.
///
/// # Errors
/// Where the system gives none, or too many of this process are there already.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    exit::watch();
    let counted = Counted::new()?;
    let _blocked = SignalsBlocked::new();
    let run = move || {
        work();
        drop(counted);
    };
    thread::Builder::new().name(name.to_owned()).spawn(run).map(drop)
}

/// One of the threads that are counted.
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

/// Waits for what a thread sends; `None` where it will send nothing any more.
///
/// Raises the pending ERROR when the query is cancelled meanwhile.
pub(crate) fn receive<T>(messages: &Receiver<T>) -> Option<T> {
    loop {
        match messages.recv_timeout(LOOK_FOR_INTERRUPTS) {
            Ok(message) => return Some(message),
            Err(RecvTimeoutError::Timeout) => interrupts::check(),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Does on another thread what may wait for storage, and waits for its result.
///
/// Raises the pending ERROR when the query is cancelled meanwhile, which sets the [`Cancel`].
///
/// # Errors
/// Where no thread can be started.
pub(crate) fn aside<T: Send + 'static>(
    work: impl FnOnce(&Cancel) -> T + Send + 'static,
) -> Result<T, ErrorReport> {
    let (sender, answer) = mpsc::sync_channel(1);
    let cancel = Cancel::default();
    let on_drop = CancelOnDrop(cancel.clone());
    let run = move || {
        // Nobody listens any more when the query was cancelled.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(|| work(&cancel))));
    };
    spawn("midi_pipeline", run).map_err(|error| error::threads(&error))?;
    let result = receive(&answer).expect("the thread answers before it ends");
    drop(on_drop);
    Ok(result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}
