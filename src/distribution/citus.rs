//! What is asked of Citus, and of the nodes that it knows.

use std::ffi::CStr;

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql::{fill, literal};
use crate::pg::{catalog, role};

/// The oldest version of Citus that is supported.
pub(super) const OLDEST: i32 = 14;

/// The major version of the extension citus.
const VERSION: &str = "
    SELECT split_part(extversion, '.', 1)::integer FROM pg_extension WHERE extname = 'citus'";

/// Whether the table $1, which Citus has distributed, has shards by the hash of a column. Else each node has all of it.
const HAS_SHARDS: &str = "
    SELECT p.partmethod::pg_catalog.text OPERATOR(pg_catalog.=) 'h' FROM pg_catalog.pg_dist_partition p
    WHERE p.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) $1";

/// Whether this node is the coordinator; whether the others know it as a node; and those nodes that do not take part.
const TOPOLOGY: &str = "
    SELECT (SELECT groupid = 0 FROM pg_dist_local_group),
           EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0),
           ARRAY(SELECT format('%s:%s', nodename, nodeport) FROM pg_dist_node
                 WHERE noderole = 'primary' AND NOT (isactive AND hasmetadata AND metadatasynced)
                 ORDER BY nodeid)";

/// Whether the transaction has reached other nodes, or has shown them its own.
const OTHER_WORK: &str = "
    SELECT transaction_number <> 0 OR pg_current_xact_id_if_assigned() IS NOT NULL FROM get_current_transaction_id()";

/// The nodes, and whether each holds shards.
const NODES: &str = "
    SELECT nodename, nodeport, shouldhaveshards FROM pg_dist_node
    WHERE noderole = 'primary' ORDER BY groupid";

/// A node that lacks the copy of a table of which each has one.
const WITHOUT_COPIES: &str = "
    SELECT format('%s:%s', n.nodename, n.nodeport)
    FROM pg_dist_partition p
    JOIN pg_dist_shard s ON s.logicalrelid = p.logicalrelid
    CROSS JOIN pg_dist_node n
    WHERE p.partmethod = 'n' AND p.repmodel = 't' AND n.noderole = 'primary'
      AND NOT EXISTS (SELECT FROM pg_dist_placement l WHERE l.shardid = s.shardid AND l.groupid = n.groupid)";

/// What the statement $1 returns on each node, or why it failed there.
const ON_ALL: &str = "
    SELECT format('%s:%s', n.nodename, n.nodeport), c.success, c.result
    FROM run_command_on_all_nodes($1) c JOIN pg_dist_node n ON n.nodeid = c.nodeid
    ORDER BY n.groupid";

/// The same for the nodes other than the coordinator.
const ON_OTHERS: &str = "
    SELECT format('%s:%s', nodename, nodeport), success, result FROM run_command_on_workers($1)";

/// The same for nodes with the names $1 and the ports $2, with a statement in $3 for each.
const ON_EACH: &str = "
    SELECT format('%s:%s', node_name, node_port), success, result
    FROM master_run_on_worker($1, $2, $3, true)";

const ALIGN: &str = "
    DO $align$ BEGIN
        SET LOCAL citus.enable_ddl_propagation = off;
        SET LOCAL search_path = pg_catalog, pg_temp;
        SET LOCAL lock_timeout = '10s';
        @statements@
    END $align$";

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) port: i32,
    pub(super) has_shards: bool,
}

impl Node {
    /// How users write it.
    pub(super) fn shown(&self) -> String {
        format!("{}:{}", self.name, self.port)
    }
}

/// What a node answered.
pub(super) struct Answer {
    pub(super) node: String,
    /// The first value of the first row, or the message of the error.
    pub(super) result: Result<String, String>,
}

/// Checks that this database has Citus, of a version that is supported.
///
/// # Errors
/// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE`; those of the statement.
pub(super) fn require(client: &SpiClient<'_>) -> Result<(), ErrorReport> {
    match version(client).map_err(error::statement)? {
        None => Err(error::without_citus()),
        Some(version) if version < OLDEST => Err(error::old_citus(version, OLDEST)),
        Some(_) => Ok(()),
    }
}

