//! What is written down of jobs, with the rights of the extension's owner.

use pgrx::datum::{DatumWithOid, JsonB};
use pgrx::pg_sys::{Oid, TransactionId};
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use serde_json::Value;

use super::MAX_WORKERS;
use super::chunk::Chunk;
use super::guard;
use super::statements::{
    ADD_CHUNK, ALL_DONE, BEGIN, CLAIM, CLEAR, COUNT, CREATE, DONE, END, FOUND, FREE, FREE_OF, HOLD,
    HOLDERS, IN_ORDER, JOBS, LAST_CHUNK, MAY_LOG_IN, NAMES, OWNER_HAS_RIGHTS, REACHED, UNDER_WAY,
    VISIBLE,
};
use super::tables;
use crate::error;
use crate::import::{Counts, Found};
use crate::pg::caller::Schema;
use crate::pg::spi::{self, Row};
use crate::pg::sql::fill;
use crate::pg::{lock, role};

/// The tables of jobs in the extension's schema.
pub(crate) struct Ledger {
    pub(super) schema: Schema,
    owner: Oid,
}

/// A job that is to be written down.
pub(crate) struct NewJob<'a> {
    pub(crate) source: &'a str,
    /// As which its workers act.
    pub(crate) role: Oid,
    pub(crate) workers: i32,
    /// What [`crate::settings::recorded`] answered to that role.
    pub(crate) settings: &'a Value,
    /// Whether it is to do without secondary indexes.
    pub(crate) defers_indexes: bool,
}

/// A job, as it is written down.
pub(super) struct Job {
    pub(super) id: i64,
    pub(super) source: String,
    pub(super) role: Oid,
    pub(super) state: String,
    pub(super) workers: i32,
    /// Whether all its files are listed.
    pub(super) walked: bool,
    /// How often it was begun since it last got on.
    pub(super) attempts: i32,
    pub(super) settings: Value,
    pub(super) role_exists: bool,
    pub(super) defers_indexes: bool,
    /// Whether it has dropped indexes that are to be made again.
    pub(super) has_deferred_indexes: bool,
    /// The transaction that wrote this last.
    pub(super) written_by: TransactionId,
}

impl Job {
    pub(super) fn has_ended(&self) -> bool {
        !matches!(self.state.as_str(), "pending" | "running")
    }

    /// Whether it is a job of this process's role. It is not where the extension was dropped and made
    /// again while a worker was on its way, and the number is that of another job.
    pub(super) fn is_ours(&self) -> bool {
        self.role == role::current()
    }
}

impl Ledger {
    /// The ledger of this database's extension, which stays until the transaction ends; `None`
    /// where it is not installed (any more).
    pub(crate) fn find(client: &mut SpiClient<'_>) -> SpiResult<Option<Self>> {
        if !lock::hold_extension(c"midi_pipeline") {
            return Ok(None);
        }
        let found = tables::find(client)?;
        Ok(found.map(|(schema, owner)| Self { schema, owner }))
    }

    /// The owner of the extension's tables.
    pub(crate) fn owner(&self) -> Oid {
        self.owner
    }

    /// Records a new job and answers its number.
    pub(super) fn create(&self, client: &mut SpiClient<'_>, job: &NewJob<'_>) -> SpiResult<i64> {
        let NewJob { source, role, workers, settings, defers_indexes } = *job;
        let settings = JsonB(settings.clone());
        let arguments =
            [source.into(), role.into(), workers.into(), settings.into(), defers_indexes.into()];
        let id = self.one(client, CREATE, &arguments, |row| row.get::<i64>(1))?;
        let id = id.expect("RETURNING answers a row");
        if id > lock::HIGHEST_JOB {
            error::no_job_number(id).report(PgLogLevel::ERROR);
        }
        Ok(id)
    }

    /// The job of this number.
    pub(super) fn job(&self, client: &mut SpiClient<'_>, id: i64) -> SpiResult<Option<Job>> {
        Ok(self.jobs(client, "j.id = $1", &[id.into()])?.pop())
    }

    /// The job of this number, if it is the current role's business.
    pub(super) fn own_job(&self, client: &mut SpiClient<'_>, id: i64) -> SpiResult<Option<Job>> {
        Ok(self.jobs(client, VISIBLE, &[id.into(), role::current().into()])?.pop())
    }

