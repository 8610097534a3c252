//! Paths, which can be kept from roles that may search.

use std::ffi::CStr;

use crate::pg::caller::Schema;
use crate::pg::relation;

/// The expression `path` for the column of that name of a relation; NULL where the current role may not read it.
pub(super) fn path_of<'s>(schema: &Schema, relation: &CStr, path: &'s str) -> &'s str {
    match relation::may_read_column(schema.table(relation), c"path") {
        true => path,
        false => "NULL::pg_catalog.text",
    }
}
