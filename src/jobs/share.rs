//! A worker's share of a job: the chunks that it claims, one after the other.

use std::collections::VecDeque;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::chunk::Chunk;
use super::ledger::{Job, Ledger};
use super::worker::{MAX_ATTEMPTS, Orders, Worker};
use crate::import::{Counts, Found, OpenArchives, Opener, Pipeline, Store};
use crate::pg::lock;
use crate::pg::transaction::Failure;
use crate::{analysis_row, error};

/// The chunks that are under way.
pub(super) struct Share<'a> {
    worker: &'a Worker<'a>,
    pipeline: Pipeline<'a>,
    opener: Opener,
    /// The archives that are being read, and how far.
    archives: Option<(OpenArchives, Reached)>,
    /// Members that are marked as vanished, and not counted yet.
    vanished: i64,
    /// What the pipeline holds, the oldest first.
    batches: VecDeque<Claimed>,
    /// Why the job fails once those are written.
    problem: Option<ErrorReport>,
}

/// How far a chunk is read.
#[derive(Clone, Copy)]
struct Reached {
    chunk: i64,
    /// How many files and archives of it are done with.
    entries: usize,
    /// How many members of the next archive are.
    members: u64,
    /// Whether there is no more in it.
    is_end: bool,
}

/// A batch in the pipeline.
struct Claimed {
    /// How many files and archives are done with it.
    entries: usize,
    reached: Reached,
}

impl<'a> Share<'a> {
    pub(super) fn new(worker: &'a Worker<'a>, pipeline: Pipeline<'a>, opener: Opener) -> Self {
        let (archives, vanished, batches, problem) = (None, 0, VecDeque::new(), None);
        Self { worker, pipeline, opener, archives, vanished, batches, problem }
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
        lock::hold_off_direct_imports();
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
        self.count_vanished(client, ledger).map_err(error::statement)?;
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
        if self.archives.is_some() {
            return self.next_members(client, store).map(Some).map_err(error::statement);
        }
        match self.claim(client, ledger)? {
            Some(chunk) => self.begin(client, store, chunk).map(Some),
            None => match self.problem.take_if(|_| self.pipeline.is_empty()) {
                Some(problem) => Err(problem),
                None => Ok((!self.pipeline.is_empty()).then(Vec::new)),
            },
        }
    }

    /// The next chunk, unless the job is to fail: it is at one that was claimed too often.
    fn claim(
        &mut self,
        client: &mut SpiClient<'_>,
        ledger: &Ledger,
    ) -> Result<Option<Chunk>, ErrorReport> {
        if self.problem.is_some() {
            return Ok(None);
        }
        let job = self.worker.job;
        let chunk = ledger.claim(client, job, self.worker.number).map_err(error::statement)?;
        Ok(chunk.filter(|chunk| {
            if chunk.attempts > MAX_ATTEMPTS {
                let (first, last) = chunk.range();
                self.problem = Some(error::files_keep_ending(job, MAX_ATTEMPTS, first, last));
            }
            self.problem.is_none()
        }))
    }

    /// The files of a chunk, or the first members of its archives.
    fn begin<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        chunk: Chunk,
    ) -> Result<Vec<Found>, ErrorReport> {
        let (number, done, members) = (chunk.number, chunk.entries, chunk.members);
        let mut found = chunk.into_found(self.worker.source);
        found.drain(..done.min(found.len()));
        let archives = self.opener.open(client, store, &mut found, members)?;
        let is_end = archives.is_none();
        let reached = Reached { chunk: number, entries: done + found.len(), members, is_end };
        self.archives = archives.map(|archives| (archives, reached));
        if found.is_empty() && !is_end {
            return self.next_members(client, store).map_err(error::statement);
        }
        self.batches.push_back(Claimed { entries: found.len(), reached });
        Ok(found)
    }

    /// The next members of the archives that are being read.
    fn next_members<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
    ) -> SpiResult<Vec<Found>> {
        let Some((archives, before)) = &mut self.archives else { return Ok(Vec::new()) };
        let members = archives.next(client, store)?;
        let entries = members.archives;
        let reached = Reached {
            entries: before.entries + entries,
            members: members.members,
            is_end: members.is_last,
            ..*before
        };
        *before = reached;
        self.batches.push_back(Claimed { entries, reached });
        self.vanished += members.vanished;
        if members.is_last {
            self.archives = None;
        }
        Ok(members.found)
    }

    /// Counts the members that are marked as vanished. Only now, since a cancel waits for who has
    /// written to the job, and a transaction may wait for storage before.
    fn count_vanished(&mut self, client: &mut SpiClient<'_>, ledger: &Ledger) -> SpiResult<()> {
        let vanished = std::mem::take(&mut self.vanished);
        if vanished == 0 {
            return Ok(());
        }
        ledger.count(client, self.worker.job, &Counts { vanished, ..Counts::default() })?;
        ledger.found(client, self.worker.job, vanished, false)
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
        let Reached { chunk, entries, members, is_end } = claimed.reached;
        ledger.count(client, job, counts)?;
        // The listing has counted each archive as one file.
        let more = counts.found() - claimed.entries as i64;
        if more != 0 {
            ledger.found(client, job, more, false)?;
        }
        if is_end {
            ledger.done(client, job, chunk)
        } else {
            ledger.reached(client, job, chunk, entries, members)
        }
    }
}
