//! Cancel, termination and timeouts, on the main thread.

/// Raises the pending ERROR, if there is one.
pub(crate) fn check() {
    pgrx::check_for_interrupts!();
}

/// [`check`] in the shape the core asks for. It never answers true: an interrupt unwinds instead,
/// so that the client sees PostgreSQL's own message.
pub(crate) fn poll() -> bool {
    check();
    false
}
