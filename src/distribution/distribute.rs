//! Distributes the tables of the library.

use std::ffi::CStr;

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::citus::{self, Answer};
use super::writing::changing_tables;
use super::{empty_nodes, file_keys, index_copies};
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::sql::{fill, literal};
use crate::pg::{guc, lock, role, spi};

/// A table, and how many rows were moved; none where it was distributed before.
pub(crate) struct Moved {
    pub(crate) table: &'static str,
    pub(crate) rows: i64,
}

/// The tables, each with how it is distributed. A number of shards is put in for `@shards@`, the table with its schema for
/// `@table@`. The first decides where contents lie.
fn tables(files: Files) -> [(&'static CStr, &'static str); 6] {
    [
        (MUSIC, BY_CONTENT),
        (c"musical_search", BESIDE_MUSIC),
        (c"midi_contents", BESIDE_MUSIC),
        (c"midi_parts_library", BESIDE_MUSIC),
        (FILES, if files == Files::BesideMusic { BESIDE_MUSIC } else { ON_ALL_NODES }),
        (c"midi_import_errors", BY_ID),
    ]
}

const MUSIC: &CStr = c"musical_metadata";
const FILES: &CStr = c"midi_files";

/// Where the rows of files lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Files {
    OnAllNodes,
    BesideMusic,
}

const ON_ALL_NODES: &str = "create_reference_table(@table@)";
const BY_CONTENT: &str = "create_distributed_table(
    @table@, 'content_hash', shard_count => @shards@, colocate_with => 'none')";
const BESIDE_MUSIC: &str =
    "create_distributed_table(@table@, 'content_hash', colocate_with => @music@)";
const BY_ID: &str = "create_distributed_table(
    @table@, 'id', shard_count => @shards@, colocate_with => 'none')";

/// The owners of the relations $2 in the schema $1, and whether the caller has the rights of each.
const OWNERS: &str = "
    SELECT DISTINCT relowner, pg_has_role(relowner, 'USAGE') FROM pg_class
    WHERE relnamespace = $1 AND relname = ANY ($2)";

/// What tells which indexes the tables have, with statements that are executed.
const INDEXES: &CStr = c"midi_index_profiles";

/// Lets a node give the numbers that start with that of its group, so that no two nodes give the same; to jobs those of a
/// million. None is given twice: not even that of a sequence that was set and has given none yet.
const OWN_NUMBERS: &str = "SELECT ARRAY[@set@] FROM pg_dist_local_group g WHERE g.groupid > 0";
const SET: &str = "setval(@literal@, greatest(@first@, (SELECT last_value + is_called::integer FROM @name@)), false)";

/// The sequences, each with the first number of a node.
const SEQUENCES: [(&str, &str); 3] = [
    ("midi_files_id_seq", "(g.groupid::bigint << 48) + 1"),
    ("midi_import_errors_id_seq", "(g.groupid::bigint << 48) + 1"),
    ("midi_import_jobs_id_seq", "g.groupid * 1000000::bigint + 1"),
];

/// The most shards of a table that Citus takes.
const MOST_SHARDS: i32 = 64_000;

/// Distributes the tables that are not yet, over `shards` shards, or two for each node that holds some; the rows of files to
/// all nodes, or else to where their music lies. All of it is done or nothing.
///
/// # Errors
/// Where the caller does not own the tables; where Citus is missing or too old; where a node is away or has another version
/// of the extension, or rows of its own; where the transaction has done something before; where the rows of files lie
/// otherwise; where rows are lost; those of the statements.
pub(crate) fn distribute(
    shards: Option<i32>,
    replicates_files: Option<bool>,
    schema: &Schema,
) -> Result<Vec<Moved>, ErrorReport> {
    if let Some(shards) = shards.filter(|shards| !(1..=MOST_SHARDS).contains(shards)) {
        return Err(error::number_of_shards(shards, MOST_SHARDS));
    }
    role::with_pinned_path(|| {
        Spi::connect_mut(|client| {
            let owner = owner(client, schema)?;
            // What the tables run is the owner's.
            role::with_rights_of(owner, || distribute_all(client, schema, shards, replicates_files))
        })
    })
}

fn distribute_all(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    shards: Option<i32>,
    replicates_files: Option<bool>,
) -> Result<Vec<Moved>, ErrorReport> {
    citus::require(client)?;
    citus::require_no_other_work(client)?;
    citus::require_cluster(client, schema)?;
    let holders = citus::nodes(client)?.iter().filter(|node| node.has_shards).count();
    if holders == 0 {
        return Err(error::no_node_for_shards());
    }
    let undistributed = undistributed(client, schema)?;
    if shards.is_some() && !undistributed.contains(&MUSIC) {
        error::has_shards_already().report(PgLogLevel::NOTICE);
    }
    let shards = shards.unwrap_or(2 * holders as i32);
    if let Some(node) = citus::node_without_copies(client).map_err(error::statement)? {
        return Err(error::node_without_copies(&node));
    }
    let files = place_of_files(client, schema, replicates_files)?;
    empty_nodes::require(client, schema, &undistributed)?;
    lock::hold_off_all_additions();
    index_copies::align(client, schema)?;
    let moved = changing_tables(|| {
        file_keys::align(client, schema, files == Files::BesideMusic)?;
        guc::with_settings(|settings| {
            // The notices tell how to remove the rows that are left behind, which is done here.
            settings.set(c"client_min_messages", c"warning");
            let tables = tables(files).into_iter();
            let moved = tables.map(|table| move_rows(client, schema, table, shards));
            moved.collect::<Result<Vec<_>, _>>()
        })
    })?;
    give_own_numbers(client, schema)?;
    Ok(moved)
}