/// Whether this database has Citus, of any version.
pub(super) fn is_installed() -> bool {
    catalog::extension(c"citus").is_some()
}

/// Whether the music of the library is in shards. A statement runs on each of them then, and what Citus sends is all that the
/// shards know, not settings. Nearly all statements are the same for both; the few that are not ask here.
///
/// # Errors
/// Those of SPI, here and below.
pub(crate) fn is_distributed(client: &SpiClient<'_>, schema: &Schema) -> SpiResult<bool> {
    Ok(has_shards(client, schema, c"musical_metadata")? == Some(true))
}

/// Whether the rows of files are in shards, each beside its music.
pub(crate) fn places_files_by_content(client: &SpiClient<'_>, schema: &Schema) -> SpiResult<bool> {
    Ok(has_shards(client, schema, c"midi_files")? == Some(true))
}

/// Whether a table has shards; `None` if it is not distributed.
pub(super) fn has_shards(
    client: &SpiClient<'_>,
    schema: &Schema,
    table: &CStr,
) -> SpiResult<Option<bool>> {
    if !is_installed() {
        return Ok(None);
    }
    let arguments = [schema.table(table).into()];
    let found = spi::select(client, HAS_SHARDS, Some(1), &arguments, |row| row.get::<bool>(1))?;
    Ok(found.into_iter().flatten().next())
}

/// Checks, where the music is in shards, that this is the coordinator: Citus creates indexes there alone.
///
/// # Errors
/// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE`; those of the statements.
pub(crate) fn require_coordinator(
    client: &SpiClient<'_>,
    schema: &Schema,
) -> Result<(), ErrorReport> {
    if !is_distributed(client, schema).map_err(error::statement)? {
        return Ok(());
    }
    let (is_coordinator, ..) = role::with_pinned_path(|| topology(client))?;
    if is_coordinator { Ok(()) } else { Err(error::not_the_coordinator()) }
}

/// Checks that this is the first that the transaction does. What runs on the nodes in sessions of their own would wait for
/// its locks, and it for them.
///
/// # Errors
/// `ERRCODE_ACTIVE_SQL_TRANSACTION`; those of the statement.
pub(super) fn require_no_other_work(client: &SpiClient<'_>) -> Result<(), ErrorReport> {
    let found = spi::select(client, OTHER_WORK, Some(1), &[], |row| row.get::<bool>(1));
    match found.map_err(error::statement)?.first() {
        Some(Some(false)) => Ok(()),
        _ => Err(error::distributes_after_other_work()),
    }
}

fn version(client: &SpiClient<'_>) -> SpiResult<Option<i32>> {
    let versions = spi::select(client, VERSION, Some(1), &[], |row| row.get::<i32>(1))?;
    Ok(versions.into_iter().flatten().next())
}

/// Checks that this is the coordinator, and that all nodes take part and have this version of the extension.
///
/// # Errors
/// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE`; those of the statements.
pub(super) fn require_cluster(
    client: &mut SpiClient<'_>,
    schema: &Schema,
) -> Result<(), ErrorReport> {
    let (is_coordinator, is_known, away) = topology(client)?;
    if !is_coordinator {
        return Err(error::not_the_coordinator());
    }
    if !is_known {
        return Err(error::coordinator_without_name());
    }
    if let Some(node) = away.first() {
        return Err(error::node_is_away(node));
    }
    let version = env!("CARGO_PKG_VERSION");
    let ask = fill(
        "SELECT version FROM @schema@.midi_pipeline_version()",
        &[("schema", schema.quoted())],
    );
    for Answer { node, result } in on_all(client, &ask)? {
        match result {
            Ok(other) if other == version => (),
            Ok(other) => return Err(error::node_of_another_version(&node, &other, version)),
            Err(reason) => return Err(error::node_fails(&node, &reason)),
        }
    }
    Ok(())
}

/// What [`TOPOLOGY`] tells.
fn topology(client: &SpiClient<'_>) -> Result<(bool, bool, Vec<String>), ErrorReport> {
    let topology = spi::select(client, TOPOLOGY, Some(1), &[], |row| {
        let is = |column| row.get::<bool>(column).map(|is| is == Some(true));
        Ok((is(1)?, is(2)?, row.get::<Vec<String>>(3)?.unwrap_or_default()))
    });
    Ok(topology.map_err(error::statement)?.into_iter().next().unwrap_or_default())
}

