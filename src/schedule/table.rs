//! What a session does with schedules.

use std::time::Duration;

use pgrx::datum::{Interval, JsonB, TimestampWithTimeZone};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::cron;
use super::statements::{LOCAL, PUT, REMOVE, WHEN};
use crate::jobs::{Ledger, check_workers, require_own_process, with_ledger};
use crate::pg::{at_commit, role, shared_state};
use crate::{access, error, settings};

/// Most bytes of a schedule's name, which is the key of its table.
const LONGEST_NAME: usize = 1_000;

/// How often a schedule runs.
pub(crate) enum Rhythm {
    Every(Interval),
    Cron(String),
}

/// Adds a schedule, or replaces one of the same name and role. Answers when it is due first.
///
/// # Errors
/// Where the role may not, the source cannot be found, the rhythm is none, or the name is taken.
pub(crate) fn schedule(
    name: &str,
    source: &str,
    rhythm: Rhythm,
    workers: i32,
) -> Result<TimestampWithTimeZone, ErrorReport> {
    check_workers(workers)?;
    if name.len() > LONGEST_NAME {
        return Err(error::name_too_long("schedule", LONGEST_NAME));
    }
    access::locate(source)?;
    let next = with_ledger(|client, ledger| {
        require_own_process(client, ledger)?;
        let zone = settings::time_zone();
        let (every, cron, first) = match rhythm {
            Rhythm::Every(every) => {
                check_interval(every)?;
                (Some(every), None, None)
            }
            Rhythm::Cron(expression) => {
                let first = next(client, ledger, &expression, &zone)?
                    .ok_or_else(|| error::cron_is_over(&expression))?;
                (None, Some(expression), Some(first))
            }
        };
        let arguments = [
            name.into(),
            source.into(),
            every.into(),
            cron.into(),
            zone.into(),
            workers.into(),
            role::current().into(),
            JsonB(settings::recorded()).into(),
            first.into(),
        ];
        let next = ledger.one(client, PUT, &arguments, |row| row.get(1));
        next.map_err(error::statement)?.ok_or_else(|| error::schedule_of_another(name))
    })?;
    if !shared_state::is_available() {
        pgrx::warning!("schedules run only where shared_preload_libraries has midi_pipeline");
    }
    at_commit::run(|| shared_state::request_check_within(Duration::ZERO));
    Ok(next)
}

/// Removes a schedule. Answers whether there was one for the current role.
///
/// # Errors
/// Those of the statements.
pub(crate) fn unschedule(name: &str) -> Result<bool, ErrorReport> {
    with_ledger(|client, ledger| {
        let arguments = [name.into(), role::current().into()];
        let removed = ledger.one(client, REMOVE, &arguments, |_| Ok(Some(())));
        Ok(removed.map_err(error::statement)?.is_some())
    })
}

/// Sees to it that an interval leads a second or more into the future, whatever it is added to.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE`.
fn check_interval(every: Interval) -> Result<(), ErrorReport> {
    /// In microseconds. A day has 23 to 25 hours, and a month 28 to 31 days.
    const SECOND: i128 = 1_000_000;
    const HOUR: i128 = 3600 * SECOND;
    let (months, days, time) = (every.months(), every.days(), every.micros());
    // PostgreSQL 17 has intervals without end.
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

/// When a cron expression is due next in a time zone, if ever.
pub(super) fn next(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    expression: &str,
    zone: &str,
) -> Result<Option<TimestampWithTimeZone>, ErrorReport> {
    let local = ledger
        .one(client, LOCAL, &[zone.into()], |row| row.get::<i64>(1))
        .map_err(error::statement)?
        .unwrap_or_default();
    let Some(next) = cron::next(expression, local)? else { return Ok(None) };
    let when = ledger.one(client, WHEN, &[next.into(), zone.into()], |row| row.get(1));
    when.map_err(error::statement)
}
