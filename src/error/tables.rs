//! The tables of jobs and schedules.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The error for jobs and schedules of a role whose rights the owner of their tables does not have.
pub(crate) fn owner_without_the_rights() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "the owner of the tables of jobs does not have the rights of the current role",
        "jobs",
    )
    .set_detail("The owner of midi_import_jobs and midi_schedules could act as the current role.")
    .set_hint(
        "Have a superuser own them, as CREATE EXTENSION does, or grant the role to their owner.",
    )
}

/// The error for a statement of a role that writes to the tables of jobs and schedules.
pub(crate) fn written_by_the_extension_only(table: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("table \"{table}\" can be written only by midi_pipeline"),
        "jobs",
    )
    .set_detail("The extension acts as the roles that its rows name.")
    .set_hint("Use midi_import_start, midi_import_cancel, midi_schedule and midi_unschedule.")
}

/// The error for a call of the trigger function that is not a trigger's.
pub(crate) fn not_a_trigger() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        "function midi_guard was not called as a trigger of the tables of midi_pipeline",
        "jobs",
    )
    .set_hint("Only the triggers of the tables of jobs and schedules may call it.")
}

/// The error for a function `midi_guard` that belongs to another role, or is not the library's.
pub(crate) fn guard_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "function midi_guard() is not as midi_pipeline created it",
        "jobs",
    )
    .set_detail("It runs with the rights of the owner of the tables of jobs.")
    .set_hint(
        "Give it to that owner, or to a superuser. If it was replaced, create the extension again.",
    )
}
