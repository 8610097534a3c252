//! The budget of one archive: how many bytes may be read altogether, and when to stop.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};

use super::error::{ArchiveError, Result, of_file};
use crate::files::{FileError, Retries};

/// The bytes that may still be read, and the check whether to stop.
pub(super) struct Budget<'a> {
    limit: u64,
    left: Cell<u64>,
    retries: Retries,
    stop: &'a dyn Fn() -> bool,
    cause: RefCell<Option<ArchiveError>>,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limit: u64, stop: &'a dyn Fn() -> bool) -> Self {
        let retries = Retries::default();
        Self { limit, left: Cell::new(limit), retries, stop, cause: RefCell::default() }
    }

    /// Fails if the reading is to stop.
    pub(super) fn check(&self) -> io::Result<()> {
        if (self.stop)() { Err(self.fail(ArchiveError::Interrupted)) } else { Ok(()) }
    }

    /// Reads from the archive's file, with retries for problem that may pass.
    pub(super) fn storage(&self, mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
        let read = || read().map_err(|error| of_file(&error));
        self.retries.run(self.stop, read).map_err(|error| {
            self.fail(match error {
                FileError::Interrupted => ArchiveError::Interrupted,
                error => ArchiveError::File(error),
            })
        })
    }

    fn spend(&self, bytes: u64) -> io::Result<()> {
        let left = self.left.get().checked_sub(bytes);
        let left = left.ok_or_else(|| self.fail(ArchiveError::TooLarge(self.limit)))?;
        self.left.set(left);
        Ok(())
    }

    /// The error that the budget itself has returned, even if a reader wrapped it; otherwise the archive is
    /// damaged.
    pub(super) fn cause(&self, error: &dyn Display) -> ArchiveError {
        let cause = self.cause.borrow().clone();
        cause.unwrap_or_else(|| ArchiveError::Damaged(error.to_string()))
    }

    /// Fails if the budget has returned an error that a reader did not pass on.
    pub(super) fn check_cause(&self) -> Result<()> {
        self.cause.borrow().clone().map_or(Ok(()), Err)
    }

    fn fail(&self, error: ArchiveError) -> io::Error {
        let message = error.to_string();
        *self.cause.borrow_mut() = Some(error);
        io::Error::other(message)
    }
}

/// The bytes of an archive's file, up to the end that it had when it was opened.
pub(super) struct Stream<'a> {
    file: &'a File,
    left: u64,
    budget: &'a Budget<'a>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(file: &'a File, budget: &'a Budget<'a>) -> io::Result<Self> {
        Ok(Self { file, left: file.metadata()?.len(), budget })
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut file = self.file;
        let read = self.budget.storage(|| file.read(&mut buffer[..room]))?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// A stream whose bytes count against a budget.
pub(super) struct Metered<'a, R> {
    inner: R,
    budget: &'a Budget<'a>,
}

impl<'a, R> Metered<'a, R> {
    pub(super) fn new(inner: R, budget: &'a Budget<'a>) -> Self {
        Self { inner, budget }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.budget.check()?;
        let read = self.inner.read(buffer)?;
        self.budget.spend(read as u64)?;
        Ok(read)
    }
}
