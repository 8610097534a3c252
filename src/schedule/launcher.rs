//! The process that waits until a database is due.

use std::ffi::CString;
use std::time::Duration;

use crate::pg::{board, interrupts, launcher, transaction};
use crate::settings;

/// How soon a database is looked at again that is not there, or whose looker did not report.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// The longest sleep; who makes a schedule wakes the launcher.
const LONG: Duration = Duration::from_secs(3600);

/// Runs until the server ends.
pub(crate) fn launch() {
    board::take_charge();
    loop {
        launcher::reload_settings();
        let sleep = if settings::enabled() { start_what_is_due() } else { LONG };
        interrupts::sleep(sleep);
    }
}

/// Answers how long nothing is due.
fn start_what_is_due() -> Duration {
    let mut sleep = LONG;
    for name in settings::databases() {
        let due = due(&name).unwrap_or(TRY_AGAIN);
        sleep = sleep.min(due);
    }
    sleep
}

/// Answers how long a database is not due, after it was seen to if it was; `None` where it cannot
/// be.
fn due(name: &CString) -> Option<Duration> {
    let oid = transaction::run(|| Ok(launcher::database_oid(name))).ok()??;
    let now = board::now();
    if board::due(oid) <= now {
        // Its looker will say when it is due next; if that fails, it is due again after a while.
        let again = now.saturating_add(TRY_AGAIN.as_micros() as i64);
        if !board::set_due(oid, again) {
            pgrx::warning!("midi_pipeline.databases names more databases than the launcher takes");
            return None;
        }
        if !launcher::start_looker(oid) {
            pgrx::warning!(
                "midi_pipeline: no place for a background worker; raise max_worker_processes"
            );
            return None;
        }
    }
    let left = board::due(oid).saturating_sub(now);
    Some(Duration::from_micros(left.max(0) as u64))
}
