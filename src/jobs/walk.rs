//! Lists the files of a job, before any of them is read: so it is known how many there are, and a
//! worker that takes over a listing that was cut off leaves out what is listed already.

use std::time::{Duration, Instant};

use pgrx::spi::{SpiClient, SpiResult};

use super::indexes;
use super::ledger::Ledger;
use super::worker::{Orders, Worker};
use crate::import::{Listing, Seen};
use crate::pg::lock::Lock;
use crate::pg::transaction::Failure;
use crate::{access, error, settings};

/// How long a transaction lists files before it commits them.
const SLICE: Duration = Duration::from_millis(500);

/// The part of [`Lock::who`] for the one that lists.
const LISTER: i32 = 0;

/// Lists the job's files, unless that is done or another worker is at it. Answers whether it did.
///
/// # Errors
/// Where the source cannot be listed, or a transaction fails.
pub(super) fn list(worker: &Worker<'_>) -> Result<bool, Failure> {
    let lock = Lock { job: worker.job, who: LISTER };
    if worker.job_is_listed()? || !lock.try_take() {
        return Ok(false);
    }
    let listed = list_alone(worker);
    lock.release();
    listed.map(|()| true)
}

fn list_alone(worker: &Worker<'_>) -> Result<(), Failure> {
    let begun = worker.transaction(|client, ledger, job| {
        if job.walked {
            return Ok(Orders::Stop);
        }
        indexes::drop_for(client, ledger, job)?;
        let source = access::locate(&job.source)?;
        let walk = Listing::start(source, settings::limits().max_bytes, settings::batch_size())?;
        let (listed, _) = listed(worker, client, ledger).map_err(error::statement)?;
        let last = ledger.last_chunk(client, job.id).map_err(error::statement)?;
        Ok(Orders::GoOn((walk, listed, last)))
    })?;
    let Orders::GoOn((mut walk, mut listed, mut last)) = begun else { return Ok(()) };
    loop {
        let slice = worker.transaction(|client, ledger, job| {
            let start = Instant::now();
            let (mut count, mut walked) = (0, false);
            while !walked && start.elapsed() < SLICE {
                let mut files =
                    walk.next_batch().map_err(|problem| error::file(&problem, &job.source))?;
                walked = files.is_empty();
                files.retain(|file| listed.add(&file.place));
                if !files.is_empty() {
                    last += 1;
                    count += files.len();
                    ledger
                        .add_chunk(client, job.id, last, &worker.source.top, &files)
                        .map_err(error::statement)?;
                }
            }
            ledger.found(client, job.id, count as i64, walked).map_err(error::statement)?;
            Ok(if walked { Orders::Stop } else { Orders::GoOn(()) })
        })?;
        if matches!(slice, Orders::Stop) {
            return Ok(());
        }
    }
}

/// The files that are in chunks, and the directories among them that could not be read.
///
/// # Errors
/// Those of SPI.
pub(super) fn listed(
    worker: &Worker<'_>,
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
) -> SpiResult<(Seen, Vec<String>)> {
    let (mut seen, mut unread) = (Seen::default(), Vec::new());
    let mut last = 0;
    loop {
        let page = ledger.names(client, worker.job, last)?;
        let Some((number, _)) = page.last() else { break };
        last = *number;
        for name in page.iter().flat_map(|(_, names)| names) {
            let place = worker.source.place_of(name);
            seen.add(&place);
            if name.ends_with('/') {
                unread.push(place.path);
            }
        }
    }
    Ok((seen, unread))
}
