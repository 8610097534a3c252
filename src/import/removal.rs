//! Rows that are taken out of the library, page by page, with the caller's rights.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::relation;
use crate::pg::spi::{Argument, execute, for_each};

/// Rows that one statement deletes.
const PAGE: usize = 10_000;

/// Checks, before anything waits for it, that the current role may take rows out of these tables.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(super) fn require_rights(schema: &Schema, tables: &[&CStr]) -> Result<(), ErrorReport> {
    let is_refused = |table: &&&CStr| !relation::may_delete(schema.table(table));
    let refused: Vec<_> =
        tables.iter().filter(is_refused).map(|table| schema.shown(table)).collect();
    if refused.is_empty() { Ok(()) } else { Err(error::may_not_remove(&refused)) }
}

/// The ids that a statement returns.
///
/// # Errors
/// Those of SPI, here and below.
pub(super) fn ids<'conn, const N: usize>(
    client: &mut SpiClient<'conn>,
    statement: &PreparedStatement<'conn>,
    arguments: [Argument<'_>; N],
) -> SpiResult<Vec<i64>> {
    let mut ids = Vec::new();
    for_each(client, statement, arguments, |row| {
        ids.extend(row.get::<i64>(1)?);
        Ok(())
    })?;
    Ok(ids)
}

/// Deletes what a statement does for each page of `keys`, and adds up the counts that it returns.
pub(super) fn delete<'conn, 'key, K, const N: usize>(
    client: &mut SpiClient<'conn>,
    statement: &PreparedStatement<'conn>,
    keys: &'key [K],
    array: impl Fn(&'key [K]) -> Argument<'key>,
) -> SpiResult<[i64; N]> {
    let mut deleted = [0; N];
    for page in keys.chunks(PAGE) {
        let counts = execute(client, statement, [array(page)], |row| {
            (1..=N)
                .map(|column| Ok(row.get::<i64>(column)?.unwrap_or(0)))
                .collect::<SpiResult<Vec<_>>>()
        })?;
        for (sum, count) in deleted.iter_mut().zip(counts.into_iter().flatten()) {
            *sum += count;
        }
    }
    Ok(deleted)
}
