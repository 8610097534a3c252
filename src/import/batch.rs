//! One batch on its way: listed and being read, then being analyzed, then ready to be written.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use ahash::{AHashMap, AHashSet};
use midi_analysis::{Analysis, Limits};

use super::outcome::{Counts, Outcome, Problem, of_file_error};
use super::place::Place;
use super::pool::{Pending, Pool};
use super::rows::{FileRow, Known};
use super::source::{Candidate, Fate, Found};
use super::store::{Hash, sha256};
use crate::files::{self, FileError};
use crate::threads::Cancel;

/// What is decided of a batch: rows to write, and the outcomes counted.
#[derive(Default)]
pub(crate) struct Decided {
    pub(crate) rows: Vec<FileRow>,
    /// Problems of files whose rows stay as they are.
    pub(crate) problems: Vec<(Place, Problem)>,
    pub(crate) counts: Counts,
}

/// A file that is being read.
struct File {
    place: Place,
    known: Option<Known>,
}

/// Where a file's bytes come from.
enum Content {
    File(Candidate),
    Held { bytes: Vec<u8>, modified: i64 },
}

/// A file's bytes and their hash.
struct Read {
    bytes: Vec<u8>,
    modified: i64,
    hash: Hash,
}

/// A file whose content is another than the one known of it.
struct Changed {
    place: Place,
    size: usize,
    modified: i64,
    hash: Hash,
}

/// A batch whose files are being read.
pub(crate) struct Reading {
    decided: Decided,
    files: Vec<File>,
    pending: Pending<Result<Read, FileError>>,
}

/// A batch whose contents are known by their hashes.
pub(crate) struct Hashed {
    decided: Decided,
    files: Vec<Changed>,
    bytes: AHashMap<Hash, Vec<u8>>,
}

/// A batch whose new contents are being analyzed.
pub(crate) struct Analyzing {
    decided: Decided,
    files: Vec<Changed>,
    contents: Vec<Hash>,
    pending: Pending<Result<Analysis, Problem>>,
}

/// A batch whose music is ready to be written.
pub(crate) struct Analyzed {
    decided: Decided,
    files: Vec<Changed>,
    pub(crate) music: Vec<(Hash, Analysis)>,
    /// Contents of which no analysis came.
    failed: AHashMap<Hash, Problem>,
}

impl Reading {
    /// Settles what the listing settles and starts to read the rest.
    pub(crate) fn start(
        found: Vec<(Found, Option<Known>)>,
        directory: Arc<OwnedFd>,
        max_bytes: usize,
        pool: &Pool,
    ) -> Self {
        let mut decided = Decided::default();
        let mut files = Vec::new();
        let mut contents = Vec::new();
        for (Found { place, fate }, known) in found {
            let file = File { place, known };
            match fate {
                Fate::Settled(outcome, problem) => decided.settle(file, outcome, problem),
                Fate::Archive { size, modified, problem } => {
                    decided.close(file, size, modified, problem);
                }
                Fate::AsBefore(counts) => decided.counts += counts,
                Fate::Read(candidate) if file.is_as_known(&candidate) => {
                    decided.counts += Outcome::Unchanged;
                }
                Fate::Read(candidate) => {
                    files.push(file);
                    contents.push(Content::File(candidate));
                }
                Fate::Held { bytes, modified } => {
                    files.push(file);
                    contents.push(Content::Held { bytes, modified });
                }
            }
        }
        let retries = pool.retries.clone();
        let read = move |content: Content, cancel: &Cancel| {
            let stop = || cancel.is_set();
            let (bytes, modified) = match content {
                Content::File(Candidate { relative, .. }) => {
                    let read =
                        files::read_regular(&directory, &relative, max_bytes, &retries, &stop)?;
                    (read.bytes, read.modified)
                }
                Content::Held { bytes, modified } => (bytes, modified),
            };
            Ok(Read { hash: sha256(&bytes), bytes, modified })
        };
        Self { decided, files, pending: pool.start(contents, read) }
    }

    /// Waits until all files are read.
    pub(crate) fn wait(self) -> Hashed {
        let mut decided = self.decided;
        let mut files = Vec::new();
        let mut bytes = AHashMap::new();
        for (file, result) in self.files.into_iter().zip(self.pending.wait()) {
            match result {
                Err(problem) => decided.settle(file, Outcome::Failed, Some(problem)),
                Ok(Err(error)) => {
                    let (outcome, problem) = of_file_error(&error);
                    decided.settle(file, outcome, problem);
                }
                Ok(Ok(read)) if file.holds(&read.hash) => decided.touch(file, &read),
                Ok(Ok(read)) => {
                    let File { place, .. } = file;
                    let Read { modified, hash, .. } = read;
                    files.push(Changed { place, size: read.bytes.len(), modified, hash });
                    bytes.entry(hash).or_insert(read.bytes);
                }
            }
        }
        Hashed { decided, files, bytes }
    }
}

impl Hashed {
    /// The distinct contents.
    pub(crate) fn contents(&self) -> Vec<Hash> {
        self.bytes.keys().copied().collect()
    }

