//! Waiting for problem to pass.
//!
//! A file that is leased, a descriptor that is wanting, a disk that answers with an error once: a
//! moment later all is well. So it is tried again after a pause that grows. Storage that is gone for
//! good would make an import of a million files wait as often; so those that wait in vain are few.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::FileError;

/// How long is waited before each further attempt.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_millis(700),
];

/// How many may wait in vain before nobody waits any more.
const TRUST: u32 = 16;

/// The longest that a pause goes on after the import has ended.
const LOOK: Duration = Duration::from_millis(20);

/// How many of one import may still wait for their problem to pass.
pub(crate) struct Patience(AtomicU32);

impl Default for Patience {
    fn default() -> Self {
        Self(AtomicU32::new(TRUST))
    }
}

impl Patience {
    /// Attempts something, and again after each pause while its problem may pass, or until
    /// `interrupted` answers true.
    ///
    /// # Errors
    /// Those of the last attempt.
    pub(crate) fn insist<T>(
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
            && error.may_pass()
            && self.0.load(Ordering::Relaxed) > 0
        {
            let Some(pause) = pauses.next() else {
                // Two that give up at once may take the last one twice: no harm is done.
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

/// Answers whether it slept to the end.
fn sleep(mut left: Duration, interrupted: &dyn Fn() -> bool) -> bool {
    while !left.is_zero() {
        if interrupted() {
            return false;
        }
        let slice = left.min(LOOK);
        thread::sleep(slice);
        left -= slice;
    }
    !interrupted()
}
