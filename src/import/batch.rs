//! The stages of one batch: it is read, then hashed, then analyzed, then written.
//!
//! [`Reading`] -> [`Hashed`] -> [`Analyzing`] -> [`Analyzed`] -> [`Decisions`].

use std::os::fd::OwnedFd;
use std::sync::Arc;

use ahash::{AHashMap, AHashSet};
use midi_analysis::{Limits, Options, Piece};

use super::decision::{Admits, Decisions, File};
use super::entry::{Candidate, Disposition, Entry};
use super::hash::{Hash, sha256};
use super::location::Location;
use super::outcome::Outcome;
use super::pool::{Pending, Pool};
use super::problem::{Problem, of_file_error};
use super::rows::{FileRow, Known};
use crate::files::{self, FileError};
use crate::music::Music;
use crate::settings::{Depth, Keep};
use crate::threads::Cancel;

/// The bytes of a content, which are analyzed on one thread and may be written by another.
type Bytes = Arc<Vec<u8>>;

/// The content of a file, which may have to be read.
enum Content {
    File(Candidate),
    Loaded { bytes: Vec<u8>, modified: i64 },
}

/// A file that has been read.
struct Read {
    bytes: Bytes,
    modified: i64,
    hash: Hash,
}

/// A file that is new or has changed.
struct Changed {
    location: Location,
    size: usize,
    modified: i64,
    hash: Hash,
    /// The outcome recorded for this content, which is now described anew.
    recorded: Option<Outcome>,
}

/// A batch whose files are being read.
pub(super) struct Reading {
    decisions: Decisions,
    files: Vec<File>,
    pending: Pending<Result<Read, FileError>>,
}

/// A content that may have to be analyzed, and the name of the first file that has it.
struct Named {
    bytes: Bytes,
    name: String,
}

/// What is to be found out about contents.
pub(super) struct Wanted {
    pub(super) depth: Depth,
    /// The contents whose parts are wanted.
    pub(super) with_parts: AHashSet<Hash>,
    pub(super) limits: Limits,
}

/// A batch whose files have been read.
pub(super) struct Hashed {
    decisions: Decisions,
    files: Vec<Changed>,
    contents: AHashMap<Hash, Named>,
    kept: AHashMap<Hash, Bytes>,
}

/// A batch whose new contents are being analyzed.
pub(super) struct Analyzing {
    decisions: Decisions,
    files: Vec<Changed>,
    contents: Vec<Hash>,
    kept: AHashMap<Hash, Bytes>,
    pending: Pending<Result<Music, Problem>>,
}

/// A batch whose new contents have been analyzed.
pub(super) struct Analyzed {
    decisions: Decisions,
    files: Vec<Changed>,
    pub(super) music: Vec<(Hash, Music)>,
    /// The contents to keep, if they are analyzed.
    kept: AHashMap<Hash, Bytes>,
    /// The contents that could not be analyzed.
    failed: AHashMap<Hash, Problem>,
}

impl Reading {
    /// Records the entries whose outcome is known already, and starts to read the others. Each entry
    /// comes with its row before the import.
    pub(super) fn start(
        entries: Vec<(Entry, Option<Known>)>,
        directory: Arc<OwnedFd>,
        (admits, max_bytes): (Admits, usize),
        pool: &Pool,
    ) -> Self {
        let mut decisions = Decisions::new(admits);
        let mut files = Vec::new();
        let mut contents = Vec::new();
        for (Entry { location, disposition }, known) in entries {
            let file = File { location, known };
            match disposition {
                Disposition::Settled(Outcome::Unchanged, _) => {
                    decisions.counts += Outcome::Unchanged;
                }
                Disposition::Settled(outcome, problem) => decisions.settle(file, outcome, problem),
                Disposition::ArchiveRead { size, modified, problem } => {
                    decisions.finish_archive(file, size, modified, problem);
                }
                Disposition::ArchiveUnchanged(counts) => decisions.counts += counts,
                Disposition::Read(candidate) if file.is_unchanged(&candidate) => {
                    decisions.counts += Outcome::Unchanged;
                }
                Disposition::Read(candidate) => {
                    files.push(file);
                    contents.push(Content::File(candidate));
                }
                Disposition::Loaded { bytes, modified } => {
                    files.push(file);
                    contents.push(Content::Loaded { bytes, modified });
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
                Content::Loaded { bytes, modified } => (bytes, modified),
            };
            Ok(Read { hash: sha256(&bytes), bytes: Arc::new(bytes), modified })
        };
        Self { decisions, files, pending: pool.start(contents, read) }
    }

    /// Waits until all files are read.
    pub(super) fn wait(self, keep: Keep) -> Hashed {
        let decisions = self.decisions;
        let (contents, kept) = (AHashMap::new(), AHashMap::new());
        let mut hashed = Hashed { decisions, files: Vec::new(), contents, kept };
        for (file, result) in self.files.into_iter().zip(self.pending.wait()) {
            let decisions = &mut hashed.decisions;
            match result {
                Err(problem) => decisions.settle(file, Outcome::Failed, Some(problem)),
                Ok(Err(error)) => {
                    let (outcome, problem) = of_file_error(&error);
                    decisions.settle(file, outcome, problem);
                }
                Ok(Ok(read)) if !decisions.admits(&file, &read.hash) => decisions.leave(&file),
                Ok(Ok(read)) => hashed.add(file, read, keep),
            }
        }
        hashed
    }
}

impl Hashed {
    /// Adds a file that has been read.
    fn add(&mut self, file: File, read: Read, keep: Keep) {
        let Read { bytes, modified, hash } = read;
        if keep.applies_to(file.location.member.is_some()) {
            self.kept.insert(hash, bytes.clone());
        }
        if file.has_content(&hash) {
            return self.decisions.touch(file, bytes.len(), modified, hash);
        }
        let recorded = file.outcome_with(&hash);
        let File { location, .. } = file;
        let size = bytes.len();
        self.contents
            .entry(hash)
            .or_insert_with(|| Named { bytes, name: location.name().into_owned() });
        self.files.push(Changed { location, size, modified, hash, recorded });
    }

