//! Why a file failed or was skipped.

use std::borrow::Cow;
use std::fmt;

use midi_analysis::Error;
use rustix::io::Errno;

use super::location::Location;
use super::outcome::Outcome;
use crate::files::{FileError, UNAVAILABLE};
use crate::text::{boundary, in_line};

/// The [`Problem::kind`] of an archive that changed after it was listed.
const CHANGED: &str = "changed";

/// The problem of a file, as recorded in `midi_import_errors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// A short stable name.
    pub(crate) kind: Cow<'static, str>,
    /// A message.
    pub(crate) reason: String,
}

impl Problem {
    /// The maximum length of a reason in bytes.
    const MAX_REASON: usize = 1000;

    /// Makes a problem. The reason is truncated to [`Self::MAX_REASON`] and cleaned of U+0000.
    pub(crate) fn new(kind: impl Into<Cow<'static, str>>, reason: impl fmt::Display) -> Self {
        let mut reason = crate::pg::text::clean(&reason.to_string());
        reason.truncate(boundary(&reason, Self::MAX_REASON));
        Self { kind: kind.into(), reason }
    }

    /// The problem of an archive that changed after it was listed.
    pub(crate) fn changed() -> Self {
        Self::new(CHANGED, "the archive was changed after it was listed")
    }

    /// The problem of music that is to be read and is in no file.
    pub(crate) fn no_file() -> Self {
        Self::new(
            "no_file",
            "a client has sent the piece, so that there is no file to read it from again",
        )
    }

    /// Writes a line to the server's log, at a level that is for who looks for something: a library may have thousands.
    pub(super) fn log(&self, location: &Location, job: Option<i64>) {
        let Self { kind, reason } = self;
        let mut place = in_line(&location.path);
        if let Some(member) = &location.member {
            place = format!("{place}, {}", in_line(member));
        }
        let job = job.map_or_else(String::new, |job| format!(" job {job}"));
        pgrx::debug1!("midi_import{job}: {place}: {kind}: {}", in_line(reason));
    }

    /// Whether the problem may be temporary, so that it says nothing about the file's content.
    pub(crate) fn is_temporary(&self) -> bool {
        self.kind == UNAVAILABLE || self.kind == CHANGED
    }

    /// The problem of a file whose analysis panicked. The message of the panic is in the server's log.
    pub(crate) fn panicked() -> Self {
        Self::new("internal_error", "internal error in midi_pipeline: see the server's log")
    }
}

impl From<&FileError> for Problem {
    fn from(error: &FileError) -> Self {
        Self::new(error.kind(), error)
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self::new(error.kind().name(), error)
    }
}

/// The outcome of a file that could not be read: skipped where a rule excludes it, vanished where it does
/// not exist any more, otherwise failed.
pub(crate) fn of_file_error(error: &FileError) -> (Outcome, Option<Problem>) {
    let outcome = match error {
        // A directory on the path may have been replaced by a file.
        FileError::Os(Errno::NOENT | Errno::NOTDIR) => return (Outcome::Vanished, None),
        FileError::SymbolicLink | FileError::NotRegular | FileError::TooLarge(_) => {
            Outcome::Skipped
        }
        _ => Outcome::Failed,
    };
    (outcome, Some(error.into()))
}
