//! A worker's share of a job: the chunks that it claims, one after the other.

use std::collections::VecDeque;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::chunk::Chunk;
use super::ledger::{Job, Ledger};
use super::worker::{MAX_ATTEMPTS, Orders, Worker};
use crate::import::{Batch, Counts, Found, OpenArchive, Opener, Pipeline, Store, hold_off_direct};
use crate::pg::transaction::Failure;
use crate::{analysis_row, error};

/// The chunks that are under way.
pub(super) struct Share<'a> {
    worker: &'a Worker<'a>,
    pipeline: Pipeline<'a>,
    opener: Opener,
    /// The archive that is being read, and its chunk.
    archive: Option<(OpenArchive, i64)>,
    /// What the pipeline holds, the oldest first.
    batches: VecDeque<Claimed>,
    /// Why the job fails once those are written.
    trouble: Option<ErrorReport>,
}

/// A batch in the pipeline.
struct Claimed {
    chunk: i64,
    /// How many members of an archive it holds.
    members: Option<i64>,
    /// Whether the chunk is done with it.
    is_last: bool,
}

impl<'a> Share<'a> {
    pub(super) fn new(worker: &'a Worker<'a>, pipeline: Pipeline<'a>, opener: Opener) -> Self {
        Self { worker, pipeline, opener, archive: None, batches: VecDeque::new(), trouble: None }
    }

    /// Imports chunks until none is free: one transaction claims a chunk and writes the one that
    /// was claimed two transactions ago.
    ///
    /// # Errors
    /// Where a transaction fails.
    pub(super) fn import(mut self) -> Result<(), Failure> {
        let worker = self.worker;
        while let Orders::GoOn(()) =
            worker.transaction(|client, ledger, job| self.step(client, ledger, job))?
        {}
        Ok(())
    }

    fn step(
        &mut self,
        client: &mut SpiClient<'_>,
        ledger: &Ledger,
        job: &Job,
    ) -> Result<Orders<()>, ErrorReport> {
        hold_off_direct();
        let analysis = analysis_row::row_type(ledger.schema.row_descriptor(c"midi_analysis"))?;
        let store = Store::prepare(client, &ledger.schema, analysis, Some(job.id))
            .map_err(error::statement)?;
        let found = self.next(client, &store, ledger)?;
        let Some(found) = found else { return Ok(Orders::Stop) };
        let written = self.pipeline.step(client, &store, found).map_err(error::statement)?;
        if let Some((counts, claimed)) = written.zip(self.batches.front()) {
            self.write_down(client, ledger, claimed, &counts).map_err(error::statement)?;
            self.batches.pop_front();
        }
        Ok(Orders::GoOn(()))
    }

    /// The next files, none where there is nothing to claim; `None` where the pipeline is empty as
    /// well.
    fn next<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        ledger: &Ledger,
    ) -> Result<Option<Vec<Found>>, ErrorReport> {
        let job = self.worker.job;
        loop {
            if self.archive.is_some() {
                return self.next_members(client, store, ledger).map_err(error::statement);
            }
            let chunk = match &self.trouble {
                None => ledger.claim(client, job, self.worker.number).map_err(error::statement)?,
                Some(_) => None,
            };
            let Some(chunk) = chunk else {
                return match self.trouble.take_if(|_| self.pipeline.is_empty()) {
                    Some(trouble) => Err(trouble),
                    None => Ok((!self.pipeline.is_empty()).then(Vec::new)),
                };
            };
            if chunk.attempts > MAX_ATTEMPTS {
                let (first, last) = chunk.range();
                let trouble = error::files_keep_ending(job, MAX_ATTEMPTS, first, last);
                self.trouble = Some(trouble);
                continue;
            }
            let found = self.look(client, store, ledger, chunk).map_err(error::statement)?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// The next members of the archive that is being read.
    fn next_members<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        ledger: &Ledger,
    ) -> SpiResult<Option<Vec<Found>>> {
        let Some((open, chunk)) = &mut self.archive else { return Ok(None) };
        let members = open.next(client, store)?;
        let (is_last, chunk) = (members.is_last, *chunk);
        let count = members.found.len() as i64 - i64::from(is_last);
        self.batches.push_back(Claimed { chunk, members: Some(count), is_last });
        if members.vanished > 0 {
            let counts = Counts { vanished: members.vanished, ..Counts::default() };
            ledger.count(client, self.worker.job, &counts)?;
            ledger.found(client, self.worker.job, counts.found(), false)?;
        }
        if is_last {
            self.archive = None;
        }
        Ok(Some(members.found))
    }

    /// Looks what a chunk is. Answers the files in it, if it has some that are to be read.
    fn look<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        ledger: &Ledger,
        chunk: Chunk,
    ) -> SpiResult<Option<Vec<Found>>> {
        let (number, skip) = (chunk.number, chunk.members as u64);
        match self.opener.look(client, store, chunk.into_found(self.worker.source), skip)? {
            Batch::Files(found) => {
                self.batches.push_back(Claimed { chunk: number, members: None, is_last: true });
                return Ok(Some(found));
            }
            Batch::Unchanged(counts) => {
                let claimed = Claimed { chunk: number, members: Some(0), is_last: true };
                self.write_down(client, ledger, &claimed, &counts)?;
            }
            Batch::Archive(open) => self.archive = Some((open, number)),
        }
        Ok(None)
    }

    /// Writes down a batch that is written: in its job's counts, and in its chunk.
    fn write_down(
        &self,
        client: &mut SpiClient<'_>,
        ledger: &Ledger,
        claimed: &Claimed,
        counts: &Counts,
    ) -> SpiResult<()> {
        let job = self.worker.job;
        ledger.count(client, job, counts)?;
        if let Some(members) = claimed.members {
            // The listing has counted the archive as one file.
            ledger.found(client, job, counts.found() - i64::from(claimed.is_last), false)?;
            ledger.members(client, job, claimed.chunk, members)?;
        }
        if claimed.is_last {
            ledger.done(client, job, claimed.chunk)?;
        }
        Ok(())
    }
}
