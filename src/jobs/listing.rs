//! Lists the files of a job before any of them is read. So their number is known, and a worker that takes
//! over an interrupted listing leaves out the files that are listed already.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::indexes;
use super::job::Job;
use super::store::JobStore;
use super::worker::Worker;
use crate::import::{Cataloged, Counts, Entry, Listing, Recorded, Store};
use crate::pg::lock::Lock;
use crate::pg::transaction::Failure;
use crate::{access, error, settings};

/// How long a transaction lists files before it commits them.
const SLICE: Duration = Duration::from_millis(500);

/// The part of [`Lock::who`] of the worker that lists.
const LISTER: i32 = 0;

/// Lists the job's files, unless they are listed or another worker is listing them.
///
/// # Errors
/// Where the source cannot be listed, or a transaction fails.
pub(super) fn list(worker: &Worker<'_>) -> Result<(), Failure> {
    let lock = Lock { job: worker.job, who: LISTER };
    if worker.job_is_listed()? || !lock.try_take() {
        return Ok(());
    }
    let listed = list_all(worker);
    lock.release();
    listed
}

fn list_all(worker: &Worker<'_>) -> Result<(), Failure> {
    let begun = worker.transaction(|client, jobs, job| begin(worker, client, jobs, job))?;
    let ControlFlow::Continue(mut state) = begun else { return Ok(()) };
    while worker
        .transaction(|client, jobs, job| state.list_for_a_while(worker, client, jobs, job))?
        .is_continue()
    {}
    Ok(())
}

/// Where the files come from.
enum Files {
    Below(Listing),
    OfLibrary(Cataloged),
}

impl Files {
    /// Starts to list the files of a job.
    ///
    /// # Errors
    /// Where the current role may not read the source, or no thread can be started.
    fn of(job: &Job) -> Result<Self, ErrorReport> {
        let (max_bytes, batch_size) = (settings::limits().max_bytes, settings::batch_size());
        Ok(match &job.source {
            Some(source) => {
                Self::Below(Listing::start(access::locate(source)?, max_bytes, batch_size)?)
            }
            None => Self::OfLibrary(Cataloged::new(access::allowed()?, batch_size)),
        })
    }

    /// The next files; an empty batch at the end.
    ///
    /// # Errors
    /// Where the source cannot be listed; otherwise those of SPI.
    fn next_batch(
        &mut self,
        client: &mut SpiClient<'_>,
        jobs: &JobStore,
        job: &Job,
    ) -> Result<Vec<Entry>, ErrorReport> {
        match self {
            Self::Below(listing) => listing.next_batch().map_err(|problem| {
                error::file(&problem, job.source.as_deref().unwrap_or_default())
            }),
            Self::OfLibrary(cataloged) => cataloged.next_batch(client, jobs.schema()),
        }
    }

    /// How many files the job leaves out, once all others are listed.
    ///
    /// # Errors
    /// Those of SPI.
    fn skipped(
        &self,
        client: &mut SpiClient<'_>,
        jobs: &JobStore,
        job: &Job,
    ) -> Result<i64, ErrorReport> {
        match self {
            Self::Below(_) => Ok(0),
            Self::OfLibrary(cataloged) => cataloged.skipped(client, jobs.schema(), job.id),
        }
    }
}

/// A listing in progress.
struct State {
    source: Files,
    /// What the library has, compared with the files in chunks.
    recorded: Recorded,
    /// The number of the last chunk.
    last: i64,
}

/// Starts the listing, unless another worker has completed it.
fn begin(
    worker: &Worker<'_>,
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
    job: &Job,
) -> Result<ControlFlow<(), State>, ErrorReport> {
    if job.is_listed {
        return Ok(ControlFlow::Break(()));
    }
    indexes::drop_for(client, jobs, job)?;
    let source = Files::of(job)?;
    let store = Store::prepare(client, jobs.schema(), settings::extent(), Some(job.id))?;
    let (recorded, _) = compare(worker, client, jobs, &store).map_err(error::statement)?;
    let last = jobs.last_chunk(client, job.id).map_err(error::statement)?;
    Ok(ControlFlow::Continue(State { source, recorded, last }))
}

impl State {
    /// Lists files for the length of one transaction. `Break` at the end.
    fn list_for_a_while(
        &mut self,
        worker: &Worker<'_>,
        client: &mut SpiClient<'_>,
        jobs: &JobStore,
        job: &Job,
    ) -> Result<ControlFlow<()>, ErrorReport> {
        let start = Instant::now();
        let (mut count, mut is_end) = (0, false);
        while !is_end && start.elapsed() < SLICE {
            let mut files = self.source.next_batch(client, jobs, job)?;
            is_end = files.is_empty();
            self.recorded.compare(&mut files);
            if !files.is_empty() {
                self.last += 1;
                count += files.len();
                jobs.add_chunk(client, job.id, self.last, &worker.source.top, &files)
                    .map_err(error::statement)?;
            }
        }
        let skipped = if is_end { self.source.skipped(client, jobs, job)? } else { 0 };
        let found = count as i64 + skipped;
        jobs.add_found(client, job.id, found, is_end).map_err(error::statement)?;
        if skipped > 0 {
            let counts = Counts { skipped, ..Counts::default() };
            jobs.add_counts(client, job.id, &counts).map_err(error::statement)?;
        }
        Ok(if is_end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

/// What the library has recorded below the job's source, compared with the files in chunks; and the directories among
/// these that could not be read.
///
/// # Errors
/// Those of SPI.
pub(super) fn compare<'conn>(
    worker: &Worker<'_>,
    client: &mut SpiClient<'conn>,
    jobs: &JobStore,
    store: &Store<'conn>,
) -> SpiResult<(Recorded, Vec<String>)> {
    let source = worker.source;
    let mut recorded = match source.is_whole_directory() {
        true => Recorded::read(client, store, &format!("{}/", source.top), source.portion)?,
        false => Recorded::nothing(source.portion),
    };
    let (mut unread, mut last) = (Vec::new(), 0);
    loop {
        let page = jobs.names(client, worker.job, last)?;
        let Some((number, _)) = page.last() else { return Ok((recorded, unread)) };
        last = *number;
        for name in page.iter().flat_map(|(_, names)| names) {
            let location = source.location_of(name);
            recorded.add(&location);
            if name.ends_with('/') {
                unread.push(location.path);
            }
        }
    }
}
