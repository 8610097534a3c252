//! Transactions of a background worker, and the state of the current one.

use std::ffi::CStr;
use std::panic::AssertUnwindSafe;

use pgrx::pg_sys::panic::{CaughtError, ErrorReport};
use pgrx::prelude::*;

use super::require::require_transaction;
use super::{panic, role, worker};

/// Why a transaction was rolled back.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: PgSqlErrorCode,
    pub(crate) message: String,
}

/// Runs `work` in a transaction of its own, which is committed, or rolled back if an ERROR ends it.
///
/// The end of the transaction frees its memory. So the result and what `work` captures are `Send`, which neither
/// a datum nor a pgrx type with a pointer to one is.
///
/// # Errors
/// The ERROR that `work` returned or raised, after it was written to the server's log.
///
/// # Panics
/// If there is a transaction already, as in every session that calls a function.
pub(crate) fn run<R: Send>(
    work: impl FnOnce() -> Result<R, ErrorReport> + Send,
) -> Result<R, Failure> {
    in_transaction(|| commit(work))
}

/// [`run`] with the rights of `role` only, from the transaction's first statement to the end of its commit.
/// What is run cannot become another role.
///
/// # Errors
/// As for [`run`].
pub(crate) fn run_as<R: Send>(
    role: pg_sys::Oid,
    work: impl FnOnce() -> Result<R, ErrorReport> + Send,
) -> Result<R, Failure> {
    in_transaction(|| role::acting_as(role, || commit(work)))
}

/// Begins a transaction, which `work` commits, and rolls it back if an ERROR ends `work`.
fn in_transaction<R>(work: impl FnOnce() -> R) -> Result<R, Failure> {
    // SAFETY: reads the backend's own state.
    assert!(!unsafe { pg_sys::IsTransactionState() }, "there is a transaction already");
    PgTryBuilder::new(AssertUnwindSafe(|| {
        // SAFETY: there is no transaction. `work` commits this one, or it is rolled back below.
        unsafe {
            // Without the postmaster, all processes have to end before the server can be started again.
            if !PostmasterIsAliveInternal() {
                pg_sys::proc_exit(1);
            }
            pg_sys::SetCurrentStatementStartTimestamp();
            pg_sys::StartTransactionCommand();
        }
        let result = work();
        // Reports what was written to the statistics, for autovacuum and the planner.
        // SAFETY: outside a transaction, as PostgreSQL's main loop calls it.
        unsafe { pg_sys::pgstat_report_stat(false) };
        Ok(result)
    }))
    .catch_others(|caught| {
        let (code, message, detail) = match &caught {
            CaughtError::PostgresError(error) | CaughtError::ErrorReport(error) => {
                let detail = error.detail().map(str::to_owned);
                (error.sql_error_code(), error.message().to_owned(), detail)
            }
            CaughtError::RustPanic { .. } => {
                let message = panic::caught().message().to_owned();
                (PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, message, None)
            }
        };
        // SAFETY: as PostgreSQL's main loop does after an ERROR. The error's data was copied.
        unsafe { pg_sys::AbortCurrentTransaction() };
        let logged =
            ErrorReport::new(code, format!("{}: {message}", worker::name()), "transaction");
        match detail {
            Some(detail) => logged.set_detail(detail).report(PgLogLevel::LOG),
            None => logged.report(PgLogLevel::LOG),
        }
        Err(Failure { code, message })
    })
    .execute()
}

/// Runs `work` in the transaction that was begun, and commits it. An error is raised as an ERROR.
fn commit<R>(work: impl FnOnce() -> Result<R, ErrorReport>) -> R {
    // SAFETY: in a transaction; the snapshot is popped below, or by the abort.
    unsafe { pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot()) };
    match work() {
        Ok(result) => {
            // SAFETY: the snapshot is on top again, and the transaction is the one that was begun.
            unsafe {
                pg_sys::PopActiveSnapshot();
                pg_sys::CommitTransactionCommand();
            }
            result
        }
        Err(error) => {
            error.report(PgLogLevel::ERROR);
            unreachable!("an ERROR does not return")
        }
    }
}

unsafe extern "C-unwind" {
    /// Of PostgreSQL's `storage/pmsignal.h`.
    fn PostmasterIsAliveInternal() -> bool;
}

/// Raises `ERRCODE_READ_ONLY_SQL_TRANSACTION` if the transaction may not write, as on a standby.
pub(crate) fn require_writable(function: &CStr) {
    // SAFETY: reads the backend's own state; the name lives through the call.
    unsafe { pg_sys::PreventCommandIfReadOnly(function.as_ptr()) }
}

/// The ID of the current transaction, or of the savepoint within it. Assigns one if there is none.
pub(crate) fn id() -> u32 {
    require_transaction();
    // SAFETY: within a transaction.
    unsafe { pg_sys::GetCurrentTransactionId() }.into_inner()
}

/// Waits until the transaction with this ID is committed or rolled back. A savepoint is committed with the
/// whole transaction.
pub(crate) fn wait_for(id: u32) {
    require_transaction();
    // SAFETY: within a transaction. An ID of a transaction that has ended causes no wait.
    unsafe {
        pg_sys::XactLockTableWait(
            pg_sys::TransactionId::from_inner(id),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            pg_sys::XLTW_Oper::XLTW_None,
        );
    }
}

/// Whether a transaction is the current one, or a savepoint of it.
pub(crate) fn is_current(id: pg_sys::TransactionId) -> bool {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::TransactionIdIsCurrentTransactionId(id) }
}

/// Whether this server is in recovery, as a standby is: nothing can be written, and no worker runs.
pub(crate) fn in_recovery() -> bool {
    // SAFETY: reads the server's own state.
    unsafe { pg_sys::RecoveryInProgress() }
}

/// Runs `work`, whose statements see what is committed by now, including those that only read.
pub(crate) fn with_latest_snapshot<R>(work: impl FnOnce() -> R) -> R {
    require_transaction();
    // SAFETY: within a transaction. If an ERROR ends `work`, the abort pops the snapshot.
    unsafe { pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot()) };
    let result = work();
    // SAFETY: the snapshot is on top again, because `work` cannot pop what it did not push.
    unsafe { pg_sys::PopActiveSnapshot() };
    result
}

/// Whether all statements of the current transaction see the same snapshot.
pub(crate) fn uses_one_snapshot() -> bool {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// Sets whether the commits of this process wait for the disk. They never wait for a standby, whatever
/// `synchronous_standby_names` says: if the standby is away, everything that the process has locked would
/// stay locked, and a session that cancels its job or drops the extension would wait as well. A standby that
/// is promoted finds a job as far as its rows have arrived, and continues it.
pub(crate) fn wait_for_disk(wait: bool) {
    super::guc::set(c"synchronous_commit", if wait { c"local" } else { c"off" });
}

/// When the client's current statement began, in PostgreSQL's microseconds: the same in all that it calls.
pub(crate) fn statement_start() -> i64 {
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::GetCurrentStatementStartTimestamp() }
}
