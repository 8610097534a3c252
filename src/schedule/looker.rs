//! The process that looks into one database: it starts the jobs that are due, and the workers of
//! jobs that were cut off, and says when the database is due next.
//!
//! Each schedule has a transaction of its own, and so has the record of one that failed; what keeps
//! one from running keeps no other.

use std::time::Duration;

use pgrx::datum::{JsonB, TimestampWithTimeZone};
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use serde_json::Value;

use super::statements::{DUE, FAILED, NEXT, RAN, REMOVE_ORPHANS, TAKE};
use super::{LONG, table};
use crate::error;
use crate::jobs::{self, Ledger, NewJob, Prospect};
use crate::pg::spi::Row;
use crate::pg::transaction::Failure;
use crate::pg::worker::{Started, Starting, Worker, entry_point};
use crate::pg::{guc, shared_state, transaction, worker};

/// How soon a database with a job under way is looked at again, and one with a job whose workers
/// found no place.
const WATCH: Duration = Duration::from_secs(60);

/// How soon a schedule is looked at again that another process held.
const HELD: Duration = Duration::from_secs(5);

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

/// Starts a process that checks a database, and wakes this process when it has ended. Returns `None` if
/// there is no free worker slot.
pub(super) fn start(database: Oid) -> Option<Started> {
    Worker {
        entry_point: SCHEDULER,
        name: "midi_pipeline scheduler",
        kind: "midi_pipeline scheduler",
        argument: database.to_u32(),
        extra: "",
        restarts: false,
    }
    .start()
}

entry_point! {
    /// Where a process that checks a database begins.
    SCHEDULER, midi_pipeline_scheduler => begin
}

/// Connects as the bootstrap superuser, because the owner of the extension has to be read in the database.
fn begin(process: Starting) {
    let database = Oid::from(process.argument());
    process.connect_as_superuser(database);
    look(database);
}

/// Looks into the database once. Where that fails, the launcher has it looked at again.
fn look(database: Oid) {
    let calls = shared_state::requests(database);
    worker::undo_session_settings();
    transaction::wait_for_disk(true);
    // What is locked for long must hold up neither the other databases nor a DROP DATABASE.
    guc::set(c"lock_timeout", c"3s");
    guc::set(c"search_path", c"pg_catalog, pg_temp");
    let owner = transaction::run(|| {
        Spi::connect_mut(|client| {
            Ok(Ledger::find(client).map_err(error::statement)?.map(|ledger| ledger.owner()))
        })
    });
    let next = match owner {
        // Whoever makes a schedule or starts a job there wakes the launcher.
        Ok(None) => Ok(LONG),
        Ok(Some(owner)) => Look { owner }.run(),
        Err(failure) => Err(failure),
    };
    if let Ok(next) = next {
        let next = i64::try_from(next.as_micros()).unwrap_or(i64::MAX);
        shared_state::report(database, calls, shared_state::now().saturating_add(next));
    }
}

/// What is done with the rights of the extension's owner.
struct Look {
    owner: Oid,
}

impl Look {
    /// Answers how long nothing is due.
    fn run(&self) -> Result<Duration, Failure> {
        let jobs = self.transaction(jobs::resume_all)?.unwrap_or(Prospect::Idle);
        self.transaction(remove_orphans)?;
        let due = self.transaction(|client, ledger| {
            let names = ledger.all(client, DUE, &[], |row| row.get::<String>(1));
            names.map_err(error::statement)
        })?;
        let mut started = false;
        for name in due.unwrap_or_default() {
            match self.transaction(|client, ledger| run(client, ledger, &name)) {
                Ok(ran) => started |= ran == Some(true),
                Err(failure) => self.record(&name, &failure)?,
            }
        }
        let next = self.transaction(time_to_next)?.unwrap_or(LONG);
        Ok(match jobs {
            Prospect::UnderWay | Prospect::NoPlace => next.min(WATCH),
            Prospect::Idle if started => next.min(WATCH),
            Prospect::Idle | Prospect::Stuck => next,
        })
    }

    /// Writes down why a schedule did not run, and when it is tried again.
    fn record(&self, name: &str, failure: &Failure) -> Result<(), Failure> {
        self.transaction(|client, ledger| {
            let arguments = [name.into(), failure.message.as_str().into()];
            ledger.run(client, FAILED, &arguments).map_err(error::statement)
        })
        .map(drop)
    }

    /// Runs `work` in a transaction of its own; `None` where the extension is gone.
    fn transaction<T>(
        &self,
        work: impl FnOnce(&mut SpiClient<'_>, &Ledger) -> Result<T, ErrorReport>,
    ) -> Result<Option<T>, Failure> {
        transaction::run_as(self.owner, || {
            Spi::connect_mut(|client| match Ledger::find(client).map_err(error::statement)? {
                // Another owner has other rights, and the next look finds those.
                Some(ledger) if ledger.owner() == self.owner => work(client, &ledger).map(Some),
                _ => Ok(None),
            })
        })
    }
}

fn remove_orphans(client: &mut SpiClient<'_>, ledger: &Ledger) -> Result<(), ErrorReport> {
    let orphans = ledger.all(client, REMOVE_ORPHANS, &[], |row| row.get::<String>(1));
    for name in orphans.map_err(error::statement)? {
        pgrx::log!("midi_pipeline: schedule \"{name}\" is gone, like the role that made it");
    }
    Ok(())
}

/// Runs a schedule, if it is due still. Answers whether a job was started.
fn run(client: &mut SpiClient<'_>, ledger: &Ledger, name: &str) -> Result<bool, ErrorReport> {
    let due = ledger.one(client, TAKE, &[name.into()], Due::read).map_err(error::statement)?;
    let Some(due) = due else { return Ok(false) };
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
        Some(expression) => table::next(client, ledger, expression, &due.time_zone)?,
        None => None,
    };
    let arguments = [due.name.into(), job.into(), next.into()];
    ledger.run(client, RAN, &arguments).map_err(error::statement)?;
    Ok(job.is_some())
}

fn time_to_next(client: &mut SpiClient<'_>, ledger: &Ledger) -> Result<Duration, ErrorReport> {
    let next = ledger.one(client, NEXT, &[], |row| row.get::<TimestampWithTimeZone>(1));
    let Some(next) = next.map_err(error::statement)? else { return Ok(LONG) };
    let left = next.into_inner().saturating_sub(shared_state::now());
    // One that is due still was held by another process, or its failure could not be written down.
    Ok(if left > 0 { LONG.min(Duration::from_micros(left as u64)) } else { HELD })
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
