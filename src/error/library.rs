//! The library: the rights to it, and files of it by their ids.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::relation::Right;
use crate::text::shown;

/// The error for a role that lacks rights to a relation, with all that need them.
pub(crate) fn lacks_rights(
    kind: &str,
    relation: &CStr,
    rights: &[Right],
    all: &[String],
) -> ErrorReport {
    let rights: Vec<_> = rights.iter().map(|right| right.name()).collect();
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("permission denied for {kind} {}", relation.to_string_lossy()),
        "rights",
    )
    .set_hint(format!(
        "Ask the owner of the library for GRANT {} ON {} to this role, or a superuser for membership in \
         pg_read_server_files.",
        rights.join(", "),
        all.join(", ")
    ))
}

/// The error for a role that may not read one of the columns of a relation that a query reads.
pub(crate) fn lacks_columns(
    kind: &str,
    relation: &str,
    refused: &str,
    columns: &[&str],
) -> ErrorReport {
    let columns = columns.join(", ");
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("permission denied for column {refused} of {kind} {relation}"),
        "rights",
    )
    .set_hint(format!(
        "Ask the owner of the library for GRANT SELECT ({columns}) ON {relation} to this role."
    ))
}

/// The error for a file that is not in the library, or that the current role may not see.
pub(crate) fn no_such_file(id: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT,
        format!("file {id} does not exist in the library"),
        "content",
    )
    .set_hint("Give a file_id of midi_library, or an id of midi_files.")
}

/// The error for a file of which no content is recorded.
pub(crate) fn no_content(id: i64, name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("no content is recorded for file {id}, \"{}\"", shown(name)),
        "content",
    )
    .set_detail("It is an archive, or no import has read it.")
    .set_hint("Its row of midi_files has its state and its error. The files in an archive have rows of their own.")
}

/// The error for a piece that is not kept, and is in no file of the server that the current role knows of.
pub(crate) fn content_not_kept(id: i64, name: &str, may_read_kept: bool) -> ErrorReport {
    let ask = if may_read_kept { "" } else { ", or ask for SELECT on midi_contents" };
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("the content of file {id}, \"{}\", is not kept", shown(name)),
        "content",
    )
    .set_detail("A client has sent it, or the current role may not read the paths of files.")
    .set_hint(format!(
        "Have it sent again with midi_import(name, content, keep => true), or imported with midi_pipeline.keep_content on{ask}."
    ))
}

/// The error for a file whose content is not the recorded one.
pub(crate) fn content_has_changed(id: i64, name: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("the content of file {id}, \"{}\", is not the recorded one", shown(name)),
        "content",
    )
    .set_detail("Its SHA-256 is not the content_hash of its row in midi_files.")
    .set_hint("If the file has changed, import it again.")
}
