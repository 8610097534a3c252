//! The threads of one import.
//!
//! The pool is dropped when the import ends, by a return or by an ERROR, which unwinds the stack. That
//! sets the cancel flag of its tasks; the threads end as soon as their current tasks notice it. Nothing
//! waits for them, because one may wait for storage that does not answer.
//!
//! A FATAL error, such as the termination of the session, ends the process by `proc_exit`, which does not
//! unwind: the pool is not dropped. [`crate::pg::exit`] then sets the flag of all tasks, before anything
//! of the process is freed. The threads are not joined in this case either. That is safe because they
//! touch only memory that they own, nothing of PostgreSQL's; they end with the process at the latest.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};

use pgrx::pg_sys::panic::ErrorReport;
use rayon::ThreadPoolBuilder;

use super::problem::Problem;
use crate::error;
use crate::files::Retries;
use crate::pg::interrupts;
use crate::pg::wait_event::Wait;
use crate::threads::{self, Cancel, CancelOnDrop};

/// Threads that work through lists of tasks, in the order in which they were started.
pub(crate) struct Pool {
    threads: rayon::ThreadPool,
    cancel: CancelOnDrop,
    /// Shared by the files that the threads read.
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
                    // Fails where the import was cancelled, and nothing receives it.
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
    /// Receives one message, from the last task. One from each would wake this thread in vain.
    all_done: Option<Receiver<()>>,
}

impl<R> Pending<R> {
    /// Waits for all results, which are in the order of the items. A panic of a task is its result.
    ///
    /// Raises the pending ERROR when the query is cancelled meanwhile.
    pub(crate) fn wait(mut self) -> Vec<Result<R, Problem>> {
        if let Some(all_done) = self.all_done.take() {
            threads::receive(&all_done, Wait::Analysis);
        }
        interrupts::check();
        let results = Arc::get_mut(&mut self.results).expect("no task is running");
        let result = |slot: &mut OnceLock<_>| slot.take().expect("every task stores its result");
        results.iter_mut().map(result).collect()
    }
}
