//! The exit of the process, as its threads notice it.
//!
//! A FATAL error calls `proc_exit`, which does not unwind the stack, so nothing is dropped on the way.

use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::pg_sys;
use pgrx::prelude::*;

static IS_WATCHED: AtomicBool = AtomicBool::new(false);
static IS_EXITING: AtomicBool = AtomicBool::new(false);

/// Makes [`is_exiting`] work in this process. To be called on the main thread.
pub(crate) fn watch() {
    if !IS_WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the callback lives as long as the process, and is registered once.
        unsafe { pg_sys::before_shmem_exit(Some(begin_exit), pg_sys::Datum::null()) };
    }
}

/// Whether the process is exiting. May be called on any thread.
pub(crate) fn is_exiting() -> bool {
    IS_EXITING.load(Ordering::Relaxed)
}

#[pg_guard]
unsafe extern "C-unwind" fn begin_exit(_code: i32, _argument: pg_sys::Datum) {
    IS_EXITING.store(true, Ordering::Relaxed);
}
