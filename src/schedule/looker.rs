//! The process that looks into one database: it starts the jobs that are due, and the workers of
//! jobs that were cut off, and says when the database is due next.

use pgrx::datum::{JsonB, TimestampWithTimeZone};
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use serde_json::Value;

use super::statements::{DUE, NEXT, RAN, REMOVE_ORPHANS};
use super::table;
use crate::error;
use crate::jobs::{self, Ledger, NewJob};
use crate::pg::spi::Row;
use crate::pg::{board, transaction};

/// A schedule that is due.
struct Due {
    name: String,
    source: String,
    cron: Option<String>,
    time_zone: String,
    workers: i32,
    role: Oid,
    settings: Value,
    is_under_way: bool,
}

/// Looks into the database once. Where that fails, the launcher has it looked at again.
pub(crate) fn look(database: Oid) {
    let next = transaction::run(|| {
        Spi::connect_mut(|client| match Ledger::find(client).map_err(error::statement)? {
            Some(ledger) => start_what_is_due(client, &ledger),
            // CREATE EXTENSION has no schedules yet; who makes one wakes the launcher.
            None => Ok(i64::MAX),
        })
    });
    if let Ok(next) = next {
        board::set_due(database, next);
        board::wake_launcher();
    }
}

/// Answers when the next schedule is due.
fn start_what_is_due(client: &mut SpiClient<'_>, ledger: &Ledger) -> Result<i64, ErrorReport> {
    jobs::resume_all(client, ledger)?;
    let orphans = ledger.all(client, REMOVE_ORPHANS, &[], |row| row.get::<String>(1));
    for name in orphans.map_err(error::statement)? {
        pgrx::log!("midi_pipeline: schedule \"{name}\" is gone, like the role that made it");
    }
    for due in ledger.all(client, DUE, &[], Due::read).map_err(error::statement)? {
        run(client, ledger, due)?;
    }
    let next = ledger.one(client, NEXT, &[], |row| row.get::<TimestampWithTimeZone>(1));
    Ok(next.map_err(error::statement)?.map_or(i64::MAX, |next| next.into_inner()))
}

fn run(client: &mut SpiClient<'_>, ledger: &Ledger, due: Due) -> Result<(), ErrorReport> {
    // A run that takes longer than its interval is not started a second time beside itself.
    let job = if due.is_under_way {
        None
    } else {
        let Due { ref source, workers, role, ref settings, .. } = due;
        Some(jobs::create(
            client,
            ledger,
            &NewJob { source, role, workers, settings, defers_indexes: false },
        )?)
    };
    let next = match &due.cron {
        Some(expression) => Some(table::next(client, ledger, expression, &due.time_zone)?),
        None => None,
    };
    let arguments = [due.name.into(), job.into(), next.into()];
    ledger.run(client, RAN, &arguments).map_err(error::statement)
}

impl Due {
    fn read(row: &Row<'_>) -> SpiResult<Option<Self>> {
        Ok(Some(Self {
            name: row.get(1)?.unwrap_or_default(),
            source: row.get(2)?.unwrap_or_default(),
            cron: row.get(3)?,
            time_zone: row.get(4)?.unwrap_or_default(),
            workers: row.get(5)?.unwrap_or(1),
            role: row.get(6)?.unwrap_or(Oid::INVALID),
            settings: row.get::<JsonB>(7)?.map_or(Value::Null, |settings| settings.0),
            is_under_way: row.get(8)?.unwrap_or(false),
        }))
    }
}
