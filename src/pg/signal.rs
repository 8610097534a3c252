//! Signals: sent to other processes, and kept off the helper threads.
//!
//! PostgreSQL's handlers set the backend's latch and expect to run on its one thread. A thread
//! inherits its creator's signal mask, so threads made while [`SignalsBlocked`] lives never run one.

use std::mem::MaybeUninit;

use pgrx::pg_sys;

/// Has the statement that a worker in this database runs cancelled, if it is there still.
pub(crate) fn cancel(pid: i32) {
    // SAFETY: looks the number up among this server's processes, whose entry may be read at any
    // time; SIGINT cancels a statement there.
    unsafe {
        let process = pg_sys::BackendPidGetProc(pid);
        // The number may be another process's by now.
        if !process.is_null()
            && (*process).databaseId == pg_sys::MyDatabaseId
            && is_background_worker(process)
        {
            libc::kill(pid, libc::SIGINT);
        }
    }
}

unsafe fn is_background_worker(process: *const pg_sys::PGPROC) -> bool {
    // SAFETY: by the caller.
    unsafe {
        #[cfg(feature = "pg18")]
        return !(*process).isRegularBackend;
        #[cfg(not(feature = "pg18"))]
        return (*process).isBackgroundWorker;
    }
}

/// Ends the sleep of a process of this server, if it is there still.
pub(crate) fn wake(pid: i32) {
    // SAFETY: looks the number up among this server's processes, where SIGUSR1 sets the latch.
    unsafe {
        if pid != 0 && !pg_sys::BackendPidGetProc(pid).is_null() {
            libc::kill(pid, libc::SIGUSR1);
        }
    }
}

/// All signals are blocked on this thread until the value is dropped.
pub(crate) struct SignalsBlocked {
    before: libc::sigset_t,
}

impl SignalsBlocked {
    /// Blocks every signal that can be blocked.
    pub(crate) fn new() -> Self {
        let mut all = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: sigfillset initialises `all`; pthread_sigmask with valid pointers cannot fail and
        // initialises `before`.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            Self { before: before.assume_init() }
        }
    }
}

impl Drop for SignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: `before` is the mask that pthread_sigmask returned for this thread.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, std::ptr::null_mut());
        }
    }
}
