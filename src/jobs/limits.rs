//! How many workers a job may have, and how often its work is attempted.

use pgrx::pg_sys::panic::ErrorReport;

use crate::error;

/// The maximum number of workers of a job. More would wait for each other rather than help.
pub(super) const MAX_WORKERS: i32 = 64;

/// How often a job is started without a batch being written in between, and how often a chunk is claimed
/// without any of it being written.
pub(super) const MAX_ATTEMPTS: i32 = 5;

/// Checks a number of workers.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE`.
pub(crate) fn check_workers(workers: i32) -> Result<(), ErrorReport> {
    if (1..=MAX_WORKERS).contains(&workers) {
        Ok(())
    } else {
        Err(error::number_of_workers(workers, MAX_WORKERS))
    }
}
