//! Which failures of a worker pass, so that it does its work again.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use pgrx::prelude::*;

use crate::distribution;
use crate::pg::interrupts;
use crate::pg::transaction::{self, Failure};
use crate::pg::wait_event::Wait;

/// How long a worker waits for a node that does not answer before it tries again.
const PAUSE: Duration = Duration::from_secs(5);

/// For how long it tries.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How often a worker is cancelled before it is not by Citus, which ends so one of those that wait for each other on several
/// nodes. Who cancels a job says so in its row, where its workers look first.
const MOST_CANCELS: u32 = 100;

/// The failures of a worker that passed.
#[derive(Default)]
pub(super) struct Retries {
    cancels: u32,
    /// Whether there was one.
    pub(super) any: bool,
    /// Since when a node has not answered.
    lost_since: Option<Instant>,
}

impl Retries {
    /// What follows a failure after work of this length: the work again, which waits where a node does not answer, or the end
    /// of the job, with its reason.
    pub(super) fn after(&mut self, failure: Failure, worked: Duration) -> ControlFlow<Failure> {
        let is_conflict = match failure.code {
            PgSqlErrorCode::ERRCODE_T_R_DEADLOCK_DETECTED
            | PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE => true,
            PgSqlErrorCode::ERRCODE_QUERY_CANCELED if distribution::has_nodes() => {
                self.cancels += 1;
                self.cancels <= MOST_CANCELS
            }
            _ => false,
        };
        if !is_conflict {
            if !distribution::has_nodes() || !is_lost_node(&failure) {
                return ControlFlow::Break(failure);
            }
            // Work that goes on for longer than a node needs to refuse has reached it.
            let since = self.lost_since.filter(|_| worked < 2 * PAUSE);
            let since = *self.lost_since.insert(since.unwrap_or_else(Instant::now));
            if since.elapsed() > PATIENCE {
                return ControlFlow::Break(failure);
            }
            let paused = transaction::run(|| {
                interrupts::sleep(PAUSE, Wait::Nodes);
                Ok(())
            });
            if let Err(cancelled) = paused {
                return ControlFlow::Break(cancelled);
            }
        }
        self.any = true;
        ControlFlow::Continue(())
    }
}

/// Whether the failure may be that another node of a distributed library did not answer, or was stopped. Citus reports one
/// that is lost in the middle of a statement as any of these.
fn is_lost_node(failure: &Failure) -> bool {
    const CLASS: i32 = 0xFFF;
    let class = |code: PgSqlErrorCode| code as i32 & CLASS;
    let lost = [PgSqlErrorCode::ERRCODE_CONNECTION_EXCEPTION, PgSqlErrorCode::ERRCODE_SYSTEM_ERROR];
    let stopped = [
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        PgSqlErrorCode::ERRCODE_ADMIN_SHUTDOWN,
        PgSqlErrorCode::ERRCODE_CRASH_SHUTDOWN,
        PgSqlErrorCode::ERRCODE_CANNOT_CONNECT_NOW,
    ];
    lost.map(class).contains(&class(failure.code)) || stopped.contains(&failure.code)
}

#[cfg(test)]
mod tests {
    use pgrx::prelude::*;

    use super::is_lost_node;
    use crate::pg::transaction::Failure;

    #[test]
    fn the_class_of_connections_is_a_lost_node() {
        let is_lost = |code| is_lost_node(&Failure { code, message: String::new() });
        assert!(is_lost(PgSqlErrorCode::ERRCODE_CONNECTION_EXCEPTION));
        assert!(is_lost(PgSqlErrorCode::ERRCODE_CONNECTION_FAILURE));
        assert!(is_lost(PgSqlErrorCode::ERRCODE_CRASH_SHUTDOWN));
        assert!(is_lost(PgSqlErrorCode::ERRCODE_IO_ERROR));
        assert!(!is_lost(PgSqlErrorCode::ERRCODE_QUERY_CANCELED));
        assert!(!is_lost(PgSqlErrorCode::ERRCODE_DATA_CORRUPTED));
        assert!(!is_lost(PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE));
    }
}
