//! The outcome of a file, and how many files have each.

use std::ops::AddAssign;

/// The outcome of a file in an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its content is new to the library.
    Imported,
    /// Its content was in the library already, or was imported from another file.
    Duplicate,
    /// It has not changed since the last import.
    Unchanged,
    /// It could not be read or analyzed.
    Failed,
    /// A rule excludes it from being read.
    Skipped,
    /// It existed before and does not exist any more.
    Vanished,
}

impl Outcome {
    /// The name as stored in `midi_files.state`.
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

/// The number of files with each outcome.
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
    /// The sum of all six.
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
