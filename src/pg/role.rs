//! Acting as another role for a moment.

use pgrx::pg_sys;

use super::guc;

/// Runs `work` with the rights of `role` and a `search_path` that nobody can put anything on, as a
/// careful SECURITY DEFINER function would; and as maintenance commands do with the rights of a table's
/// owner, in a restricted operation: nothing that is run in it can leave something behind that is run
/// later with other rights, such as a deferred trigger at the commit.
pub(crate) fn with_rights_of<R>(role: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    with_pinned_path(|| {
        let _acting = Acting::begin(role);
        work()
    })
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
    // SAFETY: reads the backend's own state and the role caches, within a transaction.
    unsafe { pg_sys::superuser() }
}

/// Whether a role has the rights of another one.
pub(crate) fn has_rights_of(role: pg_sys::Oid, other: pg_sys::Oid) -> bool {
    // SAFETY: reads the role caches, within a transaction.
    unsafe { pg_sys::has_privs_of_role(role, other) }
}

/// The current role.
pub(crate) fn current() -> pg_sys::Oid {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::GetUserId() }
}

/// A role as which this process acts until the value is dropped, be it by a return or by an ERROR
/// that unwinds. Nothing that is run meanwhile can become another, or leave a trigger for later.
pub(crate) struct Acting {
    role: pg_sys::Oid,
    context: i32,
}

impl Acting {
    /// Acts as `role` from here on. Within a transaction, which may end before this is dropped.
    pub(crate) fn begin(role: pg_sys::Oid) -> Self {
        let mut before = Self { role: pg_sys::InvalidOid, context: 0 };
        let flags = pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_RESTRICTED_OPERATION;
        // SAFETY: reads and writes the backend's own state; an abort restores it as well.
        unsafe {
            pg_sys::GetUserIdAndSecContext(&mut before.role, &mut before.context);
            pg_sys::SetUserIdAndSecContext(role, before.context | flags as i32);
        }
        before
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        // SAFETY: writes the backend's own state, with the values found before.
        unsafe { pg_sys::SetUserIdAndSecContext(self.role, self.context) };
    }
}
