//! The threads of one import.
//!
//! They are the import's own and are joined on every way out of it. They never call PostgreSQL: not
//! a log line, not a setting, not an allocation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use pgrx::pg_sys::panic::ErrorReport;
use rayon::ThreadPoolBuilder;

use super::outcome::Trouble;
use crate::error;
use crate::pg::interrupts;
use crate::pg::signal::SignalsBlocked;

/// The longest that a cancel waits for the main thread to look.
pub(super) const LOOK_FOR_INTERRUPTS: Duration = Duration::from_millis(100);

/// Threads that work through lists of tasks, first come first served.
pub(crate) struct Pool<'a> {
    threads: &'a rayon::ThreadPool,
    cancel: Cancel,
}

/// Tells the threads to stop.
#[derive(Clone, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Whether the import is over.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Pool<'_> {
    fn drop(&mut self) {
        self.cancel.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `work` with a pool of `count` threads, and joins them whether it returns or unwinds.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_RESOURCES` where the threads cannot be started; else those of `work`.
pub(crate) fn with_pool<R>(
    count: usize,
    work: impl FnOnce(&Pool<'_>) -> Result<R, ErrorReport>,
) -> Result<R, ErrorReport> {
    let blocked = SignalsBlocked::new();
    ThreadPoolBuilder::new()
        .num_threads(count)
        .thread_name(|index| format!("midi_import {index}"))
        .build_scoped(
            |thread| thread.run(),
            |threads| {
                drop(blocked);
                work(&Pool { threads, cancel: Cancel::default() })
            },
        )
        .map_err(error::threads)?
}

impl Pool<'_> {
    /// Starts `task` for each item and returns at once.
    pub(crate) fn start<T, R>(
        &self,
        items: Vec<T>,
        task: impl Fn(T, &Cancel) -> R + Send + Sync + 'static,
    ) -> Pending<R>
    where
        T: Send + 'static,
        R: Send + Sync + 'static,
    {
        let (done, all_done) = mpsc::sync_channel(1);
        let results: Arc<[_]> = items.iter().map(|_| OnceLock::new()).collect();
        if items.is_empty() {
            return Pending { results, all_done: None };
        }
        let shared = Arc::new((task, AtomicUsize::new(items.len()), done));
        for (index, item) in items.into_iter().enumerate() {
            let (results, shared, cancel) = (results.clone(), shared.clone(), self.cancel.clone());
            self.threads.spawn(move || {
                let (task, missing, done) = &*shared;
                let result = catch_unwind(AssertUnwindSafe(|| task(item, &cancel)))
                    .map_err(|_| Trouble::panicked());
                let _ = results[index].set(result);
                drop(results);
                if missing.fetch_sub(1, Ordering::AcqRel) == 1 {
                    // Nobody listens any more when the import was cancelled.
                    let _ = done.send(());
                }
            });
        }
        Pending { results, all_done: Some(all_done) }
    }
}

/// The results of tasks that may still be running.
pub(crate) struct Pending<R> {
    results: Arc<[OnceLock<Result<R, Trouble>>]>,
    /// Told once, by the last task: a word for each would wake this thread for nothing.
    all_done: Option<Receiver<()>>,
}

impl<R> Pending<R> {
    /// Waits for all results, in the order of the items. A task that panicked gives its trouble.
    ///
    /// Raises the pending ERROR when the query is cancelled meanwhile.
    pub(crate) fn wait(mut self) -> Vec<Result<R, Trouble>> {
        while let Some(all_done) = &self.all_done {
            if !matches!(all_done.recv_timeout(LOOK_FOR_INTERRUPTS), Err(RecvTimeoutError::Timeout))
            {
                self.all_done = None;
            }
            interrupts::check();
        }
        let results = Arc::get_mut(&mut self.results).expect("no task is left");
        let result = |slot: &mut OnceLock<_>| slot.take().expect("every task leaves its result");
        results.iter_mut().map(result).collect()
    }
}
