//! The launcher's process, and those that it starts to look into a database.

use pgrx::pg_sys;
use pgrx::prelude::*;

use super::worker::{Started, describe, fill, receive_signals, register as register_dynamic};

/// Seconds until the launcher is started again after it has ended.
const RESTART_AFTER: i32 = 5;

/// Whether the server is loading libraries at its start, to serve: then a launcher can be had.
pub(crate) fn is_possible() -> bool {
    // SAFETY: reads the server's own state.
    unsafe { pg_sys::process_shared_preload_libraries_in_progress && !pg_sys::IsBinaryUpgrade }
}

/// Registers the launcher. On a standby it starts when that is promoted.
pub(crate) fn register() {
    let mut description = describe("midi_pipeline launcher", "midi_pipeline launcher");
    description.bgw_restart_time = RESTART_AFTER;
    description.bgw_notify_pid = 0;
    fill(&mut description.bgw_function_name, "midi_pipeline_launcher");
    // SAFETY: called from _PG_init while libraries are preloaded; the description is copied.
    unsafe { pg_sys::RegisterBackgroundWorker(&mut description) }
}

/// Starts a process that looks into a database, and wakes this one when it has ended. Answers `None`
/// where there is no place for one.
pub(crate) fn start_looker(database: pg_sys::Oid) -> Option<Started> {
    let mut description = describe("midi_pipeline scheduler", "midi_pipeline scheduler");
    description.bgw_main_arg = pg_sys::Datum::from(database);
    fill(&mut description.bgw_function_name, "midi_pipeline_scheduler");
    register_dynamic(&mut description)
}

/// Where the launcher begins. It is connected to no database, so that it holds none.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn midi_pipeline_launcher(_argument: pg_sys::Datum) {
    receive_signals();
    // SAFETY: called once, with signals unblocked, before anything else.
    unsafe {
        pg_sys::BackgroundWorkerInitializeConnection(std::ptr::null(), std::ptr::null(), 0);
    }
    crate::schedule::launch();
}

/// Where a process that looks into a database begins: as the bootstrap superuser, since whose the
/// extension is stands in there, and only until that is read.
#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn midi_pipeline_scheduler(database: pg_sys::Datum) {
    receive_signals();
    let database = pg_sys::Oid::from(database.value() as u32);
    // SAFETY: as above.
    unsafe {
        pg_sys::BackgroundWorkerInitializeConnectionByOid(database, pg_sys::InvalidOid, 0);
    }
    crate::schedule::look(database);
}

/// A database that can be connected to.
pub(crate) struct Database {
    pub(crate) oid: pg_sys::Oid,
    pub(crate) name: Vec<u8>,
}

/// The databases that can be connected to, without templates. Within a transaction.
///
/// The catalog is read from end to end: before a first client has connected, the server cannot give
/// a process without a database any index.
pub(crate) fn databases() -> Vec<Database> {
    let mut databases = Vec::new();
    // SAFETY: as autovacuum's launcher reads this catalog, which all databases share: within a
    // transaction, under a lock, each row for as long as the scan stands on it.
    unsafe {
        let lock = pg_sys::AccessShareLock as i32;
        let relation = pg_sys::table_open(pg_sys::DatabaseRelationId, lock);
        let (none, no_keys) = (std::ptr::null_mut(), std::ptr::null_mut());
        let scan =
            pg_sys::systable_beginscan(relation, pg_sys::InvalidOid, false, none, 0, no_keys);
        loop {
            let row = pg_sys::systable_getnext(scan);
            if row.is_null() {
                break;
            }
            let form = &*pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_database>();
            // A limit of -2 marks one whose DROP DATABASE was cut off.
            if form.datallowconn && !form.datistemplate && form.datconnlimit != -2 {
                let name = std::ffi::CStr::from_ptr(form.datname.data.as_ptr());
                databases.push(Database { oid: form.oid, name: name.to_bytes().to_owned() });
            }
        }
        pg_sys::systable_endscan(scan);
        pg_sys::table_close(relation, lock);
    }
    databases
}

/// Reads the server's settings anew where it was told to.
pub(crate) fn reload_settings() {
    // SAFETY: on the main thread, outside of a transaction.
    unsafe {
        if pg_sys::ConfigReloadPending != 0 {
            pg_sys::ConfigReloadPending = 0;
            pg_sys::ProcessConfigFile(pg_sys::GucContext::PGC_SIGHUP);
        }
    }
}
