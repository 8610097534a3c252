//! The current role, and acting as another one for the length of a call.

use pgrx::pg_sys;

use super::guc;
use super::require::require_transaction;

/// Runs `work` with the rights of `role` and a `search_path` that contains no schema of a user, as a careful
/// SECURITY DEFINER function would. Like maintenance commands that act as a table's owner, it runs in a
/// restricted operation: nothing that runs in it can leave something behind that runs later with other
/// rights, such as a deferred trigger.
pub(crate) fn with_rights_of<R>(role: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    with_pinned_path(|| acting_as(role, work))
}

/// Runs `work` with a `search_path` that contains no schema of a user. Names are quoted as by default,
/// because definitions are compared as text.
pub(crate) fn with_pinned_path<R>(work: impl FnOnce() -> R) -> R {
    guc::with_settings(|settings| {
        settings.set(c"search_path", c"pg_catalog, pg_temp");
        settings.set(c"quote_all_identifiers", c"off");
        work()
    })
}

/// The current database.
pub(crate) fn database() -> pg_sys::Oid {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::MyDatabaseId }
}

/// Whether the current role is a superuser.
pub(crate) fn is_superuser() -> bool {
    require_transaction();
    // SAFETY: reads the backend's own state and the role caches, within a transaction.
    unsafe { pg_sys::superuser() }
}

/// Whether a role has the rights of another one.
pub(crate) fn has_rights_of(role: pg_sys::Oid, other: pg_sys::Oid) -> bool {
    require_transaction();
    // SAFETY: reads the role caches, within a transaction.
    unsafe { pg_sys::has_privs_of_role(role, other) }
}

/// The current role.
pub(crate) fn current() -> pg_sys::Oid {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::GetUserId() }
}

/// Runs `work` with the rights of `role`, in a restricted operation. The transaction may end in `work`.
pub(super) fn acting_as<R>(role: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    let mut before = Acting { role: pg_sys::InvalidOid, context: 0 };
    let flags = pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_RESTRICTED_OPERATION;
    // SAFETY: reads and writes the backend's own state. The guard restores it, also when an ERROR unwinds;
    // the abort of the transaction does so as well.
    unsafe {
        pg_sys::GetUserIdAndSecContext(&mut before.role, &mut before.context);
        pg_sys::SetUserIdAndSecContext(role, before.context | flags as i32);
    }
    let result = work();
    drop(before);
    result
}

/// The role from before, which is restored when this is dropped. It is not given away, so that it cannot be
/// leaked or dropped out of order.
struct Acting {
    role: pg_sys::Oid,
    context: i32,
}

impl Drop for Acting {
    fn drop(&mut self) {
        // SAFETY: writes the backend's own state, with the values that it had before.
        unsafe { pg_sys::SetUserIdAndSecContext(self.role, self.context) };
    }
}
