//! Signals: sending them to other processes, and keeping them off the helper threads.
//!
//! PostgreSQL's handlers set the backend's latch and must run on its main thread. A thread inherits the signal
//! mask of its creator, so a thread that is created in [`with_signals_blocked`] never runs a handler.

use std::mem::MaybeUninit;

use pgrx::pg_sys;

/// Cancels the statement of a worker in this database, if the worker still exists.
pub(crate) fn cancel(pid: i32) {
    // SAFETY: looks the ID up among this server's processes, whose entries may be read at any time. SIGINT
    // cancels a statement there.
    unsafe {
        let process = pg_sys::BackendPidGetProc(pid);
        // The ID may belong to another process by now.
        if !process.is_null()
            && (*process).databaseId == pg_sys::MyDatabaseId
            && is_background_worker(process)
        {
            libc::kill(pid, libc::SIGINT);
        }
    }
}

/// # Safety
/// The pointer must be an entry of this server's processes.
unsafe fn is_background_worker(process: *const pg_sys::PGPROC) -> bool {
    // SAFETY: by the contract of this function.
    unsafe {
        #[cfg(feature = "pg18")]
        return !(*process).isRegularBackend;
        #[cfg(not(feature = "pg18"))]
        return (*process).isBackgroundWorker;
    }
}

/// Sets the latch of a process of this server, if the process still exists.
pub(crate) fn wake(pid: i32) {
    // SAFETY: looks the ID up among this server's processes, where SIGUSR1 sets the latch.
    unsafe {
        if pid != 0 && !pg_sys::BackendPidGetProc(pid).is_null() {
            libc::kill(pid, libc::SIGUSR1);
        }
    }
}

/// Runs `work` with all signals blocked on this thread.
pub(crate) fn with_signals_blocked<R>(work: impl FnOnce() -> R) -> R {
    let mut all = MaybeUninit::uninit();
    let mut before = MaybeUninit::uninit();
    // SAFETY: sigfillset initializes `all`. With valid pointers pthread_sigmask cannot fail, and initializes
    // `before`.
    let before = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        SignalMask(before.assume_init())
    };
    let result = work();
    drop(before);
    result
}

/// The mask of this thread from before, which is restored when this is dropped. It is not given away, so that
/// it cannot reach another thread.
struct SignalMask(libc::sigset_t);

impl Drop for SignalMask {
    fn drop(&mut self) {
        // SAFETY: the mask is one that pthread_sigmask returned for this thread.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut());
        }
    }
}
