//! Columns of one's own and rights, on the relations by which the other nodes know the library. Citus gives nodes those that
//! are added later, but for rights to views; here CREATE EXTENSION has made the relations on each node as they are in the
//! beginning.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::citus;

/// What gives a node the columns and the rights that the relations of the extension have here. Nothing is taken away.
const STATEMENTS: &str = "
    WITH relations AS (
        SELECT c.oid, c.relkind, c.relowner, c.relacl, format('%I.%I', n.nspname, c.relname) AS name
        FROM pg_extension e
        JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
                        AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
        JOIN pg_class c ON c.oid = d.objid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE e.extname = 'midi_pipeline'
    ), given AS (
        SELECT r.name, r.relkind, a.privilege_type AS privilege, a.grantee, a.is_grantable
        FROM relations r, aclexplode(r.relacl) AS a WHERE a.grantee <> r.relowner
        UNION ALL
        SELECT r.name, r.relkind, format('%s (%I)', a.privilege_type, c.attname), a.grantee, a.is_grantable
        FROM relations r JOIN pg_attribute c ON c.attrelid = r.oid, aclexplode(c.attacl) AS a
        WHERE a.grantee <> r.relowner AND NOT c.attisdropped
    )
    SELECT string_agg(statement, ' ')
    FROM (
        SELECT 0 AS place, format('ALTER TABLE %s %s;', r.name, string_agg(
            format('ADD COLUMN IF NOT EXISTS %I %s', c.attname, format_type(c.atttypid, c.atttypmod)), ', ')) AS statement
        FROM relations r
        JOIN pg_attribute c ON c.attrelid = r.oid AND c.attnum > 0 AND NOT c.attisdropped
        WHERE r.relkind = 'r'
        GROUP BY r.name
        UNION ALL
        SELECT 1, format('GRANT %s ON %s %s TO %s%s;', g.privilege, CASE g.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
            g.name, COALESCE(quote_ident(r.rolname), 'PUBLIC'), CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' END)
        FROM given g
        LEFT JOIN pg_roles r ON r.oid = g.grantee
        ORDER BY 1) AS s";

/// Gives the other nodes the columns and rights that there are here.
///
/// # Errors
/// Where a node cannot have them, such as where it lacks a role; those of the statement.
pub(super) fn align(client: &mut SpiClient<'_>) -> Result<(), ErrorReport> {
    citus::align_others(client, STATEMENTS)
}
