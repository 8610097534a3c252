//! Rights to the library's relations. A function checks them before it begins, because PostgreSQL's own refusal names one
//! relation, and not what to ask for.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::relation;

/// What is read to find music by itself.
pub(crate) const MUSIC: [&CStr; 3] = [c"midi_files", c"musical_metadata", c"musical_search"];

/// Checks that the current role may read these relations, or some of their columns.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_reading(schema: &Schema, relations: &[&CStr]) -> Result<(), ErrorReport> {
    let refused = relations.iter().find(|name| !relation::may_read_some(schema.table(name)));
    refused.map_or(Ok(()), |name| Err(error::lacks_rights(name, "SELECT", relations)))
}

/// Checks that the current role may write what an import writes.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_importing(schema: &Schema) -> Result<(), ErrorReport> {
    let refused = MUSIC.iter().find(|name| !relation::may_add(schema.table(name)));
    refused.map_or(Ok(()), |name| Err(error::lacks_rights(name, "SELECT, INSERT, UPDATE", &MUSIC)))
}
