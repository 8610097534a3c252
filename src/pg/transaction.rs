//! Transactions of a background worker, and what can be told of those of a session.

use std::ffi::CStr;
use std::panic::AssertUnwindSafe;

use pgrx::pg_sys::panic::{CaughtError, ErrorReport};
use pgrx::prelude::*;

use super::panic;
use super::role::Acting;

/// Why a transaction was rolled back.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: PgSqlErrorCode,
    pub(crate) message: String,
}

/// Runs `work` in a transaction of its own, which is committed, or rolled back where an ERROR ends
/// it. Only for a background worker's main function, where there is no transaction yet.
///
/// # Errors
/// The ERROR that `work` answered or raised, after it was written to the server's log.
pub(crate) fn run<R>(work: impl FnOnce() -> Result<R, ErrorReport>) -> Result<R, Failure> {
    run_with(None, work)
}

/// [`run`] with the rights of `role` and no more, from the transaction's first statement to what its
/// commit does, and without a way back for what is run.
///
/// # Errors
/// As for [`run`].
pub(crate) fn run_as<R>(
    role: pg_sys::Oid,
    work: impl FnOnce() -> Result<R, ErrorReport>,
) -> Result<R, Failure> {
    run_with(Some(role), work)
}

fn run_with<R>(
    role: Option<pg_sys::Oid>,
    work: impl FnOnce() -> Result<R, ErrorReport>,
) -> Result<R, Failure> {
    PgTryBuilder::new(AssertUnwindSafe(|| {
        // SAFETY: there is no transaction; what is begun here is ended here, or aborted below.
        unsafe {
            // A server without its first process cannot be started again before all have gone.
            if !PostmasterIsAliveInternal() {
                pg_sys::proc_exit(1);
            }
            pg_sys::SetCurrentStatementStartTimestamp();
            pg_sys::StartTransactionCommand();
        }
        // Within the transaction, so that its end by an ERROR finds what was before.
        let acting = role.map(Acting::begin);
        // SAFETY: as above.
        unsafe { pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot()) };
        match work() {
            Ok(result) => {
                // SAFETY: as above.
                unsafe {
                    pg_sys::PopActiveSnapshot();
                    pg_sys::CommitTransactionCommand();
                    drop(acting);
                    // So that autovacuum and the planner hear of what was written.
                    pg_sys::pgstat_report_stat(false);
                }
                Ok(result)
            }
            Err(error) => {
                error.report(PgLogLevel::ERROR);
                unreachable!("an ERROR does not return")
            }
        }
    }))
    .catch_others(|caught| {
        let (code, message) = match &caught {
            CaughtError::PostgresError(error) | CaughtError::ErrorReport(error) => {
                (error.sql_error_code(), error.message().to_owned())
            }
            CaughtError::RustPanic { .. } => {
                let told = panic::caught().message().to_owned();
                (PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, told)
            }
        };
        // SAFETY: what PostgreSQL's own main loop does after an ERROR; the error's data was copied.
        unsafe { pg_sys::AbortCurrentTransaction() };
        pgrx::log!("midi_pipeline: {message}");
        Err(Failure { code, message })
    })
    .execute()
}

unsafe extern "C-unwind" {
    /// Of PostgreSQL's `storage/pmsignal.h`.
    fn PostmasterIsAliveInternal() -> bool;
}

/// Checks that there is a transaction, without which much of PostgreSQL must not be called.
///
/// # Panics
/// If there is none.
pub(super) fn require() {
    // SAFETY: reads the backend's own state.
    assert!(unsafe { pg_sys::IsTransactionState() }, "there is no transaction");
}

/// Raises `ERRCODE_READ_ONLY_SQL_TRANSACTION` where the transaction may not write, as on a standby.
pub(crate) fn require_writable(function: &CStr) {
    // SAFETY: reads the backend's own state; the name lives through the call.
    unsafe { pg_sys::PreventCommandIfReadOnly(function.as_ptr()) }
}

/// The number of the current transaction, or of the savepoint within it, which is given one.
pub(crate) fn id() -> u32 {
    // SAFETY: within a transaction, as every function call is.
    unsafe { pg_sys::GetCurrentTransactionId() }.into_inner()
}

/// Waits until the transaction of this number is committed or rolled back; one of a savepoint is
/// committed when the whole is.
pub(crate) fn wait_for(number: u32) {
    // SAFETY: within a transaction; a number that is of none any more is waited for no time.
    unsafe {
        pg_sys::XactLockTableWait(
            pg_sys::TransactionId::from_inner(number),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            pg_sys::XLTW_Oper::XLTW_None,
        );
    }
}

/// Whether this transaction is the current one.
pub(crate) fn is_current(id: pg_sys::TransactionId) -> bool {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::TransactionIdIsCurrentTransactionId(id) }
}

/// Whether this server only follows another, so that nothing can be written and no worker runs.
pub(crate) fn in_recovery() -> bool {
    // SAFETY: reads the server's own state.
    unsafe { pg_sys::RecoveryInProgress() }
}

/// Runs `work`, whose statements see what is committed by now, also those that only read.
pub(crate) fn with_latest_snapshot<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: within a transaction; the end of one that an ERROR aborts takes the snapshot off.
    unsafe { pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot()) };
    let result = work();
    // SAFETY: the snapshot is on top again, whatever was put on it.
    unsafe { pg_sys::PopActiveSnapshot() };
    result
}

/// Whether all statements of the current transaction see the same state of the database.
pub(crate) fn sees_one_snapshot() -> bool {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// Has the commits of this process wait for the disk, or not. For a standby none waits, whatever
/// `synchronous_standby_names` says: while that is away, what the process has locked would be locked,
/// and who cancels its job or drops the extension would wait with it. A standby that is promoted
/// finds a job as far as its files are there, and has it go on.
pub(crate) fn wait_for_disk(wait: bool) {
    super::guc::set(c"synchronous_commit", if wait { c"local" } else { c"off" });
}
