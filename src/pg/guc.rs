//! Settings: what pgrx has no safe form for.

use std::ffi::{CStr, CString, OsStr, c_char, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::ptr::NonNull;

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::pg_sys;
use pgrx::pg_sys::panic::pgrx_extern_c_guard;

use super::require::require_transaction;

/// Defines a setting whose value is a list, which `check` accepts or refuses with a reason for the
/// error's DETAIL.
pub(crate) fn define_list<C>(
    name: &'static CStr,
    summary: &'static CStr,
    details: &'static CStr,
    setting: &'static GucSetting<Option<CString>>,
    context: GucContext,
    check: C,
) where
    C: Fn(&[u8]) -> Result<(), String> + Copy + 'static,
{
    // PostgreSQL hands no data to a check hook, so the hook finds `check` by its type.
    const { assert!(size_of::<C>() == 0, "the check must be a function or capture nothing") };
    let _ = check;
    let flags = GucFlags::from_bits_retain(pg_sys::GUC_LIST_INPUT as i32);
    // SAFETY: the hook is guarded against panics, and made for a `C` that exists.
    unsafe {
        GucRegistry::define_string_guc_with_hooks(
            name,
            summary,
            details,
            setting,
            context,
            flags,
            Some(check_hook::<C>),
            None,
            None,
        );
    }
}

/// The check hook of a list.
///
/// # Safety
/// Called by PostgreSQL. `C` must have no size, be `Copy`, and have a value.
unsafe extern "C-unwind" fn check_hook<C>(
    new_value: *mut *mut c_char,
    _extra: *mut *mut c_void,
    _source: pg_sys::GucSource::Type,
) -> bool
where
    C: Fn(&[u8]) -> Result<(), String>,
{
    // SAFETY: a value of a type without a size has no bytes, and by the contract there is one to copy.
    let check = unsafe { NonNull::<C>::dangling().read() };
    // SAFETY: as `#[pg_guard]` does, which takes no generic functions. PostgreSQL passes a valid pointer to
    // a C string or to null.
    unsafe { pgrx_extern_c_guard(|| is_accepted(new_value, check)) }
}

/// Whether `check` accepts the value; if not, its reason is reported.
///
/// # Safety
/// `new_value` must point to a C string or to null.
unsafe fn is_accepted(
    new_value: *mut *mut c_char,
    check: impl FnOnce(&[u8]) -> Result<(), String>,
) -> bool {
    // SAFETY: by the contract of this function.
    let value = unsafe {
        if (*new_value).is_null() {
            return true;
        }
        CStr::from_ptr(*new_value)
    };
    let Err(reason) = check(value.to_bytes()) else { return true };
    let reason = CString::new(reason).unwrap_or_default();
    // SAFETY: as GUC_check_errdetail does; the detail lives in ErrorContext until it is reported.
    unsafe {
        pg_sys::GUC_check_errdetail_string =
            pg_sys::MemoryContextStrdup(pg_sys::ErrorContext, reason.as_ptr());
    }
    false
}

/// Sets a setting for the rest of the session, with the rights of a superuser.
pub(crate) fn set(name: &CStr, value: &CStr) {
    // SAFETY: both strings live through the call, which copies them.
    unsafe {
        pg_sys::SetConfigOption(
            name.as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_SUSET,
            pg_sys::GucSource::PGC_S_SESSION,
        );
    }
}

/// Settings that are changed for the length of one call of [`with_settings`]. PostgreSQL stacks such
/// changes; since only `with_settings` makes and drops this guard, no guard is dropped before a later one,
/// and none is leaked.
pub(crate) struct SettingsGuard {
    nest_level: i32,
}

/// Runs `work`, which may change settings through the guard that it is given. Afterwards they have the
/// values that they had before, also when an ERROR unwinds.
pub(crate) fn with_settings<R>(work: impl FnOnce(&SettingsGuard) -> R) -> R {
    require_transaction();
    // SAFETY: writes the backend's own state, within a transaction. The guard ends the level; the abort of a transaction does so
    // as well.
    let guard = SettingsGuard { nest_level: unsafe { pg_sys::NewGUCNestLevel() } };
    work(&guard)
}

impl SettingsGuard {
    /// Gives a setting a value, with the rights of any user.
    pub(crate) fn set(&self, name: &CStr, value: &CStr) {
        // SAFETY: both strings live through the call, which copies them.
        unsafe {
            pg_sys::set_config_option(
                name.as_ptr(),
                value.as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_SAVE,
                true,
                0,
                false,
            );
        }
    }
}

impl Drop for SettingsGuard {
    fn drop(&mut self) {
        // SAFETY: the level is that of `with_settings`; the levels within it have ended.
        unsafe { pg_sys::AtEOXact_GUC(false, self.nest_level) };
    }
}

/// The source of a setting's value, in PostgreSQL's order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source(pub(crate) pg_sys::GucSource::Type);

impl Source {
    pub(crate) fn is_default(self) -> bool {
        self.0 == pg_sys::GucSource::PGC_S_DEFAULT
    }

    /// Whether the client has set it, and not the server, a database or a role.
    pub(crate) fn is_clients(self) -> bool {
        self.0 >= pg_sys::GucSource::PGC_S_CLIENT
    }
}

/// Whether this process is a worker of a parallel query.
pub(crate) fn is_parallel_worker() -> bool {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::ParallelWorkerNumber >= 0 }
}

