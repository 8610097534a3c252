//! Which imports of a database may write at the same time.

use pgrx::spi::{SpiClient, SpiResult};

/// Waits for the imports of this database that are under way, and holds off others until the
/// transaction ends: two that write the same contents in another order would deadlock.
///
/// # Errors
/// Those of SPI.
pub(crate) fn hold_off_all(client: &mut SpiClient<'_>) -> SpiResult<()> {
    lock(client, "SELECT pg_catalog.pg_advisory_xact_lock($1)")
}

/// Waits for the direct imports that are under way, and holds them off until the transaction ends.
/// Transactions that write one batch each, in its order, do not disturb one another.
///
/// # Errors
/// Those of SPI.
pub(crate) fn hold_off_direct(client: &mut SpiClient<'_>) -> SpiResult<()> {
    lock(client, "SELECT pg_catalog.pg_advisory_xact_lock_shared($1)")
}

fn lock(client: &mut SpiClient<'_>, sql: &str) -> SpiResult<()> {
    let key = i64::from_be_bytes(*b"midi_imp");
    client.update(sql, None, &[key.into()])?;
    Ok(())
}
