//! Rights to the library's relations. A function checks them before it begins, because PostgreSQL's own refusal names one
//! relation, and not what to ask for.

use std::ffi::CStr;

use pgrx::pg_sys::Oid;
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
    require(schema, relations, "SELECT", relation::may_read_some)
}

/// Checks that the current role may write what an import writes.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_importing(schema: &Schema) -> Result<(), ErrorReport> {
    require(schema, &MUSIC, "SELECT, INSERT, UPDATE", relation::may_add)
}

fn require(
    schema: &Schema,
    relations: &[&CStr],
    rights: &str,
    has: impl Fn(Oid) -> bool,
) -> Result<(), ErrorReport> {
    let named = relations.iter().map(|name| (name, schema.table(name)));
    let refused = named.into_iter().find(|&(_, relation)| !has(relation));
    refused.map_or(Ok(()), |(name, relation)| {
        Err(error::lacks_rights(relation::kind(relation), name, rights, relations))
    })
}
