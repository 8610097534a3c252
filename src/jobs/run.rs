//! What a worker of a job does: a background process that acts as the role which started the job.

use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::job::Job;
use super::limits::MAX_ATTEMPTS;
use super::order::Order;
use super::retries::Retries;
use super::share::Share;
use super::source::Source;
use super::store::JobStore;
use super::worker::{Worker, in_job};
use super::{ending, listing, log};
use crate::import::Pool;
use crate::pg::interrupts;
use crate::pg::lock::{Alive, Lock};
use crate::pg::transaction::{self, Failure};
use crate::pg::wait_event::Wait;
use crate::pg::worker::{report_activity, undo_session_settings};
use crate::{distribution, error, settings};

/// How long a worker that finds no free chunk waits before it looks again.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// Works on a job until there is nothing left to do.
pub(super) fn run(order: Order) {
    let Order { job, worker, .. } = order;
    if !(Lock { job, who: worker }).try_take() {
        return;
    }
    report_activity(
        &format!("midi_import job {job} worker {worker}"),
        &format!("midi_import job {job}"),
    );
    undo_session_settings();
    distribution::write_in_order();
    let mut retries = Retries::default();
    loop {
        let start = Instant::now();
        let Err(failure) = begin_and_work(order, retries.any) else { break };
        if let ControlFlow::Break(failure) = retries.after(failure, start.elapsed()) {
            ending::record(job, &failure);
            break;
        }
    }
    ending::clean_up(job);
}

fn begin_and_work(order: Order, retries: bool) -> Result<(), Failure> {
    if order.transaction != 0 {
        transaction::run(|| {
            transaction::wait_for(order.transaction);
            Ok(())
        })?;
    }
    // The start must be on disk whatever ends the work.
    transaction::wait_for_disk(true);
    let begun = in_job(order.job, |client, jobs, job| begin(order, retries, client, jobs, job))?;
    let ControlFlow::Continue(Begun { source, directory, is_first }) = begun else {
        return Ok(());
    };
    // What a lost transaction has done is done again, so no commit has to wait for the disk. A job that
    // was interrupted before may have reached a file that ends the server; then claims must be on disk. And where other nodes
    // may have committed what this one has lost, nothing may be lost.
    transaction::wait_for_disk(!is_first || distribution::has_nodes());
    let worker = Worker { job: order.job, source: &source, number: order.worker };
    match Pool::new(settings::threads()) {
        Ok(pool) => work(&worker, &pool, &directory),
        Err(error) => transaction::run(|| Err(error)),
    }
}

/// A job on which a worker has started.
struct Begun {
    source: Source,
    /// The directory of the source.
    directory: Arc<OwnedFd>,
    /// Whether it was never started before.
    is_first: bool,
}

/// Checks that the job may be worked on, and records the start; `retries`: the same worker has failed to
/// do the work and does it again.
fn begin(
    order: Order,
    retries: bool,
    client: &mut SpiClient<'_>,
    jobs: &JobStore,
    job: &Job,
) -> Result<ControlFlow<(), Begun>, ErrorReport> {
    let is_alone = Alive::read().of(job.id).all(|(who, _)| who == order.worker);
    // One of the workers that start together is counted.
    let leads = !retries && (is_alone || order.worker == 1);
    if leads && job.attempts >= MAX_ATTEMPTS {
        return Err(error::job_keeps_ending(job.id, job.attempts));
    }
    let Some((begun, names)) = jobs.begin(client, job.id, leads).map_err(error::statement)? else {
        return Ok(ControlFlow::Break(()));
    };
    jobs.release(client, job.id, order.worker, retries).map_err(error::statement)?;
    // Both the current limits and those of the caller's settings must allow the source.
    Source::locate(job)?;
    settings::restore(&job.settings);
    let (source, directory) = Source::locate(job)?;
    if leads {
        log::begins(job.id, names.each_ref().map(String::as_str), &source.in_line(), begun <= 1);
    }
    Ok(ControlFlow::Continue(Begun { source, directory, is_first: begun <= 1 }))
}

fn work(worker: &Worker<'_>, pool: &Pool, directory: &Arc<OwnedFd>) -> Result<(), Failure> {
    loop {
        listing::list(worker)?;
        Share::new(worker, pool, directory.clone()).import()?;
        if ending::finish(worker)?.is_break() {
            return Ok(());
        }
        transaction::run(|| {
            interrupts::sleep(RETRY_INTERVAL, Wait::OtherWorkers);
            Ok(())
        })?;
    }
}
