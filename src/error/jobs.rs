//! Jobs.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The error for a job that does not exist, or that the current role may not see.
pub(crate) fn no_such_job(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        format!("job {id} does not exist"),
        "jobs",
    )
    .set_hint("The view midi_import_progress shows the jobs that you may see.")
}

/// The error for a number of workers that a job cannot have.
pub(crate) fn number_of_workers(workers: i32, most: i32) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("a job cannot have {workers} workers"),
        "jobs",
    )
    .set_hint(format!("Give 1 to {most}. More workers than the machine has cores seldom help."))
}

/// The error for a server without a free slot for a background worker.
pub(crate) fn no_worker_slot() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_RESOURCES,
        "could not start a background worker: all slots are in use",
        "jobs",
    )
    .set_hint("Raise max_worker_processes, which requires a restart, or try again later.")
}

/// The error for workers that were started and did not begin.
pub(crate) fn workers_do_not_start(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_RESOURCES,
        format!("the workers of job {id} did not start; the server's log says why"),
        "jobs",
    )
    .set_hint("max_worker_processes may be too low, or the role may not log in or connect.")
}

/// The error for a role that cannot have a process of its own.
pub(crate) fn role_without_login() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
        "a role that may not log in cannot have a job",
        "jobs",
    )
    .set_detail("A job runs in a process of its own, which connects as the calling role.")
    .set_hint(
        "Call as the role that you logged in as, with RESET ROLE, or use ALTER ROLE ... LOGIN.",
    )
}

/// The error for a job whose role was dropped.
pub(crate) fn job_without_role(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        format!("the role of job {id} does not exist any more"),
        "jobs",
    )
    .set_hint("Start the import again as another role.")
}

/// The error for a job with a number that its lock cannot hold.
pub(crate) fn no_job_number(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
        format!("{id} is too large for the number of a job"),
        "jobs",
    )
    .set_detail("The locks of two jobs could not be distinguished.")
    .set_hint("Set midi_import_jobs_id_seq back to the highest number of a job.")
}

/// The error for a job that was started several times and never wrote a batch.
pub(crate) fn job_keeps_ending(id: i64, attempts: i32) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!("job {id} was interrupted {attempts} times before it had written a batch"),
        "jobs",
    )
    .set_hint("The server's log says what ended its workers.")
}

/// The error for files at which the workers of a job were interrupted several times.
pub(crate) fn files_keep_ending(id: i64, attempts: i32, first: &str, last: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!(
            "job {id} was interrupted {attempts} times at the files from \"{first}\" to \"{last}\""
        ),
        "jobs",
    )
    .set_hint(
        "The server's log says what ended its workers. Remove the file that is the cause, and start the \
         import again.",
    )
}

/// The error for a wait at an isolation level at which the end of the job cannot be seen.
pub(crate) fn waits_in_one_snapshot() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION,
        "midi_import_wait needs the isolation level READ COMMITTED",
        "jobs",
    )
    .set_detail("At this level the transaction never sees that a job has ended.")
    .set_hint("Call it outside a transaction block.")
}

/// The error for a wait in the transaction that creates the job.
pub(crate) fn waits_for_itself(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION,
        format!("job {id} starts when this transaction is committed"),
        "jobs",
    )
    .set_hint("Call midi_import_wait in a statement of its own, after COMMIT.")
}
