//! Retries after errors that may be transient.
//!
//! A file that is leased, a lack of file descriptors, a disk that returns an error once: a moment later the
//! same attempt succeeds. So it is repeated after pauses that grow. If storage is gone for good, an import of
//! a million files would wait a million times; so after some attempts that failed to the end, nothing is
//! repeated any more.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::error::FileError;

/// The pauses before the further attempts.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_millis(700),
];

/// How many attempts may fail to the end before nothing is repeated any more.
const MAX_FAILURES: u32 = 16;

/// How often a pause checks whether it is to stop.
const CHECK_INTERVAL: Duration = Duration::from_millis(20);

/// The retries of one import or call: how many more attempts may fail to the end.
pub(crate) struct Retries(AtomicU32);

impl Default for Retries {
    fn default() -> Self {
        Self(AtomicU32::new(MAX_FAILURES))
    }
}

impl Retries {
    /// Attempts something, and repeats it after each pause while its error may be transient, or until
    /// `interrupted` returns true.
    ///
    /// # Errors
    /// Those of the last attempt.
    pub(crate) fn run<T>(
        &self,
        interrupted: &dyn Fn() -> bool,
        mut attempt: impl FnMut() -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        if interrupted() {
            return Err(FileError::Interrupted);
        }
        let mut result = attempt();
        let mut pauses = PAUSES.into_iter();
        while let Err(error) = &result
            && error.may_be_transient()
            && self.0.load(Ordering::Relaxed) > 0
        {
            let Some(pause) = pauses.next() else {
                // Two threads may both count down from 1, which does no harm.
                let one_less = |left: u32| Some(left.saturating_sub(1));
                let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
                break;
            };
            if !sleep(pause, interrupted) {
                return Err(FileError::Interrupted);
            }
            result = attempt();
        }
        result
    }
}

/// Returns whether it slept to the end.
fn sleep(mut left: Duration, interrupted: &dyn Fn() -> bool) -> bool {
    while !left.is_zero() {
        if interrupted() {
            return false;
        }
        let slice = left.min(CHECK_INTERVAL);
        thread::sleep(slice);
        left -= slice;
    }
    !interrupted()
}
