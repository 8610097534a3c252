//! The scheduler worker: a process that checks one database. It starts the jobs that are due, and the
//! workers of interrupted jobs, and reports when the next check is due.
//!
//! Each schedule has a transaction of its own, and so has the record of a failure. So a schedule that
//! cannot run does not affect the others.

use std::time::Duration;

use pgrx::datum::{JsonB, TimestampWithTimeZone};
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use serde_json::Value;

use super::intervals::{MAX_INTERVAL, RETRY_INTERVAL};
use super::recurrence;
use super::statements::{DUE, FAILED, NEXT, RAN, REMOVE_ORPHANS, TAKE};
use crate::error;
use crate::import::Portion;
use crate::jobs::{self, Activity, JobStore, NewJob};
use crate::pg::spi::Row;
use crate::pg::transaction::Failure;
use crate::pg::worker::{Started, Starting, Worker, entry_point};
use crate::pg::{guc, shared_state, transaction, worker};
use crate::text::in_line;

/// The time until the next check of a schedule that is due, but was locked by another process.
const LOCKED_INTERVAL: Duration = Duration::from_secs(5);

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

/// Starts a scheduler worker in a database, and wakes this process when it has ended. Returns `None` if
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
    /// Where a scheduler worker begins.
    SCHEDULER, midi_pipeline_scheduler => begin
}

/// Connects as the bootstrap superuser, because the owner of the extension has to be read in the database.
fn begin(process: Starting) {
    let database = Oid::from(process.argument());
    process.connect_as_superuser(database);
    check(database);
}

/// Checks the database once. If that fails, the launcher repeats it.
fn check(database: Oid) {
    let requests = shared_state::requests(database);
    worker::undo_session_settings();
    transaction::wait_for_disk(true);
    // A long lock must delay neither the other databases nor a DROP DATABASE.
    guc::set(c"lock_timeout", c"3s");
    guc::set(c"search_path", c"pg_catalog, pg_temp");
    let owner = transaction::run(|| {
        Spi::connect_mut(|client| {
            Ok(JobStore::find(client).map_err(error::statement)?.map(|store| store.owner()))
        })
    });
    let next = match owner {
        // Whoever makes a schedule or starts a job in it wakes the launcher.
        Ok(None) => Ok(MAX_INTERVAL),
        Ok(Some(owner)) => Check { owner }.run(),
        Err(failure) => Err(failure),
    };
    if let Ok(next) = next {
        let next = i64::try_from(next.as_micros()).unwrap_or(i64::MAX);
        shared_state::report(database, requests, shared_state::now().saturating_add(next));
    }
}

/// A check, which is done with the rights of the extension's owner.
struct Check {
    owner: Oid,
}

impl Check {
    /// Runs what is due. Returns the time until the next check.
    fn run(&self) -> Result<Duration, Failure> {
        let jobs = self.transaction(jobs::resume_all)?.unwrap_or(Activity::Idle);
        self.transaction(remove_orphans)?;
        let due = self.transaction(|client, store| {
            let names = store.all(client, DUE, &[], |row| row.get::<String>(1));
            names.map_err(error::statement)
        })?;
        let mut started = false;
        for name in due.unwrap_or_default() {
            match self.transaction(|client, store| run(client, store, &name)) {
                Ok(ran) => started |= ran == Some(true),
                Err(failure) => self.record(&name, &failure)?,
            }
        }
        let next = self.transaction(time_to_next)?.unwrap_or(MAX_INTERVAL);
        Ok(match jobs {
            Activity::Running | Activity::NoSlot => next.min(RETRY_INTERVAL),
            Activity::Idle if started => next.min(RETRY_INTERVAL),
            Activity::Idle | Activity::Stuck => next,
        })
    }

    /// Records why a schedule did not run, and when it is tried again.
    fn record(&self, name: &str, failure: &Failure) -> Result<(), Failure> {
        self.transaction(|client, store| {
            let arguments = [name.into(), failure.message.as_str().into()];
            store.run(client, FAILED, &arguments).map_err(error::statement)
        })
        .map(drop)
    }

    /// Runs `work` in a transaction of its own; `None` where the extension is not installed any more.
    fn transaction<T: Send>(
        &self,
        work: impl FnOnce(&mut SpiClient<'_>, &JobStore) -> Result<T, ErrorReport> + Send,
    ) -> Result<Option<T>, Failure> {
        transaction::run_as(self.owner, || {
            Spi::connect_mut(|client| match JobStore::find(client).map_err(error::statement)? {
                // Another owner has other rights, which the next check uses.
                Some(store) if store.owner() == self.owner => work(client, &store).map(Some),
                _ => Ok(None),
            })
        })
    }
}

fn remove_orphans(client: &mut SpiClient<'_>, store: &JobStore) -> Result<(), ErrorReport> {
    let orphans = store.all(client, REMOVE_ORPHANS, &[], |row| row.get::<String>(1));
    for name in orphans.map_err(error::statement)? {
        pgrx::log!(
            "midi_pipeline: schedule \"{}\" was removed, because its role does not exist any more",
            in_line(&name)
        );
    }
    Ok(())
}

/// Runs a schedule, if it is still due. Returns whether a job was started.
fn run(client: &mut SpiClient<'_>, store: &JobStore, name: &str) -> Result<bool, ErrorReport> {
    let due = store.one(client, TAKE, &[name.into()], Due::read).map_err(error::statement)?;
    let Some(due) = due else { return Ok(false) };
    // A schedule is not run again while its last job is under way.
    let job = if due.is_under_way {
        None
    } else {
        let Due { ref source, workers, role, ref settings, .. } = due;
        Some(jobs::create(
            client,
            store,
            &NewJob {
                source: Some(source),
                role,
                workers,
                settings,
                portion: Portion::ALL,
                defers_indexes: false,
            },
        )?)
    };
    let next = match &due.cron {
        Some(expression) => recurrence::next(client, store, expression, &due.time_zone)?,
        None => None,
    };
    let arguments = [due.name.into(), job.into(), next.into()];
    store.run(client, RAN, &arguments).map_err(error::statement)?;
    Ok(job.is_some())
}

fn time_to_next(client: &mut SpiClient<'_>, store: &JobStore) -> Result<Duration, ErrorReport> {
    let next = store.one(client, NEXT, &[], |row| row.get::<TimestampWithTimeZone>(1));
    let Some(next) = next.map_err(error::statement)? else { return Ok(MAX_INTERVAL) };
    let left = next.into_inner().saturating_sub(shared_state::now());
    // One that is still due was locked by another process, or its failure could not be recorded.
    Ok(if left > 0 {
        MAX_INTERVAL.min(Duration::from_micros(left as u64))
    } else {
        LOCKED_INTERVAL
    })
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
