//! Counts the events of a file: are there more than allowed, and shall reading stop?

use crate::error::{Error, ErrorKind, check};
use crate::options::Options;

/// Events between two questions whether to stop: well under a millisecond of work.
const EVENTS_BETWEEN_CHECKS: usize = 1_024;

/// Counts events. Between two questions an event takes one subtraction.
pub(crate) struct EventCounter<'c> {
    most: usize,
    interrupted: &'c dyn Fn() -> bool,
    until_check: usize,
    /// How many events there will have been by the next question.
    count_then: usize,
}

impl<'c> EventCounter<'c> {
    pub(crate) fn new(options: &Options<'c>) -> Self {
        Self {
            most: options.limits.max_events,
            interrupted: options.interrupted,
            until_check: 0,
            count_then: 0,
        }
    }

    /// Counts an event; `offset` says where it ends in the file.
    ///
    /// # Errors
    /// It is one too many, or `interrupted`.
    #[inline]
    pub(crate) fn count(&mut self, offset: impl FnOnce() -> usize) -> Result<(), Error> {
        match self.until_check.checked_sub(1) {
            Some(left) => self.until_check = left,
            None => self.check(offset())?,
        }
        Ok(())
    }

    /// Counts an event after the question whether to stop.
    #[cold]
    fn check(&mut self, offset: usize) -> Result<(), Error> {
        check(self.interrupted)?;
        let allowed = self.most - self.count_then;
        if allowed == 0 {
            let reason = format!("more than the {} events allowed for one file", self.most);
            return Err(Error::new(ErrorKind::TooLarge, offset, reason));
        }
        let until_then = allowed.min(EVENTS_BETWEEN_CHECKS);
        self.until_check = until_then - 1;
        self.count_then += until_then;
        Ok(())
    }

    /// How many events were counted.
    pub(crate) fn so_far(&self) -> usize {
        self.count_then - self.until_check
    }

    /// How many more there may be.
    pub(crate) fn left(&self) -> usize {
        self.most - self.so_far()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn as_many_events_as_allowed_are_counted() {
        for most in [0, 1, 1_023, 1_024, 1_025, 3_000] {
            let limits = Limits::DEFAULT.max_events(most);
            let mut events = EventCounter::new(&Options::default().limits(limits));
            for at in 0..most {
                assert_eq!((events.so_far(), events.left()), (at, most - at));
                events.count(|| at).expect("an event that is allowed");
            }
            assert!(events.count(|| most).is_err() && events.count(|| most).is_err());
            assert_eq!((events.so_far(), events.left()), (most, 0));
        }
    }
}
