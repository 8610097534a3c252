//! The tables of jobs and schedules, found, and found fit to be touched with their owner's rights.
//!
//! What their rows say is done as the role that they name. So nobody may be able to make rows up, or to
//! have code of his own run while the extension writes them with the owner's rights:
//!
//! - the trigger `midi_guard` refuses what is not written by the extension, and lets in what a superuser
//!   restores without the number of its role, without which it does not run;
//! - before each transaction's first look the tables must be as the extension made them: with that
//!   trigger in force and no other, no rules, no heirs, and one owner; and the trigger's function must be
//!   the library's, and belong to who has that owner's rights;
//! - the owner could undo all of this. Where that is no superuser, a row is believed only as far as the
//!   owner has the rights of the role that it names (`JOBS`, `DUE` and `TAKE` join `pg_roles` on that).
//!
//! A signature with a key in the data directory would have bound the owner as well, but whoever may read
//! server files may read the key, a standby lacks it, and pg_upgrade leaves it behind.

use pgrx::pg_sys::Oid;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::integrity;
use super::statements::EXTENSION;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql;

/// The tables, in the order in which they are locked.
const NAMES: [&str; 3] = ["midi_import_jobs", "midi_import_chunks", "midi_schedules"];

/// The schema of this database's extension and the owner of its tables; `None` where it is not
/// installed.
///
/// Raises `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE` where they are not as the extension made them.
pub(super) fn find(client: &mut SpiClient<'_>) -> SpiResult<Option<(Schema, Oid)>> {
    let names = NAMES.map(|name| Some(name.to_owned())).to_vec();
    let found = spi::update_latest(client, EXTENSION, Some(1), &[names.into()], |row| {
        let schema = row.get::<Oid>(1)?.zip(row.get::<String>(2)?);
        let (tables, owner, guard) = (row.get::<Vec<Oid>>(3)?, row.get::<Oid>(4)?, row.get(5)?);
        let is_genuine = row.get(6)? == Some(true);
        Ok(schema.zip(tables).zip(owner).zip(guard).map(|found| (found, is_genuine)))
    })?;
    let Some(((((schema, tables), owner), guard), is_genuine)) = found.into_iter().flatten().next()
    else {
        return Ok(None);
    };
    if !is_genuine {
        error::guard_of_another().report(PgLogLevel::ERROR);
    }
    for (name, table) in NAMES.iter().zip(&tables) {
        if let Some(defect) = integrity::check(*table, owner, guard, &tables) {
            defect.error(name).report(PgLogLevel::ERROR);
        }
    }
    let (oid, name) = schema;
    Ok(Some((Schema::new(oid, sql::name(&name)), owner)))
}
