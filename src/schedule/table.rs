//! What a session does with schedules.

use pgrx::datum::{Interval, JsonB, TimestampWithTimeZone};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::cron;
use super::statements::{IS_LONG_ENOUGH, LOCAL, PUT, REMOVE, WHEN};
use crate::jobs::{Ledger, require_own_process, with_ledger};
use crate::pg::{board, role, transaction};
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
    if workers < 1 {
        return Err(error::too_few_workers(workers));
    }
    if name.len() > LONGEST_NAME {
        return Err(error::name_too_long("schedule", LONGEST_NAME));
    }
    access::locate(source)?;
    let next = with_ledger(|client, ledger| {
        require_own_process(client, ledger)?;
        let zone = settings::time_zone();
        let (every, cron, first) = match rhythm {
            Rhythm::Every(every) => {
                let long = ledger
                    .one(client, IS_LONG_ENOUGH, &[every.into()], |row| row.get::<bool>(1))
                    .map_err(error::statement)?;
                if long != Some(true) {
                    return Err(error::too_often());
                }
                (Some(every), None, None)
            }
            Rhythm::Cron(expression) => {
                let first = next(client, ledger, &expression, &zone)?;
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
    if !board::is_there() {
        pgrx::warning!(
            "schedules run only where shared_preload_libraries has midi_pipeline, for the \
             databases in midi_pipeline.databases"
        );
    }
    transaction::after_commit(board::look_here);
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

/// When a cron expression is due next in a time zone.
pub(super) fn next(
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    expression: &str,
    zone: &str,
) -> Result<TimestampWithTimeZone, ErrorReport> {
    let local = ledger
        .one(client, LOCAL, &[zone.into()], |row| row.get::<i64>(1))
        .map_err(error::statement)?
        .unwrap_or_default();
    let next = cron::next(expression, local)?;
    let when = ledger.one(client, WHEN, &[next.into(), zone.into()], |row| row.get(1));
    Ok(when.map_err(error::statement)?.expect("a local time is some time"))
}
