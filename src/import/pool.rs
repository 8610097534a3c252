//! The threads of one import.
//!
//! They end when the import does, on every way out of it, unless they wait for storage that does not
//! answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};

use pgrx::pg_sys::panic::ErrorReport;
use rayon::ThreadPoolBuilder;

use super::outcome::Problem;
use crate::error;
use crate::files::Retries;
use crate::pg::interrupts;
use crate::threads::{self, Cancel, CancelOnDrop};

/// Threads that work through lists of tasks, first come first served.
pub(crate) struct Pool {
    threads: rayon::ThreadPool,
    cancel: CancelOnDrop,
    /// For the files that they read.
    pub(super) retries: Arc<Retries>,
}

impl Pool {
    /// Starts `count` threads.
    ///
    /// # Errors
    /// `ERRCODE_INSUFFICIENT_RESOURCES` where they cannot be started.
    pub(crate) fn new(count: usize) -> Result<Self, ErrorReport> {
        let spawn = |thread: rayon::ThreadBuilder| {
            threads::spawn(&format!("midi_import {}", thread.index()), || thread.run())
        };
        let threads = ThreadPoolBuilder::new().num_threads(count).spawn_handler(spawn).build();
        Ok(Self {
            threads: threads.map_err(|error| error::threads(&error))?,
            cancel: CancelOnDrop(Cancel::default()),
            retries: Arc::default(),
        })
    }

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
            let (results, shared, cancel) =
                (results.clone(), shared.clone(), self.cancel.0.clone());
            self.threads.spawn(move || {
                let (task, missing, done) = &*shared;
                let result = catch_unwind(AssertUnwindSafe(|| task(item, &cancel)))
                    .map_err(|_| Problem::panicked());
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
    results: Arc<[OnceLock<Result<R, Problem>>]>,
    /// Told once, by the last task: a word for each would wake this thread for nothing.
    all_done: Option<Receiver<()>>,
}

impl<R> Pending<R> {
    /// Waits for all results, in the order of the items. A task that panicked gives its problem.
    ///
    /// Raises the pending ERROR when the query is cancelled meanwhile.
    pub(crate) fn wait(mut self) -> Vec<Result<R, Problem>> {
        if let Some(all_done) = self.all_done.take() {
            threads::receive(&all_done);
        }
        interrupts::check();
        let results = Arc::get_mut(&mut self.results).expect("no task is left");
        let result = |slot: &mut OnceLock<_>| slot.take().expect("every task leaves its result");
        results.iter_mut().map(result).collect()
    }
}
