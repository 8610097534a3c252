//! A library on several machines.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::in_line;

fn not_ready(message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        message.into(),
        "distribution",
    )
    .set_hint(hint.into())
}

fn invalid(message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        message.into(),
        "distribution",
    )
    .set_hint(hint.into())
}

/// The error for a database without Citus.
pub(crate) fn without_citus() -> ErrorReport {
    not_ready(
        "this database does not have the extension citus",
        "Add citus to shared_preload_libraries on each node, restart, and run CREATE EXTENSION citus there.",
    )
}

/// The error for a version of Citus that is not supported.
pub(crate) fn old_citus(version: i32, oldest: i32) -> ErrorReport {
    not_ready(format!("Citus {version} is too old"), format!("Citus {oldest} or later is needed."))
}

/// The error for a node that cannot distribute tables.
pub(crate) fn not_the_coordinator() -> ErrorReport {
    not_ready("this node is not the coordinator", "Connect to the coordinator.")
}

/// The error for a coordinator that the other nodes cannot reach.
pub(crate) fn coordinator_without_name() -> ErrorReport {
    not_ready(
        "the coordinator is not among the nodes",
        "Run SELECT citus_set_coordinator_host('name', port) with a name under which the other nodes reach it.",
    )
}

/// The error for a node that does not take part.
pub(crate) fn node_is_away(node: &str) -> ErrorReport {
    not_ready(
        format!("node {} is not active, or lacks metadata", in_line(node)),
        "SELECT * FROM pg_dist_node shows the nodes; citus_activate_node(name, port) lets one take part.",
    )
}

/// The error for distributing in a transaction that has done something else before.
pub(crate) fn distributes_after_other_work() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION,
        "midi_distribute() must be the first statement of its transaction",
        "distribution",
    )
    .set_hint("Commit what was done before.")
}

/// The notice that a number of shards was given for a library that has some.
pub(crate) fn has_shards_already() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
        "the library is distributed already: its number of shards stays as it is",
        "distribution",
    )
}

/// The error for a node that has rows of its own.
pub(crate) fn node_has_rows(node: &str) -> ErrorReport {
    not_ready(
        format!("node {} has a library of its own", in_line(node)),
        "Dump it if it is wanted, empty its tables there, for example with TRUNCATE, and import it after this.",
    )
}

/// The error for an object of one's own that a distributed table cannot have.
pub(crate) fn obstacle(object: &str) -> ErrorReport {
    not_ready(
        format!("{} is in the way", in_line(object)),
        "Drop it, and create it again after midi_distribute() if Citus allows such a one.",
    )
}

/// The error for rows of files that are to lie otherwise than they do.
pub(crate) fn files_lie_otherwise(is_replicated: bool) -> ErrorReport {
    let (is, other) = match is_replicated {
        true => ("on all nodes", "replicate_files => false"),
        false => ("beside their music", "replicate_files => true"),
    };
    not_ready(
        format!("the rows of midi_files lie {is}"),
        format!(
            "Dump the library, restore it into a new one, and run midi_distribute({other}) there."
        ),
    )
}

/// The error for a node that was added later.
pub(crate) fn node_without_copies(node: &str) -> ErrorReport {
    not_ready(
        format!("node {} does not have the tables yet that each node has", in_line(node)),
        "Run SELECT replicate_reference_tables() first. It cannot be a part of this: it waits for all transactions.",
    )
}

/// The error for an import on a node that was added and not yet given what the others have.
pub(crate) fn node_is_new() -> ErrorReport {
    not_ready(
        "this node was added to the library and does not take part in imports yet",
        "Run SELECT * FROM midi_distribute() on the coordinator.",
    )
}

/// The error for a node with another version of the extension.
pub(crate) fn node_of_another_version(node: &str, other: &str, version: &str) -> ErrorReport {
    let [node, other] = [node, other].map(in_line);
    not_ready(
        format!("node {node} has midi_pipeline {other}, and this one {version}"),
        "Install the same version on all nodes, and connect again.",
    )
}

/// The error for a node on which a statement failed.
pub(crate) fn node_fails(node: &str, reason: &str) -> ErrorReport {
    // What a node answers with begins so; else it has not been reached.
    let (reason, hint) = match reason.strip_prefix("ERROR:") {
        Some(refusal) => (refusal.trim_start(), "The log of that node says more."),
        None => (
            reason,
            "SELECT * FROM citus_check_cluster_node_health() shows which nodes reach each other.",
        ),
    };
    not_ready(format!("node {}: {}", in_line(node), in_line(reason)), hint)
}

