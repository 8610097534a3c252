//! Imports on several nodes: a job on each, which takes its part of the files. Which part a file belongs to is told by its
//! path alone, so the nodes need not agree on anything while they work, and one that is down holds up its own part only.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use super::citus::{self, Answer, Node};
use crate::pg::caller::Schema;
use crate::pg::sql::{fill, literal};
use crate::pg::{role, spi};
use crate::{error, settings};

/// Starts a part of an import on a node.
const START: &str =
    "SELECT @schema@.midi_import_part(@source@, @part@, @of@, @workers@, @depth@, @settings@)";
const CANCEL: &str = "SELECT @schema@.midi_import_cancel(@job@)";

/// The jobs of each node that the caller may see, those of imports in parts alone.
const PROGRESS: &str = "
    SELECT p.node, j.job, j.source, COALESCE(j.state, 'unknown'), j.found, j.done, j.imported, j.duplicate, j.unchanged,
           j.failed, j.skipped, j.vanished, CASE WHEN p.success THEN j.error ELSE p.result END
    FROM (
        SELECT format('%s:%s', n.nodename, n.nodeport) AS node, n.groupid, c.success, c.result
        FROM run_command_on_all_nodes($1) c JOIN pg_dist_node n ON n.nodeid = c.nodeid
    ) AS p
    LEFT JOIN LATERAL jsonb_to_recordset(CASE WHEN p.success THEN p.result::jsonb ELSE '[]' END) AS j (
        job bigint, source text, state text, found bigint, done bigint, imported bigint, duplicate bigint,
        unchanged bigint, failed bigint, skipped bigint, vanished bigint, error text) ON true
    WHERE j.job IS NOT NULL OR NOT p.success
    ORDER BY j.job, p.groupid";
/// The same without nodes.
const LOCAL: &str = "
    SELECT NULL::text, j.job, j.source, j.state, j.found, j.done, j.imported, j.duplicate, j.unchanged, j.failed,
           j.skipped, j.vanished, j.error
    FROM @schema@.midi_import_progress j ORDER BY j.job";
const JOBS: &str =
    "SELECT COALESCE(jsonb_agg(to_jsonb(p)), '[]') FROM @schema@.midi_import_progress p";

/// Whether a node has a worker, which shows by its lock (`pg::lock`).
const WORKERS: &str = "
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) l.database
        WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.objsubid OPERATOR(pg_catalog.=) 19785::pg_catalog.int2
          AND l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock' AND l.granted)";

/// A part of an import.
pub(crate) struct NodeJob {
    pub(crate) node: String,
    pub(crate) part: i32,
    pub(crate) job: i64,
}

/// A job of a node; only the node and the error where it does not answer.
pub(crate) struct Progress {
    /// `None` without Citus.
    pub(crate) node: Option<String>,
    pub(crate) job: Option<i64>,
    pub(crate) source: Option<String>,
    pub(crate) state: String,
    /// Found, done, imported, duplicate, unchanged, failed, skipped and vanished files.
    pub(crate) counts: [Option<i64>; 8],
    pub(crate) error: Option<String>,
}

/// Starts an import of `source` in parts, one on each of these nodes, or on all; with `workers` on each.
///
/// # Errors
/// Where Citus is missing or too old, or the library is not distributed, or there is no such node; where a part cannot be
/// started, in which case those that were are cancelled.
pub(crate) fn import(
    source: &str,
    workers: i32,
    nodes: Option<&[String]>,
    depth: Option<&str>,
    schema: &Schema,
) -> Result<Vec<NodeJob>, ErrorReport> {
    role::with_pinned_path(|| {
        Spi::connect_mut(|client| {
            citus::require(client)?;
            if !citus::is_distributed(client, schema).map_err(error::statement)? {
                return Err(error::not_distributed());
            }
            let nodes = chosen(citus::nodes(client)?, nodes)?;
            let of = nodes.len().to_string();
            let settings = literal(&settings::recorded(None).to_string());
            let start = |(number, node): (usize, Node)| {
                let parts = [
                    ("schema", schema.quoted()),
                    ("source", &*literal(source)),
                    ("part", &*(number + 1).to_string()),
                    ("of", &*of),
                    ("workers", &*workers.to_string()),
                    ("depth", &*citus::optional(depth)),
                    ("settings", &*settings),
                ];
                (node, fill(START, &parts))
            };
            let statements: Vec<_> = nodes.into_iter().enumerate().map(start).collect();
            started(client, schema, &statements)
        })
    })
}

