//! The background process of a job's worker: how it is started, and where it begins.

use super::order::Order;
use super::run;
use crate::pg::role;
use crate::pg::worker::{Started, Starting, Worker, entry_point};

/// Asks the server to start a worker of a job in this database, whatever becomes of the transaction.
/// Returns `None` if there is no free worker slot.
pub(super) fn start(order: Order) -> Option<Started> {
    Worker {
        entry_point: JOB_WORKER,
        name: &format!("midi_import job {} worker {}", order.job, order.worker),
        kind: "midi_import",
        argument: 0,
        extra: &order.to_text(role::database()),
        restarts: true,
    }
    .start()
}

entry_point! {
    /// Where a worker of a job begins.
    JOB_WORKER, midi_pipeline_job_worker => begin
}

fn begin(process: Starting) {
    // A worker that was started by another version of the library does not know its job any more.
    let Some((database, order)) = Order::parse(&process.extra()) else { return };
    process.connect(database, order.role);
    run::run(order);
}