    /// Starts to analyze the contents that are neither in the library nor `under_way`.
    pub(crate) fn analyze(
        mut self,
        in_library: &AHashSet<Hash>,
        under_way: Option<&Analyzing>,
        limits: Limits,
        pool: &Pool,
    ) -> Analyzing {
        let under_way: &[Hash] = under_way.map_or(&[], |batch| &batch.contents);
        for hash in in_library.iter().chain(under_way) {
            self.bytes.remove(hash);
        }
        let (contents, bytes) = self.bytes.into_iter().unzip();
        let analyze = move |bytes: Vec<u8>, cancel: &Cancel| {
            midi_analysis::analyze(&bytes, &limits, &|| cancel.is_set())
                .map_err(|error| Problem::from(&error))
        };
        let pending = pool.start(bytes, analyze);
        Analyzing { decided: self.decided, files: self.files, contents, pending }
    }
}

impl Analyzing {
    /// Waits until all contents are analyzed.
    pub(crate) fn wait(self) -> Analyzed {
        let mut music = Vec::new();
        let mut failed = AHashMap::new();
        for (hash, result) in self.contents.into_iter().zip(self.pending.wait()) {
            match result.flatten() {
                Ok(analysis) => music.push((hash, analysis)),
                Err(problem) => {
                    failed.insert(hash, problem);
                }
            }
        }
        Analyzed { decided: self.decided, files: self.files, music, failed }
    }
}

impl Analyzed {
    /// Decides what became of each file, now that the contents `new` have come into the library
    /// with this batch. Contents that failed in the batch before, while this one was read, fail
    /// here too. Answers the decisions, and the contents that failed here.
    pub(crate) fn decide(
        self,
        mut new: AHashSet<Hash>,
        failed_before: &AHashMap<Hash, Problem>,
    ) -> (Decided, AHashMap<Hash, Problem>) {
        let mut decided = self.decided;
        for file in self.files {
            let problem = self.failed.get(&file.hash).or_else(|| failed_before.get(&file.hash));
            let outcome = match problem {
                Some(_) => Outcome::Failed,
                None if new.remove(&file.hash) => Outcome::Imported,
                None => Outcome::Duplicate,
            };
            decided.counts += outcome;
            decided.rows.push(FileRow {
                place: file.place,
                size: i64::try_from(file.size).ok(),
                modified: Some(file.modified),
                hash: Some(file.hash),
                state: outcome.state(),
                problem: problem.cloned(),
                imported: problem.is_none(),
            });
        }
        (decided, self.failed)
    }
}

impl File {
    /// Whether the listing shows the file as it was when it was last read. What has vanished is
    /// read again, and so is a file whose analysis has been deleted.
    fn is_as_known(&self, candidate: &Candidate) -> bool {
        self.known.as_ref().is_some_and(|known| {
            known.shows(candidate)
                && (known.has_music && known.is_in_library() || known.state == "failed")
        })
    }

    /// Whether this content is known to be the file's, and analyzed.
    fn holds(&self, hash: &Hash) -> bool {
        self.known.as_ref().is_some_and(|known| known.has_music && known.hash == Some(*hash))
    }
}

impl Decided {
    /// Records an outcome for a file that was not read. What is recorded so already is not written
    /// again, so that a problem that stays is told once, not at every import. Problem that may pass
    /// says nothing of the file: what is known of it stays.
    fn settle(&mut self, file: File, outcome: Outcome, problem: Option<Problem>) {
        self.counts += outcome;
        let reason = problem.as_ref().map(|problem| problem.reason.as_str());
        let told = file.known.as_ref().is_some_and(|known| {
            known.state == outcome.state() && known.error.as_deref() == reason
        });
        if !told && let Some((file, problem)) = self.keep(file, problem) {
            self.rows.push(FileRow {
                place: file.place,
                size: None,
                modified: None,
                hash: None,
                state: outcome.state(),
                problem,
                imported: false,
            });
        }
    }

    /// Tells of problem that may pass, where the file is known. Answers what is to be written down of
    /// any other.
    fn keep(&mut self, file: File, problem: Option<Problem>) -> Option<(File, Option<Problem>)> {
        let is_known =
            file.known.as_ref().is_some_and(|k| k.state != "vanished" && k.state != "failed");
        match problem {
            Some(problem) if is_known && problem.may_pass() => {
                self.problems.push((file.place, problem));
                None
            }
            problem => Some((file, problem)),
        }
    }

    /// Records an archive that has been read, to its end or to the problem. It counts as a file only
    /// where it failed. After problem that may pass it is to be read again.
    fn close(&mut self, file: File, size: u64, modified: i64, problem: Option<Problem>) {
        let state = match &problem {
            Some(_) => {
                self.counts += Outcome::Failed;
                Outcome::Failed.state()
            }
            None => "archive",
        };
        let Some((file, problem)) = self.keep(file, problem) else { return };
        let is_over = !problem.as_ref().is_some_and(Problem::may_pass);
        self.rows.push(FileRow {
            place: file.place,
            size: i64::try_from(size).ok(),
            modified: is_over.then_some(modified),
            hash: None,
            state,
            problem,
            imported: false,
        });
    }

    /// Records a file that has another time, or is back again, with the content it had.
    fn touch(&mut self, file: File, read: &Read) {
        self.counts += Outcome::Unchanged;
        let was_duplicate = file.known.is_some_and(|known| known.state == "duplicate");
        let outcome = if was_duplicate { Outcome::Duplicate } else { Outcome::Imported };
        self.rows.push(FileRow {
            place: file.place,
            size: i64::try_from(read.bytes.len()).ok(),
            modified: Some(read.modified),
            hash: Some(read.hash),
            state: outcome.state(),
            problem: None,
            imported: false,
        });
    }
}
