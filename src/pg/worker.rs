//! Background workers: how they are registered, and where they begin.

use std::ffi::{CStr, CString, c_char};
use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::pg_sys;
use pgrx::prelude::*;

/// What a worker of a job is told when it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// The role that it is to be.
    pub(crate) role: pg_sys::Oid,
    pub(crate) job: i64,
    /// Its number among the job's workers, from 1 on.
    pub(crate) worker: i32,
    /// The transaction in which the job was made, or the savepoint; 0 where that is committed.
    pub(crate) transaction: u32,
}

/// A worker that the server was asked to start.
pub(crate) struct Started(*mut pg_sys::BackgroundWorkerHandle);

impl Started {
    /// Whether it has ended, be it before it began.
    pub(crate) fn has_ended(&self) -> bool {
        let mut pid = 0;
        // SAFETY: the handle is the server's answer, palloc'd by the function that is called now.
        let status = unsafe { pg_sys::GetBackgroundWorkerPid(self.0, &mut pid) };
        status == pg_sys::BgwHandleStatus::BGWH_STOPPED
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // SAFETY: palloc'd in a context that outlives this, and used here alone.
        unsafe { pg_sys::pfree(self.0.cast()) };
    }
}

/// Asks the server to start a worker in this database. It asks at once, whatever becomes of the
/// transaction. Answers `None` where the server has no place for another worker.
///
/// One that is terminated comes again, and so does one that is killed, or is ended because another
/// process was, as soon as the server has recovered. One that has returned, or cannot connect
/// (its database is gone, or its role, or what that may), does not.
pub(crate) fn start(order: Order) -> Option<Started> {
    // SAFETY: reads the backend's own state.
    let database = unsafe { pg_sys::MyDatabaseId };
    let Order { role, job, worker, transaction } = order;
    let extra = format!("{database} {role} {job} {worker} {transaction}");
    let mut description =
        describe(&format!("midi_import job {job} worker {worker}"), "midi_import");
    description.bgw_restart_time = RESTART_AFTER;
    fill(&mut description.bgw_function_name, "midi_pipeline_job_worker");
    fill(&mut description.bgw_extra, &extra);
    register(&mut description)
}

/// A worker with a database, which is not started again.
pub(super) fn describe(name: &str, kind: &str) -> pg_sys::BackgroundWorker {
    let mut description = pg_sys::BackgroundWorker {
        bgw_flags: (pg_sys::BGWORKER_SHMEM_ACCESS | pg_sys::BGWORKER_BACKEND_DATABASE_CONNECTION)
            as i32,
        bgw_start_time: pg_sys::BgWorkerStartTime::BgWorkerStart_RecoveryFinished,
        bgw_restart_time: pg_sys::BGW_NEVER_RESTART,
        // SAFETY: reads the process's own number.
        bgw_notify_pid: unsafe { pg_sys::MyProcPid },
        ..Default::default()
    };
    fill(&mut description.bgw_name, name);
    fill(&mut description.bgw_type, kind);
    fill(&mut description.bgw_library_name, "midi_pipeline");
    description
}

/// Asks the server to start a worker, which wakes this process when it begins and ends.
pub(super) fn register(description: &mut pg_sys::BackgroundWorker) -> Option<Started> {
    let mut handle = std::ptr::null_mut();
    // SAFETY: the description is complete and copied; the handle is set where the answer is true.
    let has_place = unsafe { pg_sys::RegisterDynamicBackgroundWorker(description, &mut handle) };
    has_place.then(|| Started(handle))
}

/// Seconds until a worker that was terminated begins again.
const RESTART_AFTER: i32 = 5;

/// Where a worker of a job begins.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn midi_pipeline_job_worker(_argument: pg_sys::Datum) {
    // SAFETY: PostgreSQL sets the entry before it calls this; `start` has filled the extra part
    // with text that ends in NUL.
    let extra = unsafe { CStr::from_ptr((*pg_sys::MyBgworkerEntry).bgw_extra.as_ptr()) };
    // One that another version of the library has started knows its job no more.
    let Some((database, order)) = parse(extra) else { return };
    receive_signals();
    connect_or_end(|| {
        // SAFETY: called once, with signals unblocked, before anything else.
        unsafe {
            pg_sys::BackgroundWorkerInitializeConnectionByOid(database, order.role, login_flags());
        }
    });
    crate::jobs::work(order);
}

