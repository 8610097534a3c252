//! Finds the tables of jobs and schedules, and checks that they can be used with their owner's rights.
//!
//! A row of them makes a background worker act as the role that the row names. So nobody must be able to
//! forge rows, or to run code while the extension writes rows with the owner's rights:
//!
//! - The trigger `midi_guard` rejects rows that the extension has not written. It admits rows that a
//!   superuser restores, without the OID of their role; these are not executed.
//! - Before its first access, each transaction checks that the tables are as the extension has created
//!   them: with that trigger enabled and no other, without rules and child tables, and with one owner. The
//!   trigger's function must be the library's, and its owner must have the rights of the tables' owner.
//! - The owner could bypass all of this. A row of an owner who is no superuser is therefore trusted only if
//!   the owner has the rights of the role that it names (`JOBS`, `DUE` and `TAKE` join `pg_roles`).
//!
//! A message authentication code with a key in the data directory would have prevented forgery by the owner
//! as well. But whoever may read server files may read the key, a standby does not have it, and pg_upgrade
//! does not copy it.

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

/// The schema of this database's extension and the owner of its tables; `None` where the extension is not
/// installed.
///
/// Raises `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE` where the tables are not as the extension has created
/// them.
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
