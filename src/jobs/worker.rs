//! One worker of a job: a background process that is the role which started the job.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use super::chunk::Source;
use super::ledger::{Job, Ledger};
use super::order::Order;
use super::share::Share;
use super::{ending, walk};
use crate::import::{Opener, Pipeline, Pool};
use crate::pg::lock::{Alive, Lock};
use crate::pg::transaction::{self, Failure};
use crate::pg::worker::{report_activity, undo_session_settings};
use crate::pg::{guc, interrupts};
use crate::{access, error, settings};

/// How often a job is begun anew without one batch written in between, and a batch claimed anew
/// without any of it written.
pub(super) const MAX_ATTEMPTS: i32 = 5;

/// How long a worker that finds nothing to do waits before it looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What the work on a job goes by.
pub(super) struct Worker<'a> {
    pub(super) job: i64,
    pub(super) source: &'a Source,
    pub(super) number: i32,
}

/// Whether there is more to do.
pub(super) enum Orders<T> {
    GoOn(T),
    /// The job has ended or is gone, or the task is done.
    Stop,
}

/// Works on a job until there is nothing left to do.
pub(crate) fn work(order: Order) {
    let Order { job, worker, .. } = order;
    if !(Lock { job, who: worker }).try_take() {
        return;
    }
    report_activity(
        &format!("midi_import job {job} worker {worker}"),
        &format!("midi_import job {job}"),
    );
    undo_session_settings();
    let mut retries = false;
    while let Err(failure) = begin_and_work(order, retries) {
        let retry = [
            PgSqlErrorCode::ERRCODE_T_R_DEADLOCK_DETECTED,
            PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE,
        ];
        if !retry.contains(&failure.code) {
            ending::record(job, &failure);
            break;
        }
        retries = true;
    }
    ending::put_back(job);
}

fn begin_and_work(order: Order, retries: bool) -> Result<(), Failure> {
    if order.transaction != 0 {
        transaction::run(|| {
            transaction::wait_for(order.transaction);
            Ok(())
        })?;
    }
    // That work was begun has to be known whatever ends it.
    transaction::wait_for_disk(true);
    let begun =
        in_job(order.job, |client, ledger, job| begin(order, retries, client, ledger, job))?;
    let Orders::GoOn((source, directory, is_first)) = begun else { return Ok(()) };
    // What is left of a cut-off transaction is done anew: no commit has to wait for the disk. Where
    // a job was cut off before, it may be at a file that ends the server, and which one was claimed
    // has to be known.
    transaction::wait_for_disk(!is_first);
    let worker = Worker { job: order.job, source: &source, number: order.worker };
    match Pool::new(settings::threads()) {
        Ok(pool) => worker.run(&pool, directory),
        Err(error) => transaction::run(|| Err(error)),
    }
}

/// Sees to it that the job may be worked on, and is written down as begun; `retries`: by a worker
/// that was not cut off. Answers its source, and whether it is begun for the first time.
fn begin(
    order: Order,
    retries: bool,
    client: &mut SpiClient<'_>,
    ledger: &Ledger,
    job: &Job,
) -> Result<Orders<(Source, Arc<OwnedFd>, bool)>, ErrorReport> {
    let alone = Alive::read().of(job.id).all(|(who, _)| who == order.worker);
    // Of several that start together one counts.
    let leads = !retries && (alone || order.worker == 1);
    if leads && job.attempts >= MAX_ATTEMPTS {
        return Err(error::job_keeps_ending(job.id, job.attempts));
    }
    let Some(begun) = ledger.begin(client, job.id, leads).map_err(error::statement)? else {
        return Ok(Orders::Stop);
    };
    ledger.free(client, job.id, order.worker, retries).map_err(error::statement)?;
    // Both what holds now and what held for the caller must allow the source.
    access::locate(&job.source)?;
    settings::restore(&job.settings);
    let place = access::locate(&job.source)?;
    let source = Source { top: place.text(), path: place.path, is_directory: place.is_directory };
    Ok(Orders::GoOn((source, Arc::new(place.directory), begun <= 1)))
}

/// Runs `work` in a transaction of its own with the job as it is, unless that has ended or is gone.
pub(super) fn in_job<T>(
    id: i64,
    work: impl FnOnce(&mut SpiClient<'_>, &Ledger, &Job) -> Result<Orders<T>, ErrorReport>,
) -> Result<Orders<T>, Failure> {
    // A limit that was lowered holds from the next batch on.
    guc::reload();
    transaction::run(|| {
        Spi::connect_mut(|client| {
            let Some(ledger) = Ledger::find(client).map_err(error::statement)? else {
                return Ok(Orders::Stop);
            };
            let Some(job) = ledger.job(client, id).map_err(error::statement)? else {
                return Ok(Orders::Stop);
            };
            if job.has_ended() || !job.is_ours() {
                return Ok(Orders::Stop);
            }
            if !job.role_exists {
                return Err(error::job_without_role(id));
            }
            access::require_reader()?;
            work(client, &ledger, &job)
        })
    })
}

impl Worker<'_> {
    /// [`in_job`] for this worker's job.
    pub(super) fn transaction<T>(
        &self,
        work: impl FnOnce(&mut SpiClient<'_>, &Ledger, &Job) -> Result<Orders<T>, ErrorReport>,
    ) -> Result<Orders<T>, Failure> {
        in_job(self.job, work)
    }

    /// Whether all files of the job are listed, or it has ended.
    pub(super) fn job_is_listed(&self) -> Result<bool, Failure> {
        let listed = self.transaction(|_, _, job| Ok(Orders::GoOn(job.walked)))?;
        Ok(!matches!(listed, Orders::GoOn(false)))
    }

    fn run(&self, pool: &Pool, directory: Arc<OwnedFd>) -> Result<(), Failure> {
        loop {
            walk::list(self)?;
            let opener = Opener {
                directory: directory.clone(),
                limits: settings::archive_limits(),
                batch_size: settings::batch_size(),
            };
            let pipeline = Pipeline::new(pool, directory.clone(), settings::limits());
            Share::new(self, pipeline, opener).import()?;
            if let Orders::Stop = ending::finish(self)? {
                return Ok(());
            }
            transaction::run(|| {
                interrupts::sleep(LOOK_AGAIN);
                Ok(())
            })?;
        }
    }

    /// Makes free the chunks of workers that are no more.
    pub(super) fn adopt(
        &self,
        client: &mut SpiClient<'_>,
        ledger: &Ledger,
    ) -> Result<(), ErrorReport> {
        let mut dead = ledger.holders(client, self.job).map_err(error::statement)?;
        let alive = Alive::read();
        dead.retain(|&who| !alive.has(self.job, who));
        if dead.is_empty() {
            return Ok(());
        }
        // One of the same number may have begun meanwhile. Whoever is not there while its chunks are
        // held has not claimed them.
        let mut held = ledger.hold(client, self.job, dead).map_err(error::statement)?;
        let alive = Alive::read();
        held.retain(|&(_, who)| !alive.has(self.job, who));
        let chunks = held.into_iter().map(|(chunk, _)| chunk).collect();
        ledger.free_chunks(client, self.job, chunks).map_err(error::statement)
    }
}
