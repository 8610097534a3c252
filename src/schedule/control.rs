//! The session's side of schedules: a session makes and removes them.

use std::time::Duration;

use pgrx::PgLogLevel;
use pgrx::datum::{JsonB, TimestampWithTimeZone};
use pgrx::pg_sys::panic::ErrorReport;

use super::recurrence::{self, Recurrence};
use super::statements::{PUT, REMOVE};
use crate::jobs::{check_workers, require_own_process, with_store};
use crate::pg::{at_commit, role, shared_state};
use crate::settings::Depth;
use crate::{access, error, settings};

/// The maximum length of a schedule's name in bytes. The name is a primary key.
const MAX_NAME: usize = 1_000;

/// Adds a schedule, or replaces the one of the same name and role. It imports as deeply as given, or else as set now.
/// Returns when it is first due.
///
/// # Errors
/// Where the role lacks a privilege, the source does not exist, the recurrence is invalid, or the name is
/// taken.
pub(crate) fn schedule(
    name: &str,
    source: &str,
    recurrence: Recurrence,
    workers: i32,
    depth: Option<Depth>,
) -> Result<TimestampWithTimeZone, ErrorReport> {
    check_workers(workers)?;
    if name.len() > MAX_NAME {
        return Err(error::name_too_long("schedule", MAX_NAME));
    }
    access::locate(source)?;
    let next = with_store(|client, store| {
        require_own_process(client, store)?;
        let zone = settings::time_zone();
        let (every, cron, first) = match recurrence {
            Recurrence::Every(every) => {
                recurrence::check_interval(every)?;
                (Some(every), None, None)
            }
            Recurrence::Cron(expression) => {
                let first = recurrence::next(client, store, &expression, &zone)?
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
            JsonB(settings::recorded(depth)).into(),
            first.into(),
        ];
        let next = store.one(client, PUT, &arguments, |row| row.get(1));
        next.map_err(error::statement)?.ok_or_else(|| error::schedule_of_another(name))
    })?;
    if !shared_state::is_available() {
        error::not_preloaded().report(PgLogLevel::WARNING);
    }
    at_commit::run(|| shared_state::request_check_within(Duration::ZERO));
    Ok(next)
}

/// Removes a schedule. Returns false if there is none of this name that the current role may remove.
///
/// # Errors
/// Those of the statements.
pub(crate) fn unschedule(name: &str) -> Result<bool, ErrorReport> {
    with_store(|client, store| {
        let arguments = [name.into(), role::current().into()];
        let removed = store.one(client, REMOVE, &arguments, |_| Ok(Some(())));
        Ok(removed.map_err(error::statement)?.is_some())
    })
}
