//! The extension itself, and what it needs of the server and the system.

use std::fmt::Display;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiError;

/// The error for a statement of the extension that failed in SPI, which is a bug.
pub(crate) fn statement(error: SpiError) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!("midi_pipeline: statement failed: {error}"),
        "spi",
    )
}

/// The error for threads that could not be started.
pub(crate) fn threads(error: &dyn Display) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_RESOURCES,
        format!("could not start threads: {error}"),
        "threads",
    )
    .set_hint("Lower midi_pipeline.threads, or open another session.")
}

/// The error for a call in a database without the extension.
pub(crate) fn not_installed() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        "extension \"midi_pipeline\" is not installed in this database",
        "jobs",
    )
    .set_hint("Run CREATE EXTENSION midi_pipeline.")
}

/// The error for what SQL objects of a version before 0.2.0 do not have.
pub(crate) fn older_objects() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "the extension in this database is older than this search: it needs version 0.2.0 or later",
        "query",
    )
    .set_hint("Run ALTER EXTENSION midi_pipeline UPDATE.")
}

/// The error for a name with more bytes than it may have.
pub(crate) fn name_too_long(what: &str, most: usize) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_NAME_TOO_LONG,
        format!("the name of the {what} is too long"),
        "names",
    )
    .set_hint(format!("It may have up to {most} bytes."))
}
