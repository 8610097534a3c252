//! Reports the progress of a direct import to the client every few seconds.

use std::time::{Duration, Instant};

use super::outcome::Counts;

/// The time between two reports.
const INTERVAL: Duration = Duration::from_secs(5);

/// The clock of one import.
pub(crate) struct Progress {
    started: Instant,
    reported: Instant,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { started: now, reported: now }
    }

    /// Sends an INFO message if the last report was long enough ago.
    pub(crate) fn report(&mut self, counts: &Counts) {
        if self.reported.elapsed() >= INTERVAL {
            self.reported = Instant::now();
            pgrx::info!(
                "midi_import: {} files, {} failed, {:.0} files/s",
                counts.found(),
                counts.failed,
                counts.found() as f64 / self.seconds()
            );
        }
    }

    /// Seconds since the start.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}
