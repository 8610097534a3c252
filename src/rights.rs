//! Rights to the library's relations. A function checks them before it begins, because PostgreSQL's own refusal names one
//! relation, and not what to ask for.

use std::ffi::{CStr, CString};

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::Spi;

use crate::pg::caller::Schema;
use crate::pg::relation::{self, Right};
use crate::settings::{self, Extent, Keep};
use crate::{distribution, error};

/// What an import reads and writes.
const MUSIC: [&CStr; 3] = [c"midi_files", c"musical_metadata", c"musical_search"];

/// A relation, and the columns of it that a search reads, but for paths: these it leaves out where it may not read them.
pub(crate) type Columns = (&'static CStr, &'static [&'static str]);

/// What `midi_find_melody` reads.
pub(crate) const MELODY: [Columns; 3] = [
    (c"midi_files", &["id", "content_hash", "state"]),
    (c"musical_metadata", &["content_hash", "depth"]),
    (c"musical_search", &["content_hash", "melody_lines", "melody_ngrams"]),
];
/// What `midi_find_progression` reads.
pub(crate) const PROGRESSION: [Columns; 3] = [
    (c"midi_files", &["id", "content_hash", "state"]),
    (c"musical_metadata", &["content_hash", "chord_progression", "depth"]),
    (c"musical_search", &["content_hash", "chord_moments"]),
];
/// What `midi_similar` and `midi_similar_to` read.
pub(crate) const EMBEDDING: [Columns; 3] = [
    (c"midi_files", &["id", "content_hash", "state"]),
    (c"musical_metadata", &["content_hash", "depth"]),
    (c"musical_search", &["content_hash", "embedding"]),
];
/// What `midi_duplicate_pairs` and `midi_duplicates_of` read.
pub(crate) const FINGERPRINT: [Columns; 3] = [
    (c"midi_files", &["id", "content_hash", "state"]),
    (c"musical_metadata", &["content_hash", "depth"]),
    (c"musical_search", &["content_hash", "fingerprint"]),
];

/// Checks that the current role may read these relations, or some of their columns.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_reading(schema: &Schema, relations: &[&CStr]) -> Result<(), ErrorReport> {
    require_each(schema, relations, &[Right::Select], relation::may_read_some)
}

/// Checks that the current role may read these columns.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`. Where it may read none of a relation, the hint names all of these relations.
pub(crate) fn require_reading_of(schema: &Schema, all: &[Columns]) -> Result<(), ErrorReport> {
    let relations: Vec<_> = all.iter().map(|(relation, _)| *relation).collect();
    require_reading(schema, &relations)?;
    all.iter().try_for_each(|(relation, columns)| require_columns(schema, relation, columns))
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
    let lie_by_content = Spi::connect(|client| {
        distribution::require_own_numbers(client, schema)?;
        distribution::places_files_by_content(client, schema).map_err(error::statement)
    })?;
    // A row that moves is deleted where it was.
    if lie_by_content {
        require(schema, &[c"midi_files"], &[Delete])?;
    }
    require(schema, &[c"midi_import_errors"], &[Insert])?;
    if extent.keep != Keep::Off {
        require(schema, &[c"midi_contents"], &[Select, Insert])?;
    }
    // Music that is analyzed again may have parts, which are renewed with it.
    if extent.has_parts() || settings::reanalyze() {
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
