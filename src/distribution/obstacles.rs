//! Objects of the library's owner on tables that are to be distributed, and that Citus refuses there without their names.

use std::ffi::CStr;

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::spi;

/// A foreign key or trigger of the tables $1, or a unique index without the column in $2 by which the table is distributed:
/// what it is, with its name and table. NULL stands for a table that each node has as a whole.
const OBSTACLES: &str = "
    WITH tables AS (SELECT * FROM unnest($1, $2) AS t (relation, distributed_by))
    SELECT format('foreign key %I of table %s', c.conname, c.conrelid::regclass) FROM pg_constraint c
    WHERE c.contype = 'f' AND (c.conrelid = ANY ($1) OR c.confrelid = ANY ($1))
    UNION ALL
    SELECT format('trigger %I of table %s', g.tgname, g.tgrelid::regclass) FROM pg_trigger g
    WHERE g.tgrelid = ANY ($1) AND NOT g.tgisinternal
    UNION ALL
    SELECT format('unique index %s of table %s', i.indexrelid::regclass, i.indrelid::regclass)
    FROM tables t
    JOIN pg_index i ON i.indrelid = t.relation AND (i.indisunique OR i.indisexclusion)
    JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname <> ALL ('{midi_files_pkey,midi_files_path_digest_idx}')
      AND NOT EXISTS (SELECT FROM pg_attribute a
                      WHERE a.attrelid = t.relation AND a.attnum = ANY (i.indkey) AND a.attname = t.distributed_by)
      AND t.distributed_by IS NOT NULL
    ORDER BY 1
    LIMIT 1";

/// Checks that nothing of these tables is in the way, each with the column by which it is to be distributed, if it is.
///
/// # Errors
/// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE`; those of the statement.
pub(super) fn require_none(
    client: &SpiClient<'_>,
    schema: &Schema,
    tables: &[(&CStr, Option<&str>)],
) -> Result<(), ErrorReport> {
    let relations: Vec<Oid> = tables.iter().map(|(table, _)| schema.table(table)).collect();
    let columns: Vec<_> = tables.iter().map(|(_, column)| column.map(str::to_owned)).collect();
    let arguments = [relations.into(), columns.into()];
    let found = spi::select(client, OBSTACLES, Some(1), &arguments, |row| row.get::<String>(1));
    match found.map_err(error::statement)?.into_iter().flatten().next() {
        Some(obstacle) => Err(error::obstacle(&obstacle)),
        None => Ok(()),
    }
}