/// The error where no node may hold shards.
pub(crate) fn no_node_for_shards() -> ErrorReport {
    not_ready(
        "no node may hold shards",
        "Add one with citus_add_node(name, port), or let the coordinator hold some with \
         citus_set_node_property(name, port, 'shouldhaveshards', true).",
    )
}

/// The error for a number of shards that a table cannot have.
pub(crate) fn number_of_shards(shards: i32, most: i32) -> ErrorReport {
    invalid(
        format!("a table cannot have {shards} shards"),
        format!("Give 1 to {most}. Two for each node are enough."),
    )
}

/// The error for a table of the library that somebody has made a partitioned one.
pub(crate) fn partitioned_table(table: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        format!("table {table} is partitioned"),
        "distribution",
    )
    .set_detail("Dumps would leave out its rows, and its indexes could not be dropped and created by their profiles.")
    .set_hint("One machine needs no partitions. midi_distribute() spreads a library over several.")
}

/// The error for a role that would distribute the tables of another.
pub(crate) fn distributes_tables_of_another() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        "must be owner of the library's tables to distribute them",
        "distribution",
    )
    .set_hint("Ask the role that owns midi_files to do it, or for membership in it.")
}

/// The error for tables of a role that cannot change them on the nodes.
pub(crate) fn owner_is_no_superuser(owner: &str) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        format!("the library's tables belong to {}, which is no superuser", in_line(owner)),
        "distribution",
    )
    .set_hint(
        "What they need on the nodes, a superuser alone can do. Give them to one while this runs, on all nodes that have \
         them, with ALTER TABLE ... OWNER TO ...",
    )
}

/// The error for an import on the nodes of a library that is on this one.
pub(crate) fn not_distributed() -> ErrorReport {
    not_ready(
        "the library is not distributed: each node would make one of its own",
        "Run SELECT * FROM midi_distribute() first, or import with midi_import_start().",
    )
}

/// The error for tables of several owners.
pub(crate) fn several_owners() -> ErrorReport {
    not_ready(
        "the library's tables and the view midi_index_profiles have several owners",
        "Give them one with ALTER TABLE ... OWNER TO ...",
    )
}

/// The error for rows that are not there after a table was distributed. Nothing of it is kept.
pub(crate) fn rows_are_lost(table: &str, before: i64, after: i64) -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_DATA_CORRUPTED,
        format!("table {table} had {before} rows, and {after} after it was distributed"),
        "distribution",
    )
    .set_hint("Nothing was changed. Run it while nothing else writes to the library.")
}

/// The error for a node that Citus does not know.
pub(crate) fn no_such_node(name: &str, nodes: &[String]) -> ErrorReport {
    invalid(
        format!("there is no node {}", in_line(name)),
        format!("The nodes are {}.", in_line(&nodes.join(", "))),
    )
}

/// Checks a number of nodes.
///
/// # Errors
/// `ERRCODE_PROGRAM_LIMIT_EXCEEDED`.
pub(crate) fn check_number_of_nodes(number: usize) -> Result<(), ErrorReport> {
    const MOST: usize = 1_000;
    if number <= MOST {
        return Ok(());
    }
    Err(ErrorReport::new(
        PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        format!("{number} nodes were given"),
        "distribution",
    )
    .set_hint(format!("Give at most {MOST}, or leave out nodes to import on all of them.")))
}

/// The error for an import on no node.
pub(crate) fn no_node_chosen() -> ErrorReport {
    invalid("no node was given", "Leave out nodes to import on all of them.")
}

/// The error for a part that does not exist.
pub(crate) fn no_such_portion(part: i32, of: i32) -> ErrorReport {
    invalid(
        format!("there is no part {part} of {of}"),
        "Give part => 1 to the first import, and each further one the next number, up to the number of all.",
    )
}

/// The error for an import in a transaction with one snapshot, in a library that other nodes write to.
pub(crate) fn writes_nodes_in_one_snapshot() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        "a distributed library cannot be written to in a transaction with one snapshot",
        "distribution",
    )
    .set_hint("Use the isolation level READ COMMITTED.")
}
