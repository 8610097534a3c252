//! The rows of chunks: how they are added, claimed, released and marked as done.

use pgrx::spi::{SpiClient, SpiResult};

use super::chunk::{self, Chunk};
use super::statements::{
    ADD_CHUNK, ALL_DONE, CLAIM, CLEAR, DONE, HOLD, HOLDERS, LAST_CHUNK, NAMES, REACHED, RELEASE,
    RELEASE_CHUNKS,
};
use super::store::JobStore;
use crate::import::{Entry, Position};

impl JobStore {
    /// The number of the last chunk; 0 if there is none.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(super) fn last_chunk(&self, client: &mut SpiClient<'_>, job: i64) -> SpiResult<i64> {
        Ok(self.one(client, LAST_CHUNK, &[job.into()], |row| row.get::<i64>(1))?.unwrap_or(0))
    }

    /// Adds a chunk of files whose paths are below `top`.
    pub(super) fn add_chunk(
        &self,
        client: &mut SpiClient<'_>,
        job: i64,
        number: i64,
        top: &str,
        files: &[Entry],
    ) -> SpiResult<()> {
        let [names, sizes, modified, states, kinds, reasons] = chunk::columns(top, files);
        let (job, number) = (job.into(), number.into());
        let arguments = [job, number, names, sizes, modified, states, kinds, reasons];
        self.run(client, ADD_CHUNK, &arguments)
    }

    /// The names in the chunks after this one: at most a hundred chunks, each with its number.
    pub(super) fn names(
        &self,
        client: &mut SpiClient<'_>,
        job: i64,
        after: i64,
    ) -> SpiResult<Vec<(i64, Vec<String>)>> {
        self.all(client, NAMES, &[job.into(), after.into()], |row| {
            Ok(row.get::<i64>(1)?.zip(row.get::<Vec<String>>(2)?))
        })
    }

    /// Claims the next free chunk for a worker.
    pub(super) fn claim(
        &self,
        client: &mut SpiClient<'_>,
        job: i64,
        worker: i32,
    ) -> SpiResult<Option<Chunk>> {
        self.one(client, CLAIM, &[job.into(), worker.into()], Chunk::read)
    }

    /// Records how far a chunk is written.
    pub(super) fn advance(
        &self,
        client: &mut SpiClient<'_>,
        job: i64,
        position: Position,
    ) -> SpiResult<()> {
        let Position { list: chunk, entries, members, is_end } = position;
        if is_end {
            return self.run(client, DONE, &[job.into(), chunk.into()]);
        }
        let (entries, members) = (entries as i32, members as i64);
        self.run(client, REACHED, &[job.into(), chunk.into(), entries.into(), members.into()])
    }

    /// Releases the chunks that a worker has left unfinished; `retries`: because of an error, after which
    /// the same process claims them again.
    pub(super) fn release(
        &self,
        client: &mut SpiClient<'_>,
        job: i64,
        worker: i32,
        retries: bool,
    ) -> SpiResult<()> {
        self.run(client, RELEASE, &[job.into(), worker.into(), retries.into()])
    }

    /// The workers that have claimed chunks, dead or alive.
    pub(super) fn holders(&self, client: &mut SpiClient<'_>, job: i64) -> SpiResult<Vec<i32>> {
        self.all(client, HOLDERS, &[job.into()], |row| row.get::<i32>(1))
    }

    /// Locks the chunks of these workers until the transaction ends, except for those that are locked.
    /// Returns their numbers, each with its worker's.
    pub(super) fn hold(
        &self,
        client: &mut SpiClient<'_>,
        job: i64,
        workers: Vec<i32>,
    ) -> SpiResult<Vec<(i64, i32)>> {
        self.all(client, HOLD, &[job.into(), workers.into()], |row| {
            Ok(row.get::<i64>(1)?.zip(row.get::<i32>(2)?))
        })
    }

    /// Releases these chunks.
    pub(super) fn release_chunks(
        &self,
        client: &mut SpiClient<'_>,
        job: i64,
        chunks: Vec<i64>,
    ) -> SpiResult<()> {
        self.run(client, RELEASE_CHUNKS, &[job.into(), chunks.into()])
    }

    /// Whether every chunk is written.
    pub(super) fn all_done(&self, client: &mut SpiClient<'_>, job: i64) -> SpiResult<bool> {
        Ok(self.one(client, ALL_DONE, &[job.into()], |row| row.get::<bool>(1))?.unwrap_or(false))
    }

    /// Deletes the chunks of a job.
    pub(super) fn clear(&self, client: &mut SpiClient<'_>, job: i64) -> SpiResult<()> {
        self.run(client, CLEAR, &[job.into()])
    }
}
