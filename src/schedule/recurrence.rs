//! When a schedule is due.

use pgrx::datum::{Interval, TimestampWithTimeZone};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::cron;
use super::statements::{LOCAL, WHEN};
use crate::error;
use crate::jobs::JobStore;

/// How often a schedule runs.
pub(crate) enum Recurrence {
    Every(Interval),
    Cron(String),
}

/// Checks that an interval is at least a second, whatever time it is added to.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE`.
pub(super) fn check_interval(every: Interval) -> Result<(), ErrorReport> {
    /// In microseconds. A day has 23 to 25 hours, and a month 28 to 31 days.
    const SECOND: i128 = 1_000_000;
    const HOUR: i128 = 3600 * SECOND;
    let (months, days, time) = (every.months(), every.days(), every.micros());
    // PostgreSQL 17 has infinite intervals.
    if (months, days, time) == (i32::MAX, i32::MAX, i64::MAX) {
        return Err(error::never_again());
    }
    let at_least = |count: i32, short: i128, long: i128| {
        i128::from(count) * if count < 0 { long } else { short }
    };
    let least = at_least(months, 28 * 23 * HOUR, 31 * 25 * HOUR)
        + at_least(days, 23 * HOUR, 25 * HOUR)
        + i128::from(time);
    if least < SECOND { Err(error::too_often()) } else { Ok(()) }
}

/// When a cron expression is next due in a time zone; `None` if never.
///
/// # Errors
/// Where this is not a cron expression; otherwise those of the statements.
pub(super) fn next(
    client: &mut SpiClient<'_>,
    store: &JobStore,
    expression: &str,
    zone: &str,
) -> Result<Option<TimestampWithTimeZone>, ErrorReport> {
    let local = store
        .one(client, LOCAL, &[zone.into()], |row| row.get::<i64>(1))
        .map_err(error::statement)?
        .unwrap_or_default();
    let Some(next) = cron::next(expression, local)? else { return Ok(None) };
    let when = store.one(client, WHEN, &[next.into(), zone.into()], |row| row.get(1));
    when.map_err(error::statement)
}