/// Whether this process is connected to its database.
static IS_CONNECTED: AtomicBool = AtomicBool::new(false);

/// Connects. A process that cannot ends for good: to the server's first process a FATAL is a reason
/// to start it again, time after time, and no one is there who could take it back.
fn connect_or_end(connect: impl FnOnce()) {
    // SAFETY: the callback lives as long as the process.
    unsafe { pg_sys::on_proc_exit(Some(end_for_good), pg_sys::Datum::null()) };
    connect();
    IS_CONNECTED.store(true, Ordering::Relaxed);
}

#[pg_guard]
unsafe extern "C-unwind" fn end_for_good(_code: i32, _arg: pg_sys::Datum) {
    if !IS_CONNECTED.load(Ordering::Relaxed) {
        // SAFETY: a callback may end the process with another code, as one that fails does; shared
        // memory was left before, and each callback is called once.
        unsafe { pg_sys::proc_exit(0) };
    }
}

/// Whether a role that may not log in can have workers, which is so from PostgreSQL 17 on.
pub(crate) const ROLES_WITHOUT_LOGIN: bool = login_flags() != 0;

const fn login_flags() -> u32 {
    #[cfg(any(feature = "pg17", feature = "pg18"))]
    return pg_sys::BGWORKER_BYPASS_ROLELOGINCHECK;
    #[cfg(not(any(feature = "pg17", feature = "pg18")))]
    return 0;
}

/// Settings of the role or of the database that are for sessions, and that a process which does its
/// work by itself does without.
pub(crate) fn undo_session_settings() {
    for (name, value) in [
        (c"role", c"none"),
        (c"default_transaction_read_only", c"off"),
        (c"default_transaction_deferrable", c"off"),
        (c"default_transaction_isolation", c"read committed"),
        // A direct import may hold a batch off for as long as it takes.
        (c"lock_timeout", c"0"),
        #[cfg(any(feature = "pg17", feature = "pg18"))]
        (c"transaction_timeout", c"0"),
    ] {
        super::guc::set(name, value);
    }
}

/// Shows in `pg_stat_activity` what this worker does.
pub(crate) fn announce(name: &str, activity: &str) {
    let [name, activity] = [name, activity].map(|text| CString::new(text).unwrap_or_default());
    super::guc::set(c"application_name", &name);
    // SAFETY: the string lives through the call, which copies it.
    unsafe {
        pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_RUNNING, activity.as_ptr());
    }
}

/// Terminate and reload work as in a session; cancel does by itself.
pub(super) fn receive_signals() {
    // SAFETY: handlers of PostgreSQL's own, installed before signals are let through.
    unsafe {
        pqsignal(libc::SIGTERM, die);
        pqsignal(libc::SIGHUP, SignalHandlerForConfigReload);
        pg_sys::BackgroundWorkerUnblockSignals();
    }
}

// As a handler needs them: pgrx's own forms of these are for being called.
unsafe extern "C-unwind" {
    fn die(signal: i32);
    fn SignalHandlerForConfigReload(signal: i32);
}

unsafe fn pqsignal(number: i32, handler: unsafe extern "C-unwind" fn(i32)) {
    // SAFETY: by the caller.
    unsafe {
        #[cfg(feature = "pg18")]
        pg_sys::pqsignal_be(number, Some(handler));
        #[cfg(not(feature = "pg18"))]
        pg_sys::pqsignal(number, Some(handler));
    }
}

fn parse(extra: &CStr) -> Option<(pg_sys::Oid, Order)> {
    let mut fields = extra.to_str().ok()?.split(' ');
    let mut number = || fields.next()?.parse::<i64>().ok();
    let mut oid = || Some(pg_sys::Oid::from(u32::try_from(number()?).ok()?));
    let (database, role) = (oid()?, oid()?);
    let order = Order {
        role,
        job: number()?,
        worker: number()?.try_into().ok()?,
        transaction: number()?.try_into().ok()?,
    };
    Some((database, order))
}

/// Writes `text` as a C string, cut to the room there is.
pub(super) fn fill(field: &mut [c_char], text: &str) {
    let room = field.len() - 1;
    for (place, byte) in field[..room].iter_mut().zip(text.bytes()) {
        *place = byte as c_char;
    }
}
