//! Secondary indexes, dropped for the time of a job that asked for it: rows come in several times
//! as fast without, and building an index at the end is quicker than growing it.
//!
//! Only indexes of `midi_index_profiles` are dropped, and only where they are what the list there says,
//! since it is by this list that they are made again; others stay. What was set for each (its tablespace,
//! options, statistics targets, comment) is written down with the job as data, in the transaction that
//! drops it, and struck out in the one that makes it again; so a crash loses none. Both are done with the
//! rights of the table's owner.

use std::ffi::CString;

use pgrx::datum::JsonB;
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use serde_json::Value;

use super::index_statements::{DEFER, DEFERRED, INDEXES, OWNERS, OWNS_TABLES, REBUILD};
use super::ledger::{Job, Ledger};
use crate::error;
use crate::pg::spi::{self, Row};
use crate::pg::sql::fill;
use crate::pg::{guc, lock, role};

/// Sees to it that the current role may drop the library's indexes.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(super) fn require_owner(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
) -> Result<(), ErrorReport> {
    let arguments = [role::current().into(), ledger.schema.oid().into()];
    let owns = ledger.one(client, OWNS_TABLES, &arguments, |row| row.get::<bool>(1));
    if owns.map_err(error::statement)? == Some(true) {
        return Ok(());
    }
    Err(error::defers_indexes_of_another())
}

/// Drops the indexes, if the job is to do without and does not yet.
///
/// # Errors
/// Where the job's role may not (any more); else those of the statements.
pub(super) fn drop_for(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    job: &Job,
) -> Result<(), ErrorReport> {
    if !job.defers_indexes || job.has_deferred_indexes {
        return Ok(());
    }
    require_owner(client, ledger)?;
    // The batches of other jobs hold locks on the tables.
    lock::hold_off_all_imports();
    drop_all(client, ledger, job.id).map_err(error::statement)
}

fn drop_all(client: &mut SpiClient<'_>, ledger: &Ledger, job: i64) -> SpiResult<()> {
    let sql = fill(INDEXES, &[("schema", ledger.schema.quoted())]);
    let mut dropped = Vec::new();
    for owner in owners(client, ledger)? {
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
    write_down(client, ledger, job, Some(Value::Array(dropped)))
}

/// An index that is to be made again.
struct Rebuilt {
    name: String,
    /// The extension that it needs, where that is gone.
    lacks: Option<String>,
    tablespace: String,
    statements: Vec<String>,
}

impl Rebuilt {
    fn read(row: &Row<'_>) -> SpiResult<Self> {
        Ok(Self {
            name: row.get(1)?.unwrap_or_default(),
            lacks: row.get(2)?,
            tablespace: row.get(3)?.unwrap_or_default(),
            statements: row.get(4)?.unwrap_or_default(),
        })
    }

    fn make(&self, client: &mut SpiClient<'_>) -> SpiResult<()> {
        if let Some(extension) = &self.lacks {
            let name = &self.name;
            pgrx::warning!("index \"{name}\" is not made again: the extension {extension} is gone");
            return Ok(());
        }
        let tablespace = CString::new(self.tablespace.as_str()).unwrap_or_default();
        guc::with_settings(|settings| {
            settings.set(c"default_tablespace", &tablespace);
            self.statements.iter().try_for_each(|sql| client.update(sql, None, &[]).map(drop))
        })
    }
}

/// Makes the indexes again that a job has dropped.
///
/// # Errors
/// Those of SPI.
pub(super) fn restore(client: &mut SpiClient<'_>, ledger: &Ledger, job: &Job) -> SpiResult<()> {
    if !job.has_deferred_indexes {
        return Ok(());
    }
    let sql = fill(REBUILD, &[("schema", ledger.schema.quoted())]);
    let dropped = ledger.one(client, DEFERRED, &[job.id.into()], |row| row.get::<JsonB>(1))?;
    let dropped = dropped.map_or(Value::Null, |dropped| dropped.0);
    for owner in owners(client, ledger)? {
        role::with_rights_of(owner, || -> SpiResult<()> {
            let arguments = [owner.into(), JsonB(dropped.clone()).into()];
            let indexes = spi::update(client, &sql, None, &arguments, Rebuilt::read)?;
            indexes.iter().try_for_each(|index| index.make(client))
        })?;
    }
    write_down(client, ledger, job.id, None)
}

/// The owners of the library's tables, as whom their indexes are dropped and made. The list of indexes is
/// read as the same: who may write it must have their rights anyway.
fn owners(client: &mut SpiClient<'_>, ledger: &Ledger) -> SpiResult<Vec<Oid>> {
    let owners = ledger.all(client, OWNERS, &[ledger.schema.oid().into()], |row| {
        Ok(row.get::<Oid>(1)?.zip(row.get::<bool>(2)?))
    })?;
    if owners.iter().any(|(_, list_is_theirs)| !list_is_theirs) {
        error::index_list_of_another().report(PgLogLevel::ERROR);
    }
    Ok(owners.into_iter().map(|(owner, _)| owner).collect())
}

fn write_down(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    job: i64,
    indexes: Option<Value>,
) -> SpiResult<()> {
    ledger.run(client, DEFER, &[job.into(), indexes.map(JsonB).into()])
}
