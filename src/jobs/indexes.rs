//! Secondary indexes, which a job drops on request and recreates at its end. Rows are inserted several
//! times as fast without them, and building an index at once takes less time than inserting row by row.
//!
//! Only the indexes of `midi_index_profiles` are dropped, and only if they are defined as in that list,
//! because they are recreated from it. The settings of each (tablespace, options, statistics targets,
//! comment) are stored with the job, as data, in the transaction that drops it, and removed in the one that
//! recreates it. So a crash loses no index. Both are done with the rights of the table's owner.

use std::ffi::CString;

use pgrx::datum::JsonB;
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use serde_json::Value;

use super::index_statements::{DEFER, DEFERRED, INDEXES, OWNERS, OWNS_TABLES, REBUILD};
use super::job::Job;
use super::store::JobStore;
use crate::distribution;
use crate::error;
use crate::pg::spi::{self, Row};
use crate::pg::sql::fill;
use crate::pg::{guc, lock, role};
use crate::text::in_line;

/// Checks that the current role may drop the library's indexes.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(super) fn require_owner(
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
) -> Result<(), ErrorReport> {
    let arguments = [role::current().into(), jobs.schema().oid().into()];
    let owns = jobs.one(client, OWNS_TABLES, &arguments, |row| row.get::<bool>(1));
    if owns.map_err(error::statement)? == Some(true) {
        return Ok(());
    }
    Err(error::defers_indexes_of_another())
}

/// Drops the indexes, if the job defers them and has not dropped them yet.
///
/// # Errors
/// Where the job's role may not drop them (any more); otherwise those of the statements.
pub(super) fn drop_for(
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
    job: &Job,
) -> Result<(), ErrorReport> {
    if !job.defers_indexes || job.has_deferred_indexes {
        return Ok(());
    }
    require_owner(client, jobs)?;
    // The batches of other jobs hold locks on the tables.
    lock::hold_off_all_imports();
    distribution::changing_tables(|| drop_all(client, jobs, job.id)).map_err(error::statement)
}

fn drop_all(client: &mut SpiClient<'_>, jobs: &JobStore, job: i64) -> SpiResult<()> {
    let sql = fill(INDEXES, &[("schema", jobs.schema().quoted())]);
    let mut dropped = Vec::new();
    for owner in owners(client, jobs)? {
        role::with_rights_of(owner, || -> SpiResult<()> {
            let indexes = spi::update(client, &sql, None, &[owner.into()], |row| {
                let settings = row.get::<JsonB>(2)?.map(|settings| settings.0);
                Ok(row.get::<String>(1)?.zip(settings))
            })?;
            for (drop, settings) in indexes.into_iter().flatten() {
                client.update(&drop, None, &[])?;
                dropped.push(settings);
            }
            Ok(())
        })?;
    }
    store(client, jobs, job, Some(Value::Array(dropped)))
}

/// An index that is to be recreated.
struct DroppedIndex {
    name: String,
    /// The extension that it needs, if that is not installed any more.
    missing: Option<String>,
    tablespace: String,
    statements: Vec<String>,
}

impl DroppedIndex {
    fn read(row: &Row<'_>) -> SpiResult<Self> {
        Ok(Self {
            name: row.get(1)?.unwrap_or_default(),
            missing: row.get(2)?,
            tablespace: row.get(3)?.unwrap_or_default(),
            statements: row.get(4)?.unwrap_or_default(),
        })
    }

    fn create(&self, client: &mut SpiClient<'_>) -> SpiResult<()> {
        if let Some(extension) = &self.missing {
            let [name, extension] = [&self.name, extension].map(|name| in_line(name));
            pgrx::warning!(
                "index \"{name}\" is not recreated: extension \"{extension}\" is not installed"
            );
            return Ok(());
        }
        let tablespace = CString::new(self.tablespace.as_str()).unwrap_or_default();
        guc::with_settings(|settings| {
            settings.set(c"default_tablespace", &tablespace);
            self.statements.iter().try_for_each(|sql| client.update(sql, None, &[]).map(drop))
        })
    }
}

/// Recreates the indexes that a job has dropped.
///
/// # Errors
/// Those of SPI.
pub(super) fn restore(client: &mut SpiClient<'_>, jobs: &JobStore, job: &Job) -> SpiResult<()> {
    if !job.has_deferred_indexes {
        return Ok(());
    }
    let sql = fill(REBUILD, &[("schema", jobs.schema().quoted())]);
    let dropped = jobs.one(client, DEFERRED, &[job.id.into()], |row| row.get::<JsonB>(1))?;
    let dropped = dropped.map_or(Value::Null, |dropped| dropped.0);
    for owner in owners(client, jobs)? {
        role::with_rights_of(owner, || -> SpiResult<()> {
            let arguments = [owner.into(), JsonB(dropped.clone()).into()];
            let indexes = spi::update(client, &sql, None, &arguments, DroppedIndex::read)?;
            let create = |index: &DroppedIndex| index.create(client);
            distribution::changing_tables(|| indexes.iter().try_for_each(create))
        })?;
    }
    store(client, jobs, job.id, None)
}

/// The owners of the library's tables. Their indexes are dropped and created with their rights, and the list
/// of indexes is read with these rights as well: its owner must have them.
fn owners(client: &mut SpiClient<'_>, jobs: &JobStore) -> SpiResult<Vec<Oid>> {
    let owners = jobs.all(client, OWNERS, &[jobs.schema().oid().into()], |row| {
        Ok(row.get::<Oid>(1)?.zip(row.get::<bool>(3)?))
    })?;
    if owners.iter().any(|(_, has_rights)| !has_rights) {
        error::index_list_of_another().report(PgLogLevel::ERROR);
    }
    Ok(owners.into_iter().map(|(owner, _)| owner).collect())
}

/// Stores the settings of the indexes that a job has dropped; `None` after they are recreated.
fn store(
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
    job: i64,
    indexes: Option<Value>,
) -> SpiResult<()> {
    jobs.run(client, DEFER, &[job.into(), indexes.map(JsonB).into()])
}
