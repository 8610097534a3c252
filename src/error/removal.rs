//! What takes files and music out of the library.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::in_line;

use crate::text::shown;

/// The error for a role that may not take rows out of these tables of the library.
pub(crate) fn may_not_remove(tables: &[String]) -> ErrorReport {
    let tables = tables.join(", ");
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("permission denied for {tables}"),
        "removal",
    )
    .set_detail("What is taken out of the library is deleted with the rights of the current role.")
    .set_hint(format!(
        "Ask the owner of the library for GRANT SELECT, DELETE ON {tables} to this role."
    ))
}

/// The notice that the library has nothing of a source, or nothing that the current role may see.
pub(crate) fn nothing_to_forget(source: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        format!("the library has nothing of \"{}\"", shown(source)),
        "removal",
    )
    .set_hint(
        "Give a path as midi_files.path has it: absolute and without links or \"..\", or the name that was sent with a \
         piece. A folder stands for all below it, an archive for its members.",
    )
}

/// The error for an age that is negative.
pub(crate) fn negative_age() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        "older_than must not be negative",
        "removal",
    )
    .set_hint("Give an age such as '30 days', or '0' for all files that have vanished.")
}

/// The error for a prune at an isolation level at which it does not see what imports have written meanwhile.
pub(crate) fn prunes_in_one_snapshot() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION,
        "midi_prune needs the isolation level READ COMMITTED",
        "removal",
    )
    .set_detail("At this level it would not see that an import has just found a path for music that had none.")
    .set_hint("Call it outside a transaction block, or with BEGIN ISOLATION LEVEL READ COMMITTED.")
}

/// The error for a prune while workers of a job look for what the library has.
pub(crate) fn prunes_beside_a_job(job: u32) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_IN_USE,
        format!("job {job} is under way"),
        "removal",
    )
    .set_detail("It may have found music in the library for which it has not written the path yet.")
    .set_hint(format!(
        "Wait for it with midi_import_wait({job}), or end it with midi_import_cancel({job})."
    ))
}

/// The error for pruning while another node of a distributed library imports in the background.
pub(crate) fn prunes_beside_a_job_of_node(node: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_IN_USE,
        format!("a job of node {} is under way", in_line(node)),
        "removal",
    )
    .set_detail("It may have found music in the library for which it has not written the path yet.")
    .set_hint("midi_node_imports() shows the jobs of all nodes. Wait for it there, or end it.")
}
