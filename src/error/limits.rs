//! Settings: the limits that only superusers may set, and values that do not exist.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::shown;

/// The error for a limit that a client set before the library was loaded and could refuse it.
pub(crate) fn limit_hidden_by_client(name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("this connection was opened with a value of its own for \"{name}\""),
        "settings",
    )
    .set_detail("It hides the administrator's value, and only superusers may set it.")
    .set_hint("Connect without it. Clients set it by options such as PGOPTIONS.")
}

/// The error for a limit whose value in the server's settings is invalid.
pub(crate) fn limit_is_invalid(name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_CONFIG_FILE_ERROR,
        format!("parameter \"{name}\" has no valid value"),
        "settings",
    )
    .set_detail("Its value in the server's settings was refused when the library was loaded.")
    .set_hint("Correct it in postgresql.conf, ALTER ROLE or ALTER DATABASE, and reconnect.")
}

/// The error for settings of another session that are none, or that have something else by this name.
pub(crate) fn no_settings(name: Option<&str>) -> ErrorReport {
    let what = match name {
        Some(name) => format!("\"{}\" among the settings", shown(name)),
        None => "what was given as settings".to_owned(),
    };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("{what} is no setting of a job with its value"),
        "settings",
    )
    .set_hint("Leave the settings out: those of the session hold then. midi_import_on_nodes passes its own.")
}

/// The error for a depth that does not exist.
pub(crate) fn no_such_depth(depth: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("depth \"{}\" does not exist", shown(depth)),
        "settings",
    )
    .set_hint("The depths are catalog and full.")
}