    /// Whether a role may log in.
    pub(super) fn may_log_in(&self, client: &mut SpiClient<'_>, role: Oid) -> SpiResult<bool> {
        let may = self.one(client, MAY_LOG_IN, &[role.into()], |row| row.get::<bool>(1))?;
        Ok(may.unwrap_or(false))
    }

    /// Whether a job of this role is believed: the owner of the tables, who could make one up, has
    /// the role's rights, as a superuser has anyone's.
    pub(super) fn vouches_for(&self, client: &mut SpiClient<'_>, role: Oid) -> SpiResult<bool> {
        let has = self.one(client, OWNER_HAS_RIGHTS, &[role.into()], |row| row.get::<bool>(1))?;
        Ok(has.unwrap_or(false))
    }

    /// The jobs that have not ended, or have not put everything back yet.
    pub(super) fn under_way(&self, client: &mut SpiClient<'_>) -> SpiResult<Vec<Job>> {
        self.jobs(client, UNDER_WAY, &[])
    }

    /// A worker begins with a job, as the one that counts or beside it. Answers how often one that
    /// counts has; `None` where the job has ended meanwhile.
    pub(super) fn begin(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        leads: bool,
    ) -> SpiResult<Option<i32>> {
        self.one(client, BEGIN, &[id.into(), leads.into()], |row| row.get::<i32>(1))
    }

    /// Frees the chunks that a worker has left undone; `retries`: it is here, and begins them anew.
    pub(super) fn free(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        worker: i32,
        retries: bool,
    ) -> SpiResult<()> {
        self.run(client, FREE, &[id.into(), worker.into(), retries.into()])
    }

    /// Holds the chunks of these workers until the transaction ends, without waiting for one.
    /// Answers their numbers, each with its worker's.
    pub(super) fn hold(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        workers: Vec<i32>,
    ) -> SpiResult<Vec<(i64, i32)>> {
        self.all(client, HOLD, &[id.into(), workers.into()], |row| {
            Ok(row.get::<i64>(1)?.zip(row.get::<i32>(2)?))
        })
    }

    /// Frees these chunks.
    pub(super) fn free_chunks(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        chunks: Vec<i64>,
    ) -> SpiResult<()> {
        self.run(client, FREE_OF, &[id.into(), chunks.into()])
    }

    /// The workers that hold chunks, dead or alive.
    pub(super) fn holders(&self, client: &mut SpiClient<'_>, id: i64) -> SpiResult<Vec<i32>> {
        self.all(client, HOLDERS, &[id.into()], |row| row.get::<i32>(1))
    }

    /// The number of the last chunk, 0 where there is none.
    pub(super) fn last_chunk(&self, client: &mut SpiClient<'_>, id: i64) -> SpiResult<i64> {
        Ok(self.one(client, LAST_CHUNK, &[id.into()], |row| row.get::<i64>(1))?.unwrap_or(0))
    }

    /// Lists a chunk of files, whose paths lie below `top`.
    pub(super) fn add_chunk(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        number: i64,
        top: &str,
        files: &[Found],
    ) -> SpiResult<()> {
        let [names, sizes, modified, states, kinds, reasons] = super::chunk::columns(top, files);
        let (id, number) = (id.into(), number.into());
        let arguments = [id, number, names, sizes, modified, states, kinds, reasons];
        self.run(client, ADD_CHUNK, &arguments)
    }

    /// Counts files that were listed; `walked`: there are no others.
    pub(super) fn found(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        files: i64,
        walked: bool,
    ) -> SpiResult<()> {
        self.run(client, FOUND, &[id.into(), files.into(), walked.into()])
    }

    /// Gives the next chunk that is nobody's to a worker.
    pub(super) fn claim(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        worker: i32,
    ) -> SpiResult<Option<Chunk>> {
        self.one(client, CLAIM, &[id.into(), worker.into()], Chunk::read)
    }

    /// A chunk is written.
    pub(super) fn done(&self, client: &mut SpiClient<'_>, id: i64, chunk: i64) -> SpiResult<()> {
        self.run(client, DONE, &[id.into(), chunk.into()])
    }

