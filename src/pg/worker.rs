//! Background workers: how they are registered, and where they begin.

use std::ffi::{CStr, CString, c_char};

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
    /// The transaction in which the job was made; 0 where that is committed.
    pub(crate) transaction: u32,
}

/// Asks the server to start a worker in this database. It asks at once, whatever becomes of the
/// transaction. Answers false where the server has no place for another worker.
pub(crate) fn start(order: Order) -> bool {
    // SAFETY: reads the backend's own state.
    let database = unsafe { pg_sys::MyDatabaseId };
    let Order { role, job, worker, transaction } = order;
    let extra = format!("{database} {role} {job} {worker} {transaction}");
    let mut description = pg_sys::BackgroundWorker {
        bgw_flags: (pg_sys::BGWORKER_SHMEM_ACCESS | pg_sys::BGWORKER_BACKEND_DATABASE_CONNECTION)
            as i32,
        bgw_start_time: pg_sys::BgWorkerStartTime::BgWorkerStart_RecoveryFinished,
        // One that ends too soon is found by the next call, which knows its database is there.
        bgw_restart_time: pg_sys::BGW_NEVER_RESTART,
        ..Default::default()
    };
    fill(&mut description.bgw_name, &format!("midi_import job {job} worker {worker}"));
    fill(&mut description.bgw_type, "midi_import");
    fill(&mut description.bgw_library_name, "midi_pipeline");
    fill(&mut description.bgw_function_name, "midi_pipeline_job_worker");
    fill(&mut description.bgw_extra, &extra);
    // SAFETY: the description is complete and copied; no handle is asked for.
    unsafe { pg_sys::RegisterDynamicBackgroundWorker(&mut description, std::ptr::null_mut()) }
}

/// Where a worker of a job begins.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn midi_pipeline_job_worker(_argument: pg_sys::Datum) {
    // SAFETY: PostgreSQL sets the entry before it calls this; `start` has filled the extra part
    // with text that ends in NUL.
    let extra = unsafe { CStr::from_ptr((*pg_sys::MyBgworkerEntry).bgw_extra.as_ptr()) };
    let (database, order) = parse(extra).expect("the server passes on what it was given");
    receive_signals();
    // SAFETY: called once, with signals unblocked, before anything else.
    unsafe {
        pg_sys::BackgroundWorkerInitializeConnectionByOid(database, order.role, login_flags());
    }
    crate::jobs::work(order);
}

/// Whether a role that may not log in can have workers, which is so from PostgreSQL 17 on.
pub(crate) const ROLES_WITHOUT_LOGIN: bool = login_flags() != 0;

const fn login_flags() -> u32 {
    #[cfg(any(feature = "pg17", feature = "pg18"))]
    return pg_sys::BGWORKER_BYPASS_ROLELOGINCHECK;
    #[cfg(not(any(feature = "pg17", feature = "pg18")))]
    return 0;
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
