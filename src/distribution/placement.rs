//! Where the tables of the library lie.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::citus;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;
use crate::pg::{role, spi, transaction};

/// A table on a node.
pub(crate) struct Placement {
    pub(crate) table: String,
    /// `distributed`, `reference` or `local`.
    pub(crate) kind: String,
    /// The column whose hash says where a row lies.
    pub(crate) distributed_by: Option<String>,
    /// The name and the port of the node; `None` for a table that is this node's own.
    pub(crate) node: Option<String>,
    pub(crate) shards: Option<i64>,
    /// `None` where a node does not answer, or is not asked, as by a standby.
    pub(crate) bytes: Option<i64>,
}

/// The tables of the extension in the schema $1 that Citus does not know.
const LOCAL: &str = "
    SELECT c.relname::text, 'local'::text, NULL::text, NULL::text, NULL::bigint, pg_total_relation_size(c.oid)
    FROM pg_class c
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        AND e.extname = 'midi_pipeline'
    WHERE c.relnamespace = $1 AND c.relkind = 'r'";

// Its own view of shards leaves out the tables of extensions. Of a table that each node has, nodes may differ in size.
/// Those that it does not know, and those that it knows, with their nodes.
const ALL: &str = "
    SELECT * FROM (
        @local@ AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid)
        UNION ALL
        SELECT t.relname::text, CASE p.partmethod WHEN 'n' THEN 'reference' ELSE 'distributed' END,
               column_to_column_name(p.logicalrelid, p.partkey), format('%s:%s', n.nodename, n.nodeport), count(*),
               sum(b.bytes)::bigint
        FROM pg_dist_partition p
        JOIN pg_class t ON t.oid = p.logicalrelid AND t.relnamespace = $1
        JOIN pg_dist_shard s ON s.logicalrelid = p.logicalrelid
        JOIN pg_dist_placement l ON l.shardid = s.shardid
        JOIN pg_dist_node n ON n.groupid = l.groupid AND n.noderole = 'primary'
        LEFT JOIN (@sizes@) AS b ON b.shard_id = s.shardid
        GROUP BY t.relname, p.partmethod, p.logicalrelid, p.partkey, n.nodename, n.nodeport
    ) AS placed (relation, kind, distributed_by, node, shards, bytes)
    ORDER BY relation, node";

/// The bytes of each shard. A standby cannot ask the nodes.
const SIZES: &str =
    "SELECT shard_id, max(size) AS bytes FROM citus_shard_sizes() GROUP BY shard_id";
const NO_SIZES: &str = "SELECT NULL::bigint AS shard_id, NULL::bigint AS bytes";

/// The tables of the library with their nodes, those of one node alone where it is not distributed.
///
/// # Errors
/// Those of the statements.
pub(crate) fn placements(schema: &Schema) -> Result<Vec<Placement>, ErrorReport> {
    role::with_pinned_path(|| {
        Spi::connect(|client| {
            let sql = match citus::is_installed() {
                true => {
                    let sizes = if transaction::in_recovery() { NO_SIZES } else { SIZES };
                    fill(ALL, &[("local", LOCAL), ("sizes", sizes)])
                }
                false => [LOCAL, " ORDER BY 1"].concat(),
            };
            let placements = spi::select(client, &sql, None, &[schema.oid().into()], |row| {
                Ok(Placement {
                    table: row.get(1)?.unwrap_or_default(),
                    kind: row.get(2)?.unwrap_or_default(),
                    distributed_by: row.get(3)?,
                    node: row.get(4)?,
                    shards: row.get(5)?,
                    bytes: row.get(6)?,
                })
            });
            placements.map_err(error::statement)
        })
    })
}
