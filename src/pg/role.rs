//! Acting as another role for a moment.

use pgrx::pg_sys;

/// Runs `work` with the rights of `role` and a `search_path` that nobody can put anything on, as a
/// careful SECURITY DEFINER function would.
pub(crate) fn with_rights_of<R>(role: pg_sys::Oid, work: impl FnOnce() -> R) -> R {
    let before = Before::pin_path();
    // SAFETY: writes the backend's own state, within a transaction; an abort restores it as well.
    unsafe {
        let context = before.context | pg_sys::SECURITY_LOCAL_USERID_CHANGE as i32;
        pg_sys::SetUserIdAndSecContext(role, context);
    }
    work()
}

/// Runs `work` with a `search_path` that nobody can put anything on.
pub(crate) fn with_pinned_path<R>(work: impl FnOnce() -> R) -> R {
    let _before = Before::pin_path();
    work()
}

/// The current role.
pub(crate) fn current() -> pg_sys::Oid {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::GetUserId() }
}

/// Restored when it is dropped, be it by a return or by an ERROR that unwinds.
struct Before {
    role: pg_sys::Oid,
    context: i32,
    nest_level: i32,
}

impl Before {
    /// Takes down what is, and pins `search_path`.
    fn pin_path() -> Self {
        let mut before = Self { role: pg_sys::InvalidOid, context: 0, nest_level: 0 };
        // SAFETY: reads and writes the backend's own state, within a transaction; an abort restores
        // it as well.
        unsafe {
            pg_sys::GetUserIdAndSecContext(&mut before.role, &mut before.context);
            before.nest_level = pg_sys::NewGUCNestLevel();
            pg_sys::set_config_option(
                c"search_path".as_ptr(),
                c"pg_catalog, pg_temp".as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_SAVE,
                true,
                0,
                false,
            );
        }
        before
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        // SAFETY: as above, with the values found before.
        unsafe {
            pg_sys::AtEOXact_GUC(false, self.nest_level);
            pg_sys::SetUserIdAndSecContext(self.role, self.context);
        }
    }
}
