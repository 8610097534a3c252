//! Arrays as arguments of statements, and hashes and times read from rows.

use pgrx::datum::{IntoDatum, TimestampWithTimeZone};
use pgrx::spi::SpiResult;

use super::hash::Hash;
use crate::pg::spi::{Argument, Row};

/// The PostgreSQL epoch, 2000-01-01, in microseconds since the Unix epoch.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// A time given in microseconds since the Unix epoch; `None` where `timestamptz` cannot represent it.
pub(super) fn timestamp(unix_micros: i64) -> Option<TimestampWithTimeZone> {
    unix_micros.checked_sub(POSTGRES_EPOCH)?.try_into().ok()
}

/// A time in microseconds since the Unix epoch; the largest number for infinity.
pub(super) fn unix_micros(at: TimestampWithTimeZone) -> i64 {
    at.into_inner().saturating_add(POSTGRES_EPOCH)
}

/// The array of one value of each item.
pub(super) fn array<'a, T, V: IntoDatum + 'a>(
    items: &'a [T],
    value: impl Fn(&'a T) -> V,
) -> Argument<'a> {
    items.iter().map(value).collect::<Vec<_>>().into()
}

/// The array of these hashes.
pub(super) fn hashes(hashes: &[Hash]) -> Argument<'_> {
    array(hashes, |hash| &hash[..])
}

/// The hash in a column.
///
/// # Errors
/// Those of SPI.
pub(super) fn hash(row: &Row<'_>, column: usize) -> SpiResult<Option<Hash>> {
    Ok(row.bytes(column)?.and_then(|hash| hash.try_into().ok()))
}
