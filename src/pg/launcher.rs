//! The launcher's process, and those that it starts to look into a database.

use pgrx::pg_sys;
use pgrx::prelude::*;

use super::worker::{fill, receive_signals};

/// Seconds until the launcher is started again after it has ended.
const RESTART_AFTER: i32 = 5;

/// Whether the server is loading libraries at its start, to serve: then a launcher can be had.
pub(crate) fn is_possible() -> bool {
    // SAFETY: reads the server's own state.
    unsafe { pg_sys::process_shared_preload_libraries_in_progress && !pg_sys::IsBinaryUpgrade }
}

/// Registers the launcher. On a standby it starts when that is promoted.
pub(crate) fn register() {
    let mut description = pg_sys::BackgroundWorker {
        bgw_flags: (pg_sys::BGWORKER_SHMEM_ACCESS | pg_sys::BGWORKER_BACKEND_DATABASE_CONNECTION)
            as i32,
        bgw_start_time: pg_sys::BgWorkerStartTime::BgWorkerStart_RecoveryFinished,
        bgw_restart_time: RESTART_AFTER,
        ..Default::default()
    };
    fill(&mut description.bgw_name, "midi_pipeline launcher");
    fill(&mut description.bgw_type, "midi_pipeline launcher");
    fill(&mut description.bgw_library_name, "midi_pipeline");
    fill(&mut description.bgw_function_name, "midi_pipeline_launcher");
    // SAFETY: called from _PG_init while libraries are preloaded; the description is copied.
    unsafe { pg_sys::RegisterBackgroundWorker(&mut description) }
}

/// Starts a process that looks into a database. Answers false where there is no place for one.
pub(crate) fn start_looker(database: pg_sys::Oid) -> bool {
    let mut description = pg_sys::BackgroundWorker {
        bgw_flags: (pg_sys::BGWORKER_SHMEM_ACCESS | pg_sys::BGWORKER_BACKEND_DATABASE_CONNECTION)
            as i32,
        bgw_start_time: pg_sys::BgWorkerStartTime::BgWorkerStart_RecoveryFinished,
        bgw_restart_time: pg_sys::BGW_NEVER_RESTART,
        bgw_main_arg: pg_sys::Datum::from(database),
        ..Default::default()
    };
    fill(&mut description.bgw_name, "midi_pipeline scheduler");
    fill(&mut description.bgw_type, "midi_pipeline scheduler");
    fill(&mut description.bgw_library_name, "midi_pipeline");
    fill(&mut description.bgw_function_name, "midi_pipeline_scheduler");
    // SAFETY: the description is complete and copied; no handle is asked for.
    unsafe { pg_sys::RegisterDynamicBackgroundWorker(&mut description, std::ptr::null_mut()) }
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

/// Where a process that looks into a database begins, as the bootstrap superuser.
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

/// The OID of the database of this name. Within a transaction.
pub(crate) fn database_oid(name: &std::ffi::CStr) -> Option<pg_sys::Oid> {
    super::catalog::database(name)
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
