//! Background workers: how they are registered and started, and where they begin.

use std::ffi::{CStr, CString, c_char};
use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::PgMemoryContexts;
use pgrx::pg_sys;
use pgrx::prelude::*;

/// Seconds until the server restarts a worker that was terminated or has failed.
const RESTART_AFTER: i32 = 5;

/// A C function of this library in which a worker begins. Only [`entry_point!`] makes one.
pub(crate) struct EntryPoint(&'static str);

impl EntryPoint {
    /// # Safety
    /// The library must export an entry point under this name.
    pub(crate) const unsafe fn new(symbol: &'static str) -> Self {
        Self(symbol)
    }
}

/// Defines a worker's entry point: a C function of the given name, which calls a function that takes a
/// [`Starting`], and the constant by which the worker is started.
macro_rules! entry_point {
    ($(#[$attribute:meta])* $constant:ident, $symbol:ident => $begin:expr) => {
        $(#[$attribute])*
        #[allow(unsafe_code)]
        const $constant: $crate::pg::worker::EntryPoint =
            // SAFETY: the function below.
            unsafe { $crate::pg::worker::EntryPoint::new(stringify!($symbol)) };

        #[doc = concat!("The entry point [`", stringify!($constant), "`].")]
        ///
        /// # Safety
        /// Called by PostgreSQL in a new background worker.
        #[allow(unsafe_code)]
        #[::pgrx::pg_guard]
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $symbol(argument: ::pgrx::pg_sys::Datum) {
            let begin: fn($crate::pg::worker::Starting) = $begin;
            // SAFETY: PostgreSQL calls this once, before anything else is done in the process.
            begin(unsafe { $crate::pg::worker::Starting::new(argument) });
        }
    };
}

pub(crate) use entry_point;

/// A worker, as it is described to the server.
pub(crate) struct Worker<'a> {
    pub(crate) entry_point: EntryPoint,
    /// Its name in `pg_stat_activity` and in the server's log.
    pub(crate) name: &'a str,
    /// Its `backend_type` in `pg_stat_activity`.
    pub(crate) kind: &'a str,
    /// A number that it gets when it starts.
    pub(crate) argument: u32,
    /// A text that it gets when it starts, of up to 127 bytes.
    pub(crate) extra: &'a str,
    /// Whether the server restarts it after it was terminated or has failed.
    pub(crate) restarts: bool,
}

impl Worker<'_> {
    /// Asks the server to start the worker, which wakes this process when it begins and when it ends. The
    /// request is independent of the transaction. Returns `None` if there is no free worker slot.
    ///
    /// A worker that restarts does so after it was terminated, and after the server has recovered from a
    /// crash, but not after it has returned, nor if it could not connect (see [`Starting::connect`]).
    pub(crate) fn start(&self) -> Option<Started> {
        let mut description = self.description();
        let mut handle = std::ptr::null_mut();
        // The handle is palloc'd, and must live as long as `Started` does.
        // SAFETY: the top context outlives the call. The description is complete and is copied; the handle
        // is set if the result is true.
        let has_slot = unsafe {
            PgMemoryContexts::TopMemoryContext.switch_to(|_| {
                pg_sys::RegisterDynamicBackgroundWorker(&mut description, &mut handle)
            })
        };
        has_slot.then(|| Started(handle))
    }

    /// Has the server start the worker after its own start, on a standby after the promotion. Must be
    /// called while libraries are preloaded, see [`can_register`].
    pub(crate) fn register(&self) {
        let mut description = self.description();
        // No process has to be woken.
        description.bgw_notify_pid = 0;
        // SAFETY: the description is complete and is copied. The server ignores the call if it is not
        // preloading libraries.
        unsafe { pg_sys::RegisterBackgroundWorker(&mut description) }
    }

    fn description(&self) -> pg_sys::BackgroundWorker {
        let flags = pg_sys::BGWORKER_SHMEM_ACCESS | pg_sys::BGWORKER_BACKEND_DATABASE_CONNECTION;
        let mut description = pg_sys::BackgroundWorker {
            bgw_flags: flags as i32,
            bgw_start_time: pg_sys::BgWorkerStartTime::BgWorkerStart_RecoveryFinished,
            bgw_restart_time: if self.restarts { RESTART_AFTER } else { pg_sys::BGW_NEVER_RESTART },
            bgw_main_arg: pg_sys::Datum::from(self.argument),
            // SAFETY: reads the process's own number.
            bgw_notify_pid: unsafe { pg_sys::MyProcPid },
            ..Default::default()
        };
        fill(&mut description.bgw_name, self.name);
        fill(&mut description.bgw_type, self.kind);
        fill(&mut description.bgw_library_name, "midi_pipeline");
        fill(&mut description.bgw_function_name, self.entry_point.0);
        fill(&mut description.bgw_extra, self.extra);
        description
    }
}

/// Writes `text` as a C string, truncated to the length of the field.
fn fill(field: &mut [c_char], text: &str) {
    let room = field.len() - 1;
    for (target, byte) in field[..room].iter_mut().zip(text.bytes()) {
        *target = byte as c_char;
    }
}

/// Whether the server is preloading libraries and will run, so that a worker can be registered.
pub(crate) fn can_register() -> bool {
    // SAFETY: reads the server's own state.
    unsafe { pg_sys::process_shared_preload_libraries_in_progress && !pg_sys::IsBinaryUpgrade }
}

/// A worker that the server was asked to start.
pub(crate) struct Started(*mut pg_sys::BackgroundWorkerHandle);

impl Started {
    /// Whether it has ended, or could not be started.
    pub(crate) fn has_ended(&self) -> bool {
        let mut pid = 0;
        // SAFETY: `start` got the handle from the server, in a context that is never reset.
        let status = unsafe { pg_sys::GetBackgroundWorkerPid(self.0, &mut pid) };
        status == pg_sys::BgwHandleStatus::BGWH_STOPPED
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // SAFETY: palloc'd in a context that is never reset, and owned by this value.
        unsafe { pg_sys::pfree(self.0.cast()) };
    }
}

/// A worker that has begun and is not connected yet. Since connecting consumes it, a worker connects once.
pub(crate) struct Starting {
    argument: pg_sys::Datum,
}

impl Starting {
    /// # Safety
    /// To be called once, in a new background worker, before anything else.
    pub(crate) unsafe fn new(argument: pg_sys::Datum) -> Self {
        Self { argument }
    }

    /// The number that it was started with.
    pub(crate) fn argument(&self) -> u32 {
        self.argument.value() as u32
    }

    /// The text that it was started with.
    pub(crate) fn extra(&self) -> String {
        // SAFETY: PostgreSQL sets the entry before the worker begins. `fill` left a NUL at the end.
        let extra = unsafe { CStr::from_ptr((*pg_sys::MyBgworkerEntry).bgw_extra.as_ptr()) };
        extra.to_string_lossy().into_owned()
    }

    /// Connects to a database as a role. If that fails, because the database or the role does not exist any
    /// more or the role may not connect, the process ends for good: after a FATAL the server would restart
    /// it again and again.
    pub(crate) fn connect(self, database: pg_sys::Oid, role: pg_sys::Oid) {
        receive_signals();
        // SAFETY: the callback lives as long as the process. Signals are unblocked, and the process is not
        // connected yet.
        unsafe {
            pg_sys::on_proc_exit(Some(end_for_good), pg_sys::Datum::null());
            pg_sys::BackgroundWorkerInitializeConnectionByOid(database, role, login_flags());
        }
        IS_CONNECTED.store(true, Ordering::Relaxed);
    }

    /// Connects to a database as the bootstrap superuser.
    pub(crate) fn connect_as_superuser(self, database: pg_sys::Oid) {
        receive_signals();
        // SAFETY: signals are unblocked, and the process is not connected yet.
        unsafe {
            pg_sys::BackgroundWorkerInitializeConnectionByOid(database, pg_sys::InvalidOid, 0);
        }
    }

    /// Connects to no database: only shared memory and the shared catalogs can be used.
    pub(crate) fn connect_to_no_database(self) {
        receive_signals();
        // SAFETY: as above.
        unsafe {
            pg_sys::BackgroundWorkerInitializeConnection(std::ptr::null(), std::ptr::null(), 0);
        }
    }
}

/// Whether this process has connected to its database.
static IS_CONNECTED: AtomicBool = AtomicBool::new(false);

#[pg_guard]
unsafe extern "C-unwind" fn end_for_good(_code: i32, _arg: pg_sys::Datum) {
    if !IS_CONNECTED.load(Ordering::Relaxed) {
        // SAFETY: a callback may end the process with another code. Shared memory was detached before, and
        // each callback is called once.
        unsafe { pg_sys::proc_exit(0) };
    }
}

/// Whether a role without LOGIN can have workers: from PostgreSQL 17 on.
pub(crate) const ROLES_WITHOUT_LOGIN: bool = login_flags() != 0;

const fn login_flags() -> u32 {
    #[cfg(any(feature = "pg17", feature = "pg18"))]
    return pg_sys::BGWORKER_BYPASS_ROLELOGINCHECK;
    #[cfg(not(any(feature = "pg17", feature = "pg18")))]
    return 0;
}

/// Resets settings of the role or of the database that are meant for sessions of users and would disturb a
/// worker.
pub(crate) fn undo_session_settings() {
    for (name, value) in [
        (c"role", c"none"),
        (c"default_transaction_read_only", c"off"),
        (c"default_transaction_deferrable", c"off"),
        (c"default_transaction_isolation", c"read committed"),
        // A batch may have to wait for a direct import, however long that takes.
        (c"lock_timeout", c"0"),
        #[cfg(any(feature = "pg17", feature = "pg18"))]
        (c"transaction_timeout", c"0"),
    ] {
        super::guc::set(name, value);
    }
}

/// The name of this worker, such as `midi_pipeline launcher`.
pub(crate) fn name() -> String {
    // SAFETY: PostgreSQL sets the entry before the worker begins. `fill` left a NUL at the end.
    let name = unsafe { CStr::from_ptr((*pg_sys::MyBgworkerEntry).bgw_name.as_ptr()) };
    name.to_string_lossy().into_owned()
}

/// Shows in `pg_stat_activity` what this worker does.
pub(crate) fn report_activity(name: &str, activity: &str) {
    let [name, activity] = [name, activity].map(|text| CString::new(text).unwrap_or_default());
    super::guc::set(c"application_name", &name);
    // SAFETY: the string lives through the call, which copies it.
    unsafe {
        pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_RUNNING, activity.as_ptr());
    }
}

/// Handles SIGTERM and SIGHUP as a session does. The server has set the handler for SIGINT.
fn receive_signals() {
    // SAFETY: these are PostgreSQL's own handlers, installed before signals are unblocked.
    unsafe {
        pqsignal(libc::SIGTERM, die);
        pqsignal(libc::SIGHUP, SignalHandlerForConfigReload);
        pg_sys::BackgroundWorkerUnblockSignals();
    }
}

// Declared here as handlers; pgrx's declarations are wrapped for calls from Rust.
unsafe extern "C-unwind" {
    fn die(signal: i32);
    fn SignalHandlerForConfigReload(signal: i32);
}

/// # Safety
/// The handler must be async-signal-safe.
unsafe fn pqsignal(number: i32, handler: unsafe extern "C-unwind" fn(i32)) {
    // SAFETY: by the contract of this function.
    unsafe {
        #[cfg(feature = "pg18")]
        pg_sys::pqsignal_be(number, Some(handler));
        #[cfg(not(feature = "pg18"))]
        pg_sys::pqsignal(number, Some(handler));
    }
}
