//! The rows of jobs.

use pgrx::datum::{DatumWithOid, JsonB};
use pgrx::pg_sys::{Oid, TransactionId};
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use serde_json::{Value, json};

use super::limits::MAX_WORKERS;
use super::log;
use super::statements::{
    BEGIN, COUNT, CREATE, END, FOUND, IN_ORDER, JOBS, MAY_LOG_IN, OWNER_HAS_RIGHTS, UNDER_WAY,
    VISIBLE,
};
use super::store::JobStore;
use crate::error;
use crate::import::{Counts, Portion};
use crate::pg::spi::Row;
use crate::pg::{lock, role};

/// A job that is to be created.
pub(crate) struct NewJob<'a> {
    /// `None`: the files of the library whose music is only cataloged.
    pub(crate) source: Option<&'a str>,
    /// The role as which its workers act.
    pub(crate) role: Oid,
    pub(crate) workers: i32,
    /// The settings of that role, as [`crate::settings::recorded`] returns them.
    pub(crate) settings: &'a Value,
    pub(crate) portion: Portion,
    /// Whether it runs without secondary indexes.
    pub(crate) defers_indexes: bool,
}

/// A job.
pub(super) struct Job {
    pub(super) id: i64,
    /// What was given to be imported; `None` for the files whose music is only cataloged.
    pub(super) source: Option<String>,
    pub(super) role: Oid,
    pub(super) state: String,
    pub(super) workers: i32,
    /// Whether all its files are listed.
    pub(super) is_listed: bool,
    /// How often it was started since it last made progress.
    pub(super) attempts: i32,
    pub(super) settings: Value,
    /// Which part of the files it imports.
    pub(super) portion: Portion,
    pub(super) role_exists: bool,
    pub(super) defers_indexes: bool,
    /// Whether it has dropped indexes that are to be recreated.
    pub(super) has_deferred_indexes: bool,
    /// The transaction that wrote the row.
    pub(super) written_by: TransactionId,
}

/// The part of the files that a job imports, and the number of parts, among its settings; all without it.
const PORTION: &str = "part";

fn portion(settings: &Value) -> Portion {
    let number = |place: usize| settings[PORTION][place].as_i64()?.try_into().ok();
    let portion = number(0).zip(number(1)).and_then(|(part, of)| Portion::new(part, of).ok());
    portion.unwrap_or(Portion::ALL)
}

impl Job {
    fn read(row: &Row<'_>) -> SpiResult<Option<Self>> {
        let settings = row.get::<JsonB>(8)?.map_or(Value::Null, |settings| settings.0);
        Ok(Some(Self {
            id: row.get(1)?.unwrap_or_default(),
            source: row.get(2)?,
            role: row.get(3)?.unwrap_or(Oid::INVALID),
            state: row.get(4)?.unwrap_or_default(),
            workers: row.get(5)?.unwrap_or(1).clamp(1, MAX_WORKERS),
            is_listed: row.get(6)?.unwrap_or(false),
            attempts: row.get(7)?.unwrap_or(0),
            portion: portion(&settings),
            settings,
            role_exists: row.get(9)?.unwrap_or(false),
            written_by: row.get(10)?.unwrap_or(TransactionId::INVALID),
            defers_indexes: row.get(11)?.unwrap_or(false),
            has_deferred_indexes: row.get(12)?.unwrap_or(false),
        }))
    }

    /// Whether it has finished, failed or been cancelled.
    pub(super) fn has_ended(&self) -> bool {
        !matches!(self.state.as_str(), "pending" | "running")
    }

    /// Whether it belongs to the role of this process. It does not if the extension was dropped and
    /// created again while a worker was starting, and its number is now that of another job.
    pub(super) fn is_own(&self) -> bool {
        self.role == role::current()
    }
}