    /// So many files and archives of a chunk, and members of the next archive in it, are written.
    pub(super) fn reached(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        chunk: i64,
        entries: usize,
        members: u64,
    ) -> SpiResult<()> {
        let (entries, members) = (entries as i32, members as i64);
        self.run(client, REACHED, &[id.into(), chunk.into(), entries.into(), members.into()])
    }

    /// Adds to a job's counts.
    pub(super) fn count(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        counts: &Counts,
    ) -> SpiResult<()> {
        let Counts { imported, duplicate, unchanged, failed, skipped, vanished } = *counts;
        let counts = [id, imported, duplicate, unchanged, failed, skipped, vanished];
        self.run(client, COUNT, &counts.map(DatumWithOid::from))
    }

    /// The names in the chunks after one: a hundred chunks at most, each with its number.
    pub(super) fn names(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        after: i64,
    ) -> SpiResult<Vec<(i64, Vec<String>)>> {
        self.all(client, NAMES, &[id.into(), after.into()], |row| {
            Ok(row.get::<i64>(1)?.zip(row.get::<Vec<String>>(2)?))
        })
    }

    /// Whether every chunk is written.
    pub(super) fn all_done(&self, client: &mut SpiClient<'_>, id: i64) -> SpiResult<bool> {
        Ok(self.one(client, ALL_DONE, &[id.into()], |row| row.get::<bool>(1))?.unwrap_or(false))
    }

    /// Ends a job, unless it has ended before. Answers whether it had not.
    pub(super) fn end(
        &self,
        client: &mut SpiClient<'_>,
        id: i64,
        state: &str,
        error: Option<&str>,
    ) -> SpiResult<bool> {
        let arguments = [id.into(), state.into(), error.into()];
        Ok(self.one(client, END, &arguments, |_| Ok(Some(())))?.is_some())
    }

    /// Deletes the list of a job's files.
    pub(super) fn clear(&self, client: &mut SpiClient<'_>, id: i64) -> SpiResult<()> {
        self.run(client, CLEAR, &[id.into()])
    }

    fn jobs(
        &self,
        client: &mut SpiClient<'_>,
        condition: &str,
        arguments: &[DatumWithOid<'_>],
    ) -> SpiResult<Vec<Job>> {
        let sql = [JOBS, condition, IN_ORDER].concat();
        self.all(client, &sql, arguments, |row| {
            Ok(Some(Job {
                id: row.get(1)?.unwrap_or_default(),
                source: row.get(2)?.unwrap_or_default(),
                role: row.get(3)?.unwrap_or(Oid::INVALID),
                state: row.get(4)?.unwrap_or_default(),
                workers: row.get(5)?.unwrap_or(1).clamp(1, MAX_WORKERS),
                walked: row.get(6)?.unwrap_or(false),
                attempts: row.get(7)?.unwrap_or(0),
                settings: row.get::<JsonB>(8)?.map_or(Value::Null, |settings| settings.0),
                role_exists: row.get(9)?.unwrap_or(false),
                written_by: row.get(10)?.unwrap_or(TransactionId::INVALID),
                defers_indexes: row.get(11)?.unwrap_or(false),
                has_deferred_indexes: row.get(12)?.unwrap_or(false),
            }))
        })
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(crate) fn run(
        &self,
        client: &mut SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
    ) -> SpiResult<()> {
        self.all(client, sql, arguments, |_| Ok(Some(()))).map(drop)
    }

    /// The last row of a statement's, read.
    pub(crate) fn one<T: Send>(
        &self,
        client: &mut SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        read: impl FnMut(&Row<'_>) -> SpiResult<Option<T>>,
    ) -> SpiResult<Option<T>> {
        Ok(self.all(client, sql, arguments, read)?.pop())
    }

    /// Runs a statement with the owner's rights and reads its rows, leaving out those that are
    /// read as `None`.
    pub(crate) fn all<T: Send>(
        &self,
        client: &mut SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        read: impl FnMut(&Row<'_>) -> SpiResult<Option<T>>,
    ) -> SpiResult<Vec<T>> {
        let sql = fill(sql, &[("schema", self.schema.quoted())]);
        let rows = role::with_rights_of(self.owner, || {
            guard::writing(|| spi::update_latest(client, &sql, None, arguments, read))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }
}
