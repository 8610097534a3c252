//! Distributes the tables of the library.

use std::ffi::CStr;

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::citus;
use super::writing::changing_tables;
use super::{additions, empty_nodes, file_keys, index_copies, numbers, obstacles};
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::sql::{fill, literal};
use crate::pg::{guc, lock, role, spi};

/// A table, and how many rows were moved; none where it was distributed before.
pub(crate) struct Moved {
    pub(crate) table: &'static str,
    pub(crate) rows: i64,
}

/// The tables, each with how it is distributed. The first decides where contents lie.
fn tables(files: Files) -> [(&'static CStr, How); 6] {
    [
        (MUSIC, How::ByContent),
        (c"musical_search", How::BesideMusic),
        (c"midi_contents", How::BesideMusic),
        (c"midi_parts_library", How::BesideMusic),
        (FILES, if files == Files::BesideMusic { How::BesideMusic } else { How::OnAllNodes }),
        (c"midi_import_errors", How::ById),
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

/// How a table is distributed.
#[derive(Clone, Copy, Debug)]
enum How {
    OnAllNodes,
    ByContent,
    BesideMusic,
    ById,
}

impl How {
    /// The call of Citus: with the table with its schema for `@table@`, that of the music for `@music@`, and a number of
    /// shards for `@shards@`.
    fn call(self) -> &'static str {
        match self {
            Self::OnAllNodes => "create_reference_table(@table@)",
            Self::ByContent => {
                "create_distributed_table(@table@, 'content_hash', shard_count => @shards@, colocate_with => 'none')"
            }
            Self::BesideMusic => {
                "create_distributed_table(@table@, 'content_hash', colocate_with => @music@)"
            }
            Self::ById => {
                "create_distributed_table(@table@, 'id', shard_count => @shards@, colocate_with => 'none')"
            }
        }
    }

    /// The column whose hash tells where a row lies; none where each node has them all.
    fn column(self) -> Option<&'static str> {
        match self {
            Self::OnAllNodes => None,
            Self::ByContent | Self::BesideMusic => Some("content_hash"),
            Self::ById => Some("id"),
        }
    }
}

/// The owners of the relations $2 in the schema $1, whether the caller has the rights of each, and those that are no
/// superusers.
const OWNERS: &str = "
    SELECT DISTINCT c.relowner, pg_has_role(c.relowner, 'USAGE'), CASE WHEN NOT r.rolsuper THEN r.rolname::text END
    FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
    WHERE c.relnamespace = $1 AND c.relname = ANY ($2)";

/// What tells which indexes the tables have, with statements that are executed.
const INDEXES: &CStr = c"midi_index_profiles";

/// The most shards of a table that Citus takes.
const MOST_SHARDS: i32 = 64_000;

/// Distributes the tables that are not yet, over `shards` shards, or two for each node that holds some; the rows of files to
/// all nodes, or else to where their music lies. All of it is done or nothing.
///
/// # Errors
/// Where the caller does not own the tables, or no superuser does; where Citus is missing or too old; where a node is away or
/// has another version of the extension, or rows of its own; where an object of one's own is in the way; where the transaction
/// has done something before; where the rows of files lie otherwise; where rows are lost; those of the statements.
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
    let new = tables(files).into_iter().filter(|(table, _)| undistributed.contains(table));
    let new: Vec<_> = new.map(|(table, how)| (table, how.column())).collect();
    obstacles::require_none(client, schema, &new)?;
    empty_nodes::require(client, schema, &undistributed)?;
    lock::hold_off_all_additions();
    additions::align(client)?;
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
    numbers::give(client, schema)?;
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
        let owner = row.get::<Oid>(1)?.unwrap_or(Oid::INVALID);
        Ok((owner, row.get(2)? == Some(true), row.get::<String>(3)?))
    });
    match &owners.map_err(error::statement)?[..] {
        [(_, false, _)] => Err(error::distributes_tables_of_another()),
        // On the nodes, tables and their numbers are made and changed as a superuser.
        [(_, true, Some(owner))] => Err(error::owner_is_no_superuser(owner)),
        [(owner, true, None)] => Ok(*owner),
        _ => Err(error::several_owners()),
    }
}

/// Distributes a table, unless it is, and checks that all rows have arrived.
fn move_rows(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    (table, how): (&'static CStr, How),
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
        run(client, &fill(how.call(), &parts))?;
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
