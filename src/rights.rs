//! Rights to the library's relations. A function checks them before it begins, because PostgreSQL's own refusal names one
//! relation, and not what to ask for.

use std::ffi::{CStr, CString};

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::relation::{self, Right};
use crate::settings::{Extent, Keep};

/// What is read to find music by itself.
pub(crate) const MUSIC: [&CStr; 3] = [c"midi_files", c"musical_metadata", c"musical_search"];

/// Checks that the current role may read these relations, or some of their columns.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_reading(schema: &Schema, relations: &[&CStr]) -> Result<(), ErrorReport> {
    require(schema, relations, &[Right::Select])
}

/// Checks that the current role may read all columns of these relations.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_reading_all(schema: &Schema, relations: &[&CStr]) -> Result<(), ErrorReport> {
    require_each(schema, relations, &[Right::Select], relation::may_read)
}

/// Checks that the current role may write what an import of this extent writes.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_importing(schema: &Schema, extent: Extent) -> Result<(), ErrorReport> {
    use Right::{Delete, Insert, Select, Update};
    require(schema, &MUSIC, &[Select, Insert, Update])?;
    require(schema, &[c"midi_import_errors"], &[Insert])?;
    if extent.keep != Keep::Off {
        require(schema, &[c"midi_contents"], &[Select, Insert])?;
    }
    if extent.has_parts() {
        require(schema, &[c"midi_parts_library"], &[Select, Insert, Delete])?;
    }
    Ok(())
}

/// Checks that the current role may read these columns of a relation.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_columns(
    schema: &Schema,
    relation: &CStr,
    columns: &[&str],
) -> Result<(), ErrorReport> {
    let refused = columns.iter().find(|column| !may_read_column(schema, relation, column));
    refused.map_or(Ok(()), |refused| {
        let kind = relation::kind(schema.table(relation));
        Err(error::lacks_columns(kind, &schema.shown(relation), refused, columns))
    })
}

/// Whether the current role may read a column of a relation.
pub(crate) fn may_read_column(schema: &Schema, relation: &CStr, column: &str) -> bool {
    let column = CString::new(column).expect("no name of a column contains NUL");
    relation::may_read_column(schema.table(relation), &column)
}

fn require(schema: &Schema, relations: &[&CStr], rights: &[Right]) -> Result<(), ErrorReport> {
    let has_each = |relation| rights.iter().all(|right| relation::has(relation, *right));
    require_each(schema, relations, rights, has_each)
}

fn require_each(
    schema: &Schema,
    relations: &[&CStr],
    rights: &[Right],
    has: impl Fn(Oid) -> bool,
) -> Result<(), ErrorReport> {
    let all: Vec<_> = relations.iter().map(|name| schema.shown(name)).collect();
    let named = relations.iter().map(|name| (name, schema.table(name)));
    let refused = named.into_iter().find(|&(_, relation)| !has(relation));
    refused.map_or(Ok(()), |(name, relation)| {
        Err(error::lacks_rights(relation::kind(relation), name, rights, &all))
    })
}
