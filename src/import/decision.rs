//! The decisions about the files of one batch: which rows are written, and how the files are counted.

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

/// The decisions about a batch.
#[derive(Default)]
pub(super) struct Decisions {
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
}

impl Decisions {
    /// Records the outcome of a file that was not read. A row that has the outcome and the problem
    /// already is not written again, so that a permanent problem is recorded once, not in every import.
    pub(super) fn settle(&mut self, file: File, outcome: Outcome, problem: Option<Problem>) {
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
