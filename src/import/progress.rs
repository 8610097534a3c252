//! Tells the client every few seconds how an import is getting on.

use std::time::{Duration, Instant};

use super::Counts;

const EVERY: Duration = Duration::from_secs(5);

/// The clock of one import.
pub(crate) struct Progress {
    started: Instant,
    told: Instant,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { started: now, told: now }
    }

    /// Sends an INFO when it is time for one.
    pub(crate) fn tell(&mut self, counts: &Counts) {
        if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
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
