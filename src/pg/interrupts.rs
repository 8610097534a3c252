//! Checks for cancels, termination and timeouts, on the main thread.

use std::time::Duration;

use pgrx::{PgLogLevel, pg_sys};

use super::allocator;
use super::memory::out_of_memory;
use super::wait_event::Wait;

/// Raises the pending ERROR, if there is one, and an ERROR if an allocation had to be served from the reserve of the
/// allocator.
pub(crate) fn check() {
    pgrx::check_for_interrupts!();
    if allocator::ran_out() {
        out_of_memory().report(PgLogLevel::ERROR);
    }
}

/// [`check`] as the function that the core expects. It never returns true: an interrupt unwinds instead, so that the
/// client gets PostgreSQL's own message.
pub(crate) fn poll() -> bool {
    check();
    false
}

/// The same items, with a [`check`] before each.
pub(crate) fn polled<I: IntoIterator>(items: I) -> impl Iterator<Item = I::Item> {
    items.into_iter().inspect(|_| check())
}

/// Waits for this time, or until the latch of this process is set. The process exits if the postmaster has died.
///
/// Raises the pending ERROR, if there is one.
pub(crate) fn sleep(duration: Duration, wait: Wait) {
    let events = pg_sys::WL_LATCH_SET | pg_sys::WL_TIMEOUT | pg_sys::WL_EXIT_ON_PM_DEATH;
    let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    let event = wait.event();
    // SAFETY: every backend and every background worker owns MyLatch.
    unsafe {
        pg_sys::WaitLatch(pg_sys::MyLatch, events as i32, milliseconds as std::ffi::c_long, event);
        pg_sys::ResetLatch(pg_sys::MyLatch);
    }
    check();
}
