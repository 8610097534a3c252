//! The library's indexes.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::shown;

/// The error for a role that would defer the indexes of another's tables.
pub(crate) fn defers_indexes_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "must be owner of the library's tables to defer their indexes",
        "jobs",
    )
    .set_hint("Leave out defer_indexes, or ask for membership in the role that owns midi_files.")
}

/// The error for a role that would create or drop the indexes of another's tables.
pub(crate) fn indexes_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "must be owner of the library's tables to create or drop their indexes",
        "indexes",
    )
    .set_hint("Ask the role that owns midi_files to do it, or for membership in it.")
}

/// The error for a list of indexes that a role without the rights of the tables' owner could change.
pub(crate) fn index_list_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "view midi_index_profiles belongs to a role without the rights of the tables' owner",
        "indexes",
    )
    .set_hint("Give it back with ALTER VIEW midi_index_profiles OWNER TO ...")
}

/// The error for an index profile that does not exist.
pub(crate) fn no_such_profile(profile: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        format!("index profile \"{}\" does not exist", shown(profile)),
        "indexes",
    )
    .set_hint("The profiles are default, search and all. midi_index_profiles shows their indexes.")
}