impl JobStore {
    /// Creates a job and returns its number.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(super) fn create(&self, client: &mut SpiClient<'_>, job: &NewJob<'_>) -> SpiResult<i64> {
        let NewJob { source, role, workers, settings, portion, defers_indexes } = *job;
        let mut settings = settings.clone();
        if portion != Portion::ALL {
            settings[PORTION] = json!([portion.part, portion.of]);
        }
        let settings = JsonB(settings);
        let arguments =
            [source.into(), role.into(), workers.into(), settings.into(), defers_indexes.into()];
        let id = self.one(client, CREATE, &arguments, |row| row.get::<i64>(1))?;
        let id = id.expect("RETURNING gives a row");
        if id > lock::HIGHEST_JOB {
            error::no_job_number(id).report(PgLogLevel::ERROR);
        }
        Ok(id)
    }

    /// The job of this number.
    pub(super) fn job(&self, client: &mut SpiClient<'_>, id: i64) -> SpiResult<Option<Job>> {
        Ok(self.jobs(client, "j.id = $1", &[id.into()])?.pop())
    }

    /// The job of this number, if the current role may see it.
    pub(super) fn visible_job(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
    ) -> SpiResult<Option<Job>> {
        Ok(self.jobs(client, VISIBLE, &[id.into(), role::current().into()])?.pop())
    }

    /// The jobs that have not ended, or that have not been cleaned up yet.
    pub(super) fn jobs_under_way(&self, client: &mut SpiClient<'_>) -> SpiResult<Vec<Job>> {
        self.jobs(client, UNDER_WAY, &[])
    }

    fn jobs(
        &self,
        client: &mut SpiClient<'_>,
        condition: &str,
        arguments: &[DatumWithOid<'_>],
    ) -> SpiResult<Vec<Job>> {
        let sql = [JOBS, condition, IN_ORDER].concat();
        self.all(client, &sql, arguments, Job::read)
    }

    /// Whether a role may log in.
    pub(super) fn may_log_in(&self, client: &mut SpiClient<'_>, role: Oid) -> SpiResult<bool> {
        let may = self.one(client, MAY_LOG_IN, &[role.into()], |row| row.get::<bool>(1))?;
        Ok(may.unwrap_or(false))
    }

    /// Whether the owner of the tables has the rights of this role. The owner could forge a row, so
    /// only then is a row with this role trusted. A superuser has the rights of every role.
    pub(super) fn owner_has_rights_of(
        &self,
        client: &mut SpiClient<'_>,
        role: Oid,
    ) -> SpiResult<bool> {
        let has = self.one(client, OWNER_HAS_RIGHTS, &[role.into()], |row| row.get::<bool>(1))?;
        Ok(has.unwrap_or(false))
    }

    /// Records that a worker starts with a job; `leads`: this start is counted. Returns how many starts
    /// have been counted, and the names of the role and of the database; `None` if the job has ended meanwhile.
    pub(super) fn begin(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        leads: bool,
    ) -> SpiResult<Option<(i32, [String; 2])>> {
        self.one(client, BEGIN, &[id.into(), leads.into()], |row| {
            let names = [row.get(2)?.unwrap_or_default(), row.get(3)?.unwrap_or_default()];
            Ok(row.get::<i32>(1)?.map(|begun| (begun, names)))
        })
    }

    /// Adds to the number of files that were found; `is_listed`: there are no others.
    pub(super) fn add_found(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        files: i64,
        is_listed: bool,
    ) -> SpiResult<()> {
        self.run(client, FOUND, &[id.into(), files.into(), is_listed.into()])
    }

    /// Adds to a job's counts.
    pub(super) fn add_counts(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        counts: &Counts,
    ) -> SpiResult<()> {
        let Counts { imported, duplicate, unchanged, failed, skipped, vanished } = *counts;
        let counts = [id, imported, duplicate, unchanged, failed, skipped, vanished];
        self.run(client, COUNT, &counts.map(DatumWithOid::from))
    }

    /// Ends a job. Returns false if it had ended before.
    pub(super) fn end(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        state: &str,
        error: Option<&str>,
    ) -> SpiResult<bool> {
        let arguments = [id.into(), state.into(), error.into()];
        let names = self.one(client, END, &arguments, |row| {
            Ok(row.get::<String>(1)?.zip(row.get::<String>(2)?))
        })?;
        if let Some((role, database)) = &names {
            log::ends(id, [role, database], state, error);
        }
        Ok(names.is_some())
    }
}