/// The nodes, the coordinator first.
///
/// # Errors
/// Those of the statement, here and below.
pub(super) fn nodes(client: &SpiClient<'_>) -> Result<Vec<Node>, ErrorReport> {
    let nodes = spi::select(client, NODES, None, &[], |row| {
        let has_shards = row.get(3)?.unwrap_or(false);
        let place = row.get(1)?.zip(row.get(2)?);
        Ok(place.map(|(name, port)| Node { name, port, has_shards }))
    });
    Ok(nodes.map_err(error::statement)?.into_iter().flatten().collect())
}

/// A node that was added after tables were copied to all, and has no copies yet.
pub(super) fn node_without_copies(client: &SpiClient<'_>) -> SpiResult<Option<String>> {
    let nodes = spi::select(client, WITHOUT_COPIES, Some(1), &[], |row| row.get::<String>(1))?;
    Ok(nodes.into_iter().flatten().next())
}

/// Runs a statement on all nodes, each in a transaction of its own.
pub(super) fn on_all(client: &mut SpiClient<'_>, sql: &str) -> Result<Vec<Answer>, ErrorReport> {
    answers(client, ON_ALL, &[sql.into()])
}

/// Runs a statement on all nodes but the coordinator, each in a transaction of its own.
pub(super) fn on_others(client: &mut SpiClient<'_>, sql: &str) -> Result<Vec<Answer>, ErrorReport> {
    answers(client, ON_OTHERS, &[sql.into()])
}

/// Runs a statement on all nodes but the coordinator, each in a transaction of its own.
///
/// # Errors
/// Where a node cannot carry it out; those of the statement.
pub(super) fn change_others(client: &mut SpiClient<'_>, sql: &str) -> Result<(), ErrorReport> {
    for Answer { node, result } in on_others(client, sql)? {
        result.map_err(|reason| error::node_fails(&node, &reason))?;
    }
    Ok(())
}

/// Runs on all nodes but the coordinator the statements that a query returns here as one text, such as what makes relations
/// there as they are here. Citus takes no part in it, and who reads a relation there in a long transaction is not waited for.
///
/// # Errors
/// As above.
pub(super) fn align_others(client: &mut SpiClient<'_>, query: &str) -> Result<(), ErrorReport> {
    let statements = spi::update(client, query, Some(1), &[], |row| row.get::<String>(1));
    match statements.map_err(error::statement)?.into_iter().flatten().next() {
        Some(statements) => change_others(client, &fill(ALIGN, &[("statements", &*statements)])),
        None => Ok(()),
    }
}

/// Runs a statement on each of these nodes, each in a transaction of its own. The answers are in the order of the nodes.
pub(super) fn on_each(
    client: &mut SpiClient<'_>,
    statements: &[(Node, String)],
) -> Result<Vec<Answer>, ErrorReport> {
    let names: Vec<_> = statements.iter().map(|(node, _)| node.name.clone()).collect();
    let ports: Vec<_> = statements.iter().map(|(node, _)| node.port).collect();
    let commands: Vec<_> = statements.iter().map(|(_, sql)| sql.clone()).collect();
    answers(client, ON_EACH, &[names.into(), ports.into(), commands.into()])
}

fn answers(
    client: &mut SpiClient<'_>,
    sql: &str,
    arguments: &[DatumWithOid<'_>],
) -> Result<Vec<Answer>, ErrorReport> {
    let answers = spi::update(client, sql, None, arguments, |row| {
        let result = row.get::<String>(3)?.unwrap_or_default();
        let result = if row.get(2)? == Some(true) { Ok(result) } else { Err(result) };
        Ok(row.get(1)?.map(|node| Answer { node, result }))
    });
    Ok(answers.map_err(error::statement)?.into_iter().flatten().collect())
}

/// A literal of text, or NULL.
pub(super) fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "NULL".to_owned(), literal)
}
