//! What PostgreSQL requires of its callers, checked where the type system cannot.

use pgrx::pg_sys;

/// Checks that there is a transaction. Outside one, PostgreSQL has no snapshot and no resource owner, and catalog
/// look-ups and locks must not be used.
///
/// # Panics
/// If there is none.
pub(super) fn require_transaction() {
    // SAFETY: reads the backend's own state.
    assert!(unsafe { pg_sys::IsTransactionState() }, "there is no transaction");
}