/// The nodes of these names, in the order of the nodes; all without names.
fn chosen(nodes: Vec<Node>, names: Option<&[String]>) -> Result<Vec<Node>, ErrorReport> {
    let Some(names) = names else { return Ok(nodes) };
    let shown: Vec<_> = nodes.iter().map(Node::shown).collect();
    match names.iter().find(|name| !shown.contains(name)) {
        Some(unknown) => Err(error::no_such_node(unknown, &shown)),
        None if names.is_empty() => Err(error::no_node_chosen()),
        None => Ok(nodes.into_iter().filter(|node| names.contains(&node.shown())).collect()),
    }
}

/// Starts the parts, all or none.
fn started(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    statements: &[(Node, String)],
) -> Result<Vec<NodeJob>, ErrorReport> {
    let (mut jobs, mut refused) = (Vec::new(), None);
    for ((number, (node, _)), Answer { node: name, result }) in
        statements.iter().enumerate().zip(citus::on_each(client, statements)?)
    {
        match result.map(|job| job.parse::<i64>()) {
            Ok(Ok(job)) => {
                let part = number as i32 + 1;
                jobs.push((node.clone(), NodeJob { node: name, part, job }));
            }
            Ok(Err(_)) => refused = Some(error::node_fails(&name, "it gave no job")),
            Err(reason) => refused = Some(error::node_fails(&name, &reason)),
        }
    }
    let Some(refused) = refused else { return Ok(jobs.into_iter().map(|(_, job)| job).collect()) };
    let cancel = |(node, job): &(Node, NodeJob)| {
        let job = job.job.to_string();
        (node.clone(), fill(CANCEL, &[("schema", schema.quoted()), ("job", &*job)]))
    };
    let cancels: Vec<_> = jobs.iter().map(cancel).collect();
    citus::on_each(client, &cancels)?;
    Err(refused)
}

/// A node on which a job has a worker; none where the library is not distributed.
///
/// # Errors
/// Those of the statement.
pub(crate) fn importing_node(
    client: &mut SpiClient<'_>,
    schema: &Schema,
) -> Result<Option<String>, ErrorReport> {
    if !citus::is_distributed(client, schema).map_err(error::statement)? {
        return Ok(None);
    }
    for Answer { node, result } in role::with_pinned_path(|| citus::on_all(client, WORKERS))? {
        match result.map_err(|reason| error::node_fails(&node, &reason))?.as_str() {
            "f" => (),
            _ => return Ok(Some(node)),
        }
    }
    Ok(None)
}

/// The jobs that the caller may see of all nodes, or of this one where there is no Citus.
///
/// # Errors
/// Those of the statements.
pub(crate) fn progress(schema: &Schema) -> Result<Vec<Progress>, ErrorReport> {
    role::with_pinned_path(|| {
        Spi::connect(|client| {
            let [jobs, local] = [JOBS, LOCAL].map(|sql| fill(sql, &[("schema", schema.quoted())]));
            let (sql, arguments) = match citus::is_installed() {
                true => (PROGRESS, vec![jobs.into()]),
                false => (&*local, Vec::new()),
            };
            let rows = spi::select(client, sql, None, &arguments, |row| {
                let mut counts = [None; 8];
                for (place, count) in counts.iter_mut().enumerate() {
                    *count = row.get(place + 5)?;
                }
                Ok(Progress {
                    node: row.get(1)?,
                    job: row.get(2)?,
                    source: row.get(3)?,
                    state: row.get(4)?.unwrap_or_default(),
                    counts,
                    error: row.get(13)?,
                })
            });
            rows.map_err(error::statement)
        })
    })
}