    /// The hashes of the distinct contents.
    pub(super) fn contents(&self) -> Vec<Hash> {
        self.contents.keys().copied().collect()
    }

    /// Starts to analyze, as asked, the contents that are neither in the library nor in the batch `under_way`.
    pub(super) fn analyze(
        mut self,
        in_library: &AHashSet<Hash>,
        under_way: Option<&Analyzing>,
        wanted: Wanted,
        pool: &Pool,
    ) -> Analyzing {
        let under_way: &[Hash] = under_way.map_or(&[], |batch| &batch.contents);
        for hash in in_library.iter().chain(under_way) {
            self.contents.remove(hash);
        }
        let Self { decisions, files, contents, kept } = self;
        let (contents, named): (Vec<_>, Vec<_>) = contents.into_iter().unzip();
        let Wanted { depth, with_parts, limits } = wanted;
        let with_parts = contents.iter().map(|hash| with_parts.contains(hash));
        let named = with_parts.zip(named).collect();
        let analyze = move |(with_parts, Named { bytes, name }): (bool, Named), cancel: &Cancel| {
            let cancelled = || cancel.is_set();
            let options = Options::default().limits(limits).interrupted(&cancelled).name(&name);
            Piece::read(&bytes, &options)
                .and_then(|piece| Music::of(&piece, depth, with_parts))
                .map_err(|error| Problem::from(&error))
        };
        let pending = pool.start(named, analyze);
        Analyzing { decisions, files, contents, kept, pending }
    }
}

impl Analyzing {
    /// Waits until all contents are analyzed.
    pub(super) fn wait(self) -> Analyzed {
        let mut music = Vec::new();
        let mut failed = AHashMap::new();
        let Self { decisions, files, contents, kept, pending } = self;
        for (hash, result) in contents.into_iter().zip(pending.wait()) {
            match result.flatten() {
                Ok(described) => music.push((hash, described)),
                Err(problem) => {
                    failed.insert(hash, problem);
                }
            }
        }
        Analyzed { decisions, files, music, kept, failed }
    }
}

impl Analyzed {
    /// The contents to keep: those asked for, unless they could not be analyzed in this batch or the previous one.
    pub(super) fn kept(
        &self,
        failed_before: &AHashMap<Hash, Problem>,
    ) -> impl Iterator<Item = (&Hash, &[u8])> {
        let has_failed = |hash| self.failed.contains_key(hash) || failed_before.contains_key(hash);
        let kept = self.kept.iter().filter(move |(hash, _)| !has_failed(*hash));
        kept.map(|(hash, bytes)| (hash, bytes.as_slice()))
    }

    /// Decides the outcome of each file, after the contents `new` have been added to the library.
    /// Contents that failed in the previous batch, while this one was read, fail in this one as well.
    /// Returns the decisions, and the contents that failed in this batch.
    pub(super) fn decide(
        self,
        mut new: AHashSet<Hash>,
        failed_before: &AHashMap<Hash, Problem>,
    ) -> (Decisions, AHashMap<Hash, Problem>) {
        let mut decisions = self.decisions;
        for file in self.files {
            let problem = self.failed.get(&file.hash).or_else(|| failed_before.get(&file.hash));
            let outcome = match problem {
                Some(_) => Outcome::Failed,
                None if new.remove(&file.hash) => Outcome::Imported,
                None => Outcome::Duplicate,
            };
            decisions.counts += outcome;
            let recorded = file.recorded.filter(|_| problem.is_none());
            decisions.rows.push(FileRow {
                location: file.location,
                size: i64::try_from(file.size).ok(),
                modified: Some(file.modified),
                hash: Some(file.hash),
                state: recorded.unwrap_or(outcome).state(),
                problem: problem.cloned(),
                imported: problem.is_none(),
            });
        }
        (decisions, self.failed)
    }
}
