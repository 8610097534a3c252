//! `midi_distribute`, `midi_placements`, `midi_import_on_nodes`, `midi_import_part`, `midi_node_imports`: a library on
//! several machines.

use pgrx::datum::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::access;
use crate::distribution;
use crate::error::{self, given};
use crate::import::Portion;
use crate::jobs;
use crate::pg::caller::Caller;
use crate::pg::transaction;
use crate::settings::{self, Depth};

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_distribute(
    shards: default!(Option<i32>, "NULL"),
    replicate_files: default!(Option<bool>, "NULL"),
    caller: Caller<'_>,
) -> Result<
    TableIterator<'static, (name!(table_name, &'static str), name!(rows_moved, i64))>,
    ErrorReport,
> {
    transaction::require_writable(c"midi_distribute()");
    let moved = distribution::distribute(shards, replicate_files, &caller.schema())?;
    Ok(TableIterator::new(moved.into_iter().map(|moved| (moved.table, moved.rows))))
}

#[pg_extern(volatile, parallel_restricted, requires = ["tables"])]
fn midi_placements(
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(table_name, String),
            name!(kind, String),
            name!(distributed_by, Option<String>),
            name!(node, Option<String>),
            name!(shards, Option<i64>),
            name!(bytes, Option<i64>),
        ),
    >,
    ErrorReport,
> {
    let placements = distribution::placements(&caller.schema())?;
    Ok(TableIterator::new(placements.into_iter().map(|placement| {
        let distribution::Placement { table, kind, distributed_by, node, shards, bytes } =
            placement;
        (table, kind, distributed_by, node, shards, bytes)
    })))
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_import_on_nodes(
    source: Option<&str>,
    workers: default!(Option<i32>, 1),
    nodes: default!(Option<Array<'_, &str>>, "NULL"),
    depth: default!(Option<&str>, "NULL"),
    caller: Caller<'_>,
) -> Result<
    TableIterator<'static, (name!(node, String), name!(part, i32), name!(job, i64))>,
    ErrorReport,
> {
    transaction::require_writable(c"midi_import_on_nodes()");
    let (source, workers) = (given(source, "source")?, given(workers, "workers")?);
    let nodes = nodes.map(|nodes| names(&nodes)).transpose()?;
    access::require_absolute(source)?;
    jobs::check_workers(workers)?;
    depth.map(Depth::of).transpose()?;
    let started = distribution::import(source, workers, nodes.as_deref(), depth, &caller.schema())?;
    Ok(TableIterator::new(started.into_iter().map(|part| (part.node, part.part, part.job))))
}

/// The names of nodes.
///
/// # Errors
/// If one is NULL, or there are more than any cluster has.
fn names(nodes: &Array<'_, &str>) -> Result<Vec<String>, ErrorReport> {
    error::check_number_of_nodes(nodes.len())?;
    let named = nodes.iter().map(|name| name.map(str::to_owned)).collect();
    given(named, "nodes")
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_import_part(
    source: Option<&str>,
    part: Option<i32>,
    of: Option<i32>,
    workers: default!(Option<i32>, 1),
    depth: default!(Option<&str>, "NULL"),
    settings: default!(Option<JsonB>, "NULL"),
) -> Result<i64, ErrorReport> {
    transaction::require_writable(c"midi_import_part()");
    let (source, workers) = (given(source, "source")?, given(workers, "workers")?);
    let (part, of) = (given(part, "part")?, given(of, "of")?);
    let depth = depth.map(Depth::of).transpose()?;
    let portion = Portion::new(part, of)?;
    let start = || jobs::start(Some(source), depth, workers, false, portion);
    match settings {
        Some(settings) => settings::with(&settings.0, start),
        None => start(),
    }
}

#[pg_extern(volatile, parallel_restricted, requires = ["tables"])]
fn midi_node_imports(
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(node, Option<String>),
            name!(job, Option<i64>),
            name!(source, Option<String>),
            name!(state, String),
            name!(found, Option<i64>),
            name!(done, Option<i64>),
            name!(imported, Option<i64>),
            name!(duplicate, Option<i64>),
            name!(unchanged, Option<i64>),
            name!(failed, Option<i64>),
            name!(skipped, Option<i64>),
            name!(vanished, Option<i64>),
            name!(error, Option<String>),
        ),
    >,
    ErrorReport,
> {
    let jobs = distribution::progress(&caller.schema())?;
    Ok(TableIterator::new(jobs.into_iter().map(|job| {
        let [found, done, imported, duplicate, unchanged, failed, skipped, vanished] = job.counts;
        (
            job.node, job.job, job.source, job.state, found, done, imported, duplicate, unchanged,
            failed, skipped, vanished, job.error,
        )
    })))
}
