//! Secondary indexes, dropped for the time of a job that asked for it: rows come in several times
//! as fast without, and building an index at the end is quicker than growing it.
//!
//! Which they were is written down with the job in the transaction that drops them, and struck out
//! in the one that makes them again; so a crash loses none.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::ledger::{Job, Ledger};
use super::statements::{DEFER, DEFERRED, INDEXES, OWNS_TABLES};
use crate::error;
use crate::import::hold_off_all;
use crate::pg::role;

/// Sees to it that the current role may drop the library's indexes.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(super) fn require_owner(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
) -> Result<(), ErrorReport> {
    let owns = ledger.one(client, OWNS_TABLES, &[role::current().into()], |row| row.get::<bool>(1));
    if owns.map_err(error::statement)? == Some(true) {
        return Ok(());
    }
    Err(error::defers_indexes_of_another())
}

/// Drops the indexes, if the job is to do without and does not yet.
pub(super) fn drop_for(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    job: &Job,
) -> Result<(), ErrorReport> {
    if !job.defers_indexes || job.has_deferred_indexes {
        return Ok(());
    }
    // The batches of other jobs hold locks on the tables.
    hold_off_all();
    let indexes = ledger
        .all(client, INDEXES, &[], |row| Ok(row.get::<String>(1)?.zip(row.get::<String>(2)?)))
        .map_err(error::statement)?;
    let (names, definitions): (Vec<_>, Vec<_>) = indexes.into_iter().unzip();
    if !names.is_empty() {
        let drop = format!("DROP INDEX {}", names.join(", "));
        ledger.run(client, &drop, &[]).map_err(error::statement)?;
    }
    ledger.run(client, DEFER, &[job.id.into(), Some(definitions).into()]).map_err(error::statement)
}

/// Makes the indexes again that a job has dropped.
///
/// # Errors
/// Those of SPI.
pub(super) fn restore(client: &mut SpiClient<'_>, ledger: &Ledger, job: &Job) -> SpiResult<()> {
    if !job.has_deferred_indexes {
        return Ok(());
    }
    let statements =
        ledger.one(client, DEFERRED, &[job.id.into()], |row| row.get::<Vec<String>>(1))?;
    for statement in statements.unwrap_or_default() {
        ledger.run(client, &statement, &[])?;
    }
    ledger.run(client, DEFER, &[job.id.into(), None::<Vec<String>>.into()])
}
