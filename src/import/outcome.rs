//! What became of each file.

use std::borrow::Cow;
use std::fmt;
use std::ops::AddAssign;

use midi_analysis::Error;
use rustix::io::Errno;

use crate::files::{FileError, UNAVAILABLE};

/// The one state in which a file that was found ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its content is new to the library.
    Imported,
    /// Its content was known already, from another file or an earlier time.
    Duplicate,
    /// It is as it was at the last import.
    Unchanged,
    /// It could not be read or analyzed.
    Failed,
    /// A rule says that it is not to be read.
    Skipped,
    /// It was there, and is no more.
    Vanished,
}

impl Outcome {
    /// The name of the state, as recorded in `midi_files.state`.
    pub(crate) fn state(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Duplicate => "duplicate",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Vanished => "vanished",
        }
    }

    /// The outcome of that name.
    pub(crate) fn of_state(state: &str) -> Option<Self> {
        use Outcome::{Duplicate, Failed, Imported, Skipped, Unchanged, Vanished};
        [Imported, Duplicate, Unchanged, Failed, Skipped, Vanished]
            .into_iter()
            .find(|outcome| outcome.state() == state)
    }
}

/// How many files ended in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) imported: i64,
    pub(crate) duplicate: i64,
    pub(crate) unchanged: i64,
    pub(crate) failed: i64,
    pub(crate) skipped: i64,
    pub(crate) vanished: i64,
}

impl Counts {
    /// The sum of the six.
    pub(crate) fn found(&self) -> i64 {
        self.imported + self.duplicate + self.unchanged + self.failed + self.skipped + self.vanished
    }
}

impl AddAssign<Outcome> for Counts {
    fn add_assign(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Imported => &mut self.imported,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Failed => &mut self.failed,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Vanished => &mut self.vanished,
        } += 1;
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.imported += other.imported;
        self.duplicate += other.duplicate;
        self.unchanged += other.unchanged;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.vanished += other.vanished;
    }
}

/// As [`Problem::kind`] of an archive that changes while it is read.
const CHANGED: &str = "changed";

/// Why a file failed or was skipped, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// A short stable name.
    pub(crate) kind: Cow<'static, str>,
    /// The reason in words.
    pub(crate) reason: String,
}

impl Problem {
    /// Keeps at most this many bytes of a reason: it is a message, not a copy of the file.
    const MAX_REASON: usize = 1000;

    /// Records `reason`, cut to a reasonable length and without U+0000.
    pub(crate) fn new(kind: impl Into<Cow<'static, str>>, reason: impl fmt::Display) -> Self {
        let mut reason = crate::pg::text::clean(&reason.to_string());
        reason.truncate(reason.floor_char_boundary(Self::MAX_REASON));
        Self { kind: kind.into(), reason }
    }

    /// The problem of an archive that is not what was listed.
    pub(crate) fn changed() -> Self {
        Self::new(CHANGED, "the archive was changed after it was listed")
    }

    /// Whether the problem may pass, and says nothing of the file.
    pub(crate) fn may_pass(&self) -> bool {
        self.kind == UNAVAILABLE || self.kind == CHANGED
    }

    /// The problem of a thread that panicked: a fault of the analyzer, but one file's only.
    /// What it said is in the server's log.
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

/// What a file that was not read ends as: a rule that was met skips it, a file that is gone has
/// vanished, all else is a failure.
pub(crate) fn of_file_error(error: &FileError) -> (Outcome, Option<Problem>) {
    let outcome = match error {
        // A directory on its way may be something else by now.
        FileError::Os(Errno::NOENT | Errno::NOTDIR) => return (Outcome::Vanished, None),
        FileError::SymbolicLink | FileError::NotRegular | FileError::TooLarge(_) => {
            Outcome::Skipped
        }
        _ => Outcome::Failed,
    };
    (outcome, Some(error.into()))
}