/// The tables that are not distributed yet.
fn undistributed(
    client: &SpiClient<'_>,
    schema: &Schema,
) -> Result<Vec<&'static CStr>, ErrorReport> {
    let mut undistributed = Vec::new();
    for (table, _) in tables(Files::OnAllNodes) {
        if citus::has_shards(client, schema, table).map_err(error::statement)?.is_none() {
            undistributed.push(table);
        }
    }
    Ok(undistributed)
}

/// Where the rows of files are to lie: where they do, or else where it is said.
fn place_of_files(
    client: &SpiClient<'_>,
    schema: &Schema,
    replicates: Option<bool>,
) -> Result<Files, ErrorReport> {
    let is_replicated = citus::has_shards(client, schema, FILES).map_err(error::statement)?;
    let is_replicated = is_replicated.map(|has_shards| !has_shards);
    match (is_replicated, replicates) {
        (Some(is), Some(wanted)) if is != wanted => Err(error::files_lie_otherwise(is)),
        (is, wanted) if is.or(wanted) == Some(false) => Ok(Files::BesideMusic),
        _ => Ok(Files::OnAllNodes),
    }
}

/// The owner of the tables, whose rights the caller must have.
fn owner(client: &SpiClient<'_>, schema: &Schema) -> Result<Oid, ErrorReport> {
    let tables = tables(Files::OnAllNodes).map(|(table, _)| table);
    let names =
        tables.iter().chain(&[INDEXES]).map(|name| Some(name.to_string_lossy().into_owned()));
    let names: Vec<_> = names.collect();
    let arguments = [schema.oid().into(), names.into()];
    let owners = spi::select(client, OWNERS, None, &arguments, |row| {
        Ok((row.get::<Oid>(1)?.unwrap_or(Oid::INVALID), row.get(2)? == Some(true)))
    });
    match owners.map_err(error::statement)?[..] {
        [(owner, true)] => Ok(owner),
        [(_, false)] => Err(error::distributes_tables_of_another()),
        _ => Err(error::several_owners()),
    }
}

/// Distributes a table, unless it is, and checks that all rows have arrived.
fn move_rows(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    (table, how): (&'static CStr, &str),
    shards: i32,
) -> Result<Moved, ErrorReport> {
    let is_distributed = citus::has_shards(client, schema, table).map_err(error::statement)?;
    // The names are ASCII.
    let [table, music] = [table, MUSIC].map(|name| name.to_str().unwrap_or_default());
    if is_distributed.is_some() {
        return Ok(Moved { table, rows: 0 });
    }
    let [name, music] = [table, music].map(|table| literal(&schema.dot(table)));
    let shards = shards.to_string();
    let parts = [("table", &*name), ("music", &*music), ("shards", &*shards)];
    let moved = (|| -> SpiResult<_> {
        let before = count(client, schema, table)?;
        run(client, &fill(how, &parts))?;
        let after = count(client, schema, table)?;
        run(client, &fill("truncate_local_data_after_distributing_table(@table@)", &parts))?;
        Ok((before, after))
    })();
    let (before, after) = moved.map_err(error::statement)?;
    if before == after {
        Ok(Moved { table, rows: before })
    } else {
        Err(error::rows_are_lost(table, before, after))
    }
}

fn count(client: &SpiClient<'_>, schema: &Schema, table: &str) -> SpiResult<i64> {
    let sql = format!("SELECT count(*) FROM {}", schema.dot(table));
    let counts = spi::select(client, &sql, Some(1), &[], |row| row.get::<i64>(1))?;
    Ok(counts.into_iter().flatten().next().unwrap_or_default())
}

/// Calls a function of Citus, given as SQL.
fn run(client: &mut SpiClient<'_>, call: &str) -> SpiResult<()> {
    client.update(&*format!("SELECT {call}"), None, &[]).map(drop)
}

/// Lets each node give numbers of its own to files, problems and jobs.
fn give_own_numbers(client: &mut SpiClient<'_>, schema: &Schema) -> Result<(), ErrorReport> {
    let set = SEQUENCES.map(|(sequence, first)| {
        let name = schema.dot(sequence);
        fill(SET, &[("literal", &*literal(&name)), ("first", first), ("name", &*name)])
    });
    let sql = fill(OWN_NUMBERS, &[("set", &*set.join(", "))]);
    for Answer { node, result } in citus::on_all(client, &sql)? {
        result.map_err(|reason| error::node_fails(&node, &reason))?;
    }
    Ok(())
}
