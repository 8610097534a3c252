//! Pieces of which only the catalogue entry is known. Searches for what is heard do not find them, and say
//! how many there are.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::notice::Once;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;
use crate::pg::{role, spi};

/// The number of such rows of a relation, at most one more than $1. A partial index lists them.
const COUNT: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM @rows@ r WHERE r.depth = 'catalog' LIMIT $1 + 1
    ) AS cataloged";
/// The contents that a file has.
const CONTENTS: &str = "(
    SELECT m.depth FROM @library@.musical_metadata m
    WHERE EXISTS (
        SELECT 1 FROM @library@.midi_files f
        WHERE f.content_hash = m.content_hash AND f.state IN ('imported', 'duplicate')))";
/// The files.
pub(super) const FILES: &str = "@library@.midi_library";

/// The largest number that is counted.
const MOST: i64 = 1_000;

static TOLD: Once = Once::new();

/// Tells the client how many pieces a search for what is heard cannot find, if any. A statement is told once,
/// however often it searches.
///
/// # Errors
/// Those of the statement, such as a missing privilege.
pub(crate) fn tell(schema: &Schema) -> Result<(), ErrorReport> {
    tell_among(schema, CONTENTS)
}

/// The same, for a search that reads these rows.
///
/// # Errors
/// Those of [`tell`].
pub(super) fn tell_among(schema: &Schema, rows: &str) -> Result<(), ErrorReport> {
    if TOLD.is_told() {
        return Ok(());
    }
    let count = role::with_pinned_path(|| Spi::connect(|client| count(client, schema, rows)));
    tell_of(count.map_err(error::statement)?);
    Ok(())
}

/// The number of such rows of [`FILES`] or contents. `search_path` must be pinned.
///
/// # Errors
/// Those of SPI.
pub(super) fn count(client: &SpiClient<'_>, schema: &Schema, rows: &str) -> SpiResult<i64> {
    let library = ("library", schema.quoted());
    let sql = fill(COUNT, &[("rows", &*fill(rows, &[library]))]);
    let counts = spi::select(client, &sql, Some(1), &[MOST.into()], |row| row.get::<i64>(1))?;
    Ok(counts.into_iter().flatten().next().unwrap_or(0))
}

/// Tells the client that so many pieces cannot be found.
pub(super) fn tell_of(count: i64) {
    TOLD.tell((count > 0).then(|| error::only_cataloged(count.min(MOST), count > MOST)));
}
