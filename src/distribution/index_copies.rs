//! The indexes of the empty tables by which the other nodes know those that are distributed.
//!
//! Citus makes these with the indexes that a table has; but here CREATE EXTENSION has made the tables on each node, with the
//! default profile. Every index that is dropped or created later is so on each node, and fails if one differs.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::citus;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;

/// What gives a node the indexes of the profiles that this one has. Whatever is not as it should be is made again: the tables
/// are empty.
const STATEMENTS: &str = "
    SELECT string_agg(statement, ' ')
    FROM (
        SELECT 0 AS place, format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I;', e.extname, n.nspname) AS statement
        FROM pg_extension e
        JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname IN (SELECT p.requires FROM @schema@.midi_index_profiles p WHERE p.state = 'built')
        UNION ALL
        SELECT 1, format(
            'IF pg_get_indexdef(to_regclass(%L)) IS DISTINCT FROM %L THEN DROP INDEX IF EXISTS %I.%I; %s END IF;',
            format('%I.%I', n.nspname, p.index_name), pg_get_indexdef(i.oid), n.nspname, p.index_name,
            CASE p.state WHEN 'built' THEN p.definition || ';' END)
        FROM @schema@.midi_index_profiles p
        JOIN pg_class t ON t.oid = p.relation
        JOIN pg_namespace n ON n.oid = t.relnamespace
        LEFT JOIN pg_class i ON i.relname = p.index_name AND i.relnamespace = n.oid AND p.state = 'built'
        ORDER BY 1) AS s";

/// Gives the other nodes the indexes of the profiles that this one has.
///
/// # Errors
/// Where a node cannot have them; those of the statement.
pub(super) fn align(client: &mut SpiClient<'_>, schema: &Schema) -> Result<(), ErrorReport> {
    citus::align_others(client, &fill(STATEMENTS, &[("schema", schema.quoted())]))
}