/// The source of the value that RESET would restore; `None` if there is no such setting. A setting that is not defined
/// yet exists as a placeholder, if it was set.
pub(crate) fn reset_source(name: &CStr) -> Option<Source> {
    // SAFETY: PostgreSQL's own array of valid pointers, which nothing changes meanwhile. Every setting has a name, and
    // the case of its letters does not matter.
    unsafe {
        #[cfg(feature = "pg15")]
        let (settings, number) = (pg_sys::get_guc_variables(), pg_sys::GetNumConfigOptions());
        #[cfg(not(feature = "pg15"))]
        let (settings, number) = {
            let mut number = 0;
            (pg_sys::get_guc_variables(&mut number), number)
        };
        let settings = std::slice::from_raw_parts(settings, number as usize);
        let is_it = |setting: &&*mut pg_sys::config_generic| {
            let other = CStr::from_ptr((***setting).name).to_bytes();
            other.eq_ignore_ascii_case(name.to_bytes())
        };
        settings.iter().find(is_it).map(|&setting| Source((*setting).reset_source))
    }
}

/// Reads the server's configuration files again if a reload is pending. Must be called outside a
/// transaction.
pub(crate) fn reload() {
    // SAFETY: reads and writes the backend's own state.
    unsafe {
        if pg_sys::ConfigReloadPending != 0 {
            pg_sys::ConfigReloadPending = 0;
            pg_sys::ProcessConfigFile(pg_sys::GucContext::PGC_SIGHUP);
        }
    }
}

/// The value of a setting as text, as SHOW gives it.
pub(crate) fn get(name: &CStr) -> Option<String> {
    // SAFETY: the result is palloc'd, or null if there is no such setting.
    unsafe {
        let value = pg_sys::GetConfigOptionByName(name.as_ptr(), std::ptr::null_mut(), true);
        (!value.is_null()).then(|| CStr::from_ptr(value).to_string_lossy().into_owned())
    }
}

/// The server's data directory.
pub(crate) fn data_directory() -> PathBuf {
    // SAFETY: set when the server starts, and never changed.
    let path = unsafe { CStr::from_ptr(pg_sys::DataDir) };
    PathBuf::from(OsStr::from_bytes(path.to_bytes()))
}

/// Makes a mistyped `midi_pipeline.…` an error instead of a silent new setting.
pub(crate) fn reserve_prefix(prefix: &'static CStr) {
    // SAFETY: called once, from _PG_init, after every setting is defined.
    unsafe {
        pg_sys::MarkGUCPrefixReserved(prefix.as_ptr());
    }
}
