//! The profile of indexes that the library was given: a dump has none of the indexes of an extension's tables, but has the
//! table that remembers the profile.
//!
//! The table is read and written with its owner's rights, and only for callers that have them. It holds a name, which is
//! looked up in the list of profiles, and never SQL.

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;
use crate::pg::{role, spi};

/// The owner of the table in the schema $1, if the current role has its rights. 0.1.0 has no such table.
const OWNER: &str = "
    SELECT relowner FROM pg_class
    WHERE relnamespace = $1 AND relname = 'midi_index_choice' AND relkind = 'r'
      AND pg_has_role(relowner, 'USAGE')";

const READ: &str = "SELECT profile FROM @schema@.midi_index_choice";

const WRITE: &str = "
    INSERT INTO @schema@.midi_index_choice (profile) VALUES ($1)
    ON CONFLICT (chosen) DO UPDATE SET profile = EXCLUDED.profile
    RETURNING profile";

/// The profile that is remembered.
///
/// # Errors
/// Those of the statements, here and below.
pub(super) fn remembered(schema: &Schema) -> Result<Option<String>, ErrorReport> {
    run(schema, READ, &[])
}

/// Remembers a profile.
pub(super) fn remember(schema: &Schema, profile: &str) -> Result<(), ErrorReport> {
    run(schema, WRITE, &[profile.into()]).map(drop)
}

fn run(
    schema: &Schema,
    sql: &str,
    arguments: &[DatumWithOid<'_>],
) -> Result<Option<String>, ErrorReport> {
    let run = |client: &mut SpiClient<'_>| {
        let owner =
            spi::update(client, OWNER, None, &[schema.oid().into()], |row| row.get::<Oid>(1))?;
        let Some(owner) = owner.into_iter().flatten().next() else { return Ok(None) };
        let sql = fill(sql, &[("schema", schema.quoted())]);
        role::with_rights_of(owner, || {
            let rows = spi::update(client, &sql, None, arguments, |row| row.get::<String>(1))?;
            Ok(rows.into_iter().flatten().next())
        })
    };
    role::with_pinned_path(|| Spi::connect_mut(run)).map_err(error::statement)
}
