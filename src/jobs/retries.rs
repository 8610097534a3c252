//! Which failures of a worker pass, so that it does its work again.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use pgrx::prelude::*;

use crate::pg::interrupts;
use crate::pg::transaction::{self, Failure};
use crate::pg::wait_event::Wait;

/// How long a worker waits for a node that does not answer before it tries again.
const PAUSE: Duration = Duration::from_secs(5);

/// For how long it tries.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The failures of a worker that passed.
#[derive(Default)]
pub(super) struct Retries {
    /// Whether there was one.
    pub(super) any: bool,
    /// Since when a node has not answered.
    lost_since: Option<Instant>,
}

impl Retries {
    /// What follows a failure after work of this length: the work again, which waits where a node does not answer, or the end
    /// of the job, with its reason.
    pub(super) fn after(&mut self, failure: Failure, worked: Duration) -> ControlFlow<Failure> {
        let is_conflict = matches!(
            failure.code,
            PgSqlErrorCode::ERRCODE_T_R_DEADLOCK_DETECTED
                | PgSqlErrorCode::ERRCODE_T_R_SERIALIZATION_FAILURE
        );
        if !is_conflict {
            if !is_lost_node(&failure) {
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

/// Whether another node of a distributed library did not answer, or is being stopped or started.
fn is_lost_node(failure: &Failure) -> bool {
    const CLASS: i32 = 0xFFF;
    let class = failure.code as i32 & CLASS;
    class == PgSqlErrorCode::ERRCODE_CONNECTION_EXCEPTION as i32 & CLASS
        || matches!(
            failure.code,
            PgSqlErrorCode::ERRCODE_ADMIN_SHUTDOWN
                | PgSqlErrorCode::ERRCODE_CRASH_SHUTDOWN
                | PgSqlErrorCode::ERRCODE_CANNOT_CONNECT_NOW
        )
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
        assert!(!is_lost(PgSqlErrorCode::ERRCODE_QUERY_CANCELED));
        assert!(!is_lost(PgSqlErrorCode::ERRCODE_DATA_CORRUPTED));
        assert!(!is_lost(PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE));
    }
}
