//! Schedules.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::shown;

/// The error for an invalid cron expression.
pub(crate) fn invalid_cron(expression: &str, reason: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("invalid cron expression \"{}\": {}", shown(expression), shown(reason)),
        "schedule",
    )
    .set_hint("Minute, hour, day of month, month, day of week: '30 3 * * *' is 3:30 every night.")
}

/// The error for a cron expression that matches no time in the future.
pub(crate) fn cron_is_over(expression: &str) -> ErrorReport {
    invalid_cron(expression, "it matches no time in the future")
}

/// The warning for a schedule in a server without the launcher.
pub(crate) fn not_preloaded() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_WARNING,
        "schedules do not run, because midi_pipeline is not preloaded",
        "schedule",
    )
    .set_hint("Add midi_pipeline to shared_preload_libraries, and restart the server.")
}

/// The error for a schedule with neither an interval nor a cron expression, or with both.
pub(crate) fn interval_or_cron() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        "a schedule needs an interval or a cron expression, but not both",
        "schedule",
    )
    .set_hint("Give every => '1 hour', or cron => '30 3 * * *'.")
}

/// The error for an interval that is too short, or negative.
pub(crate) fn too_often() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        "a schedule cannot run more often than every second",
        "schedule",
    )
    .set_detail("A month counts as 28 to 31 days, a day as 23 to 25 hours.")
    .set_hint("For example, give every => '1 hour'.")
}

/// The error for an infinite interval.
pub(crate) fn never_again() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        "the interval of a schedule must be finite",
        "schedule",
    )
    .set_hint("For example, give every => '1 hour'.")
}

/// The error for a schedule's name that another role uses.
pub(crate) fn schedule_of_another(name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_DUPLICATE_OBJECT,
        format!("schedule \"{}\" already exists and belongs to another role", shown(name)),
        "schedule",
    )
    .set_hint("Choose another name.")
}
