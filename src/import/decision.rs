//! The decisions about the files of one batch: which rows are written, and how the files are counted.
//!
//! Where only recorded contents are admitted, the rows that say where they are may have been written by a role that may
//! not read files of the server. So nothing in the library tells what else is at such a place: whether a file is there,
//! is damaged, cannot be read or is another one.

use super::entry::Candidate;
use super::hash::Hash;
use super::location::Location;
use super::outcome::{Counts, Outcome};
use super::problem::Problem;
use super::rows::{FileRow, Known};

/// A file and its row before the import.
pub(super) struct File {
    pub(super) location: Location,
    pub(super) known: Option<Known>,
}

/// Which contents an import may bring in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admits {
    /// Whatever is found.
    Any,
    /// What is recorded for its location.
    Recorded,
}

/// The decisions about a batch.
pub(super) struct Decisions {
    admits: Admits,
    pub(super) rows: Vec<FileRow>,
    /// Problems of files whose rows stay as they are.
    pub(super) problems: Vec<(Location, Problem)>,
    pub(super) counts: Counts,
}

impl File {
    /// Whether the file has not changed since it was last read.
    pub(super) fn is_unchanged(&self, candidate: &Candidate) -> bool {
        self.known.as_ref().is_some_and(|known| known.matches(candidate) && known.is_settled())
    }

    /// Whether this is the recorded content of the file, and it is analyzed.
    pub(super) fn has_content(&self, hash: &Hash) -> bool {
        self.known.as_ref().is_some_and(|known| known.has_music && known.hash == Some(*hash))
    }

    /// With which outcome the file is in the library, if it has this content there.
    pub(super) fn outcome_with(&self, hash: &Hash) -> Option<Outcome> {
        let known = self.known.as_ref().filter(|known| known.hash == Some(*hash))?;
        known.is_in_library().then(|| Outcome::of_state(&known.state))?
    }
}

impl Decisions {
    pub(super) fn new(admits: Admits) -> Self {
        Self { admits, rows: Vec::new(), problems: Vec::new(), counts: Counts::default() }
    }

    /// Whether a file may be brought in with this content.
    pub(super) fn admits(&self, file: &File, hash: &Hash) -> bool {
        let recorded = || file.known.as_ref().and_then(|known| known.hash);
        self.admits == Admits::Any || recorded() == Some(*hash)
    }

    /// Counts a file that is not as it is recorded, and leaves its row as it is. One that is not recorded, such as
    /// another member of an archive, does not count.
    pub(super) fn leave(&mut self, file: &File) {
        if file.known.is_some() {
            self.counts += Outcome::Failed;
        }
    }

    /// Records the outcome of a file that was not read. A row that has the outcome and the problem
    /// already is not written again, so that a permanent problem is recorded once, not in every import.
    pub(super) fn settle(&mut self, file: File, outcome: Outcome, problem: Option<Problem>) {
        if self.admits == Admits::Recorded {
            return self.leave(&file);
        }
        self.counts += outcome;
        let reason = problem.as_ref().map(|problem| problem.reason.as_str());
        let is_recorded = file.known.as_ref().is_some_and(|known| {
            known.state == outcome.state() && known.error.as_deref() == reason
        });
        if !is_recorded && let Some((file, problem)) = self.defer(file, problem) {
            self.rows.push(FileRow {
                location: file.location,
                size: None,
                modified: None,
                hash: None,
                state: outcome.state(),
                problem,
                imported: false,
            });
        }
    }

    /// Records a temporary problem of a file that the library has, and leaves its row as it is, because
    /// such a problem says nothing about the file. Returns any other file and problem, to be recorded in
    /// the file's row.
    fn defer(&mut self, file: File, problem: Option<Problem>) -> Option<(File, Option<Problem>)> {
        let is_known = file
            .known
            .as_ref()
            .is_some_and(|known| known.state != "vanished" && known.state != "failed");
        match problem {
            Some(problem) if is_known && problem.is_temporary() => {
                self.problems.push((file.location, problem));
                None
            }
            problem => Some((file, problem)),
        }
    }

    /// Records an archive that has been read, to its end or up to a problem. It counts as a file only if
    /// it failed. The time of modification is not recorded after a temporary problem, so that the next
    /// import reads the archive again.
    pub(super) fn finish_archive(
        &mut self,
        file: File,
        size: u64,
        modified: i64,
        problem: Option<Problem>,
    ) {
        if self.admits == Admits::Recorded {
            return if problem.is_some() {
                self.leave(&file)
            };
        }
        let state = match &problem {
            Some(_) => {
                self.counts += Outcome::Failed;
                Outcome::Failed.state()
            }
            None => "archive",
        };
        let Some((file, problem)) = self.defer(file, problem) else { return };
        let is_final = !problem.as_ref().is_some_and(Problem::is_temporary);
        self.rows.push(FileRow {
            location: file.location,
            size: i64::try_from(size).ok(),
            modified: is_final.then_some(modified),
            hash: None,
            state,
            problem,
            imported: false,
        });
    }

    /// Records a file that has its recorded content, but another time of modification, or that had
    /// vanished.
    pub(super) fn touch(&mut self, file: File, size: usize, modified: i64, hash: Hash) {
        self.counts += Outcome::Unchanged;
        let was_duplicate = file.known.is_some_and(|known| known.state == "duplicate");
        let outcome = if was_duplicate { Outcome::Duplicate } else { Outcome::Imported };
        self.rows.push(FileRow {
            location: file.location,
            size: i64::try_from(size).ok(),
            modified: Some(modified),
            hash: Some(hash),
            state: outcome.state(),
            problem: None,
            imported: false,
        });
    }
}
