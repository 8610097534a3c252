//! The thread that reads archives and makes batches of their members.

use std::collections::VecDeque;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ahash::AHashMap;

use super::decision::Admits;
use super::entry::{Candidate, Disposition, Entry, MAX_BATCH_BYTES};
use super::hash::Hash;
use super::location::Location;
use super::outcome::{Counts, Outcome};
use super::problem::Problem;
use super::vanished::Seen;
use crate::archive::{self, ArchiveError, Kind, Visitor};
use crate::files::{self, Retries};
use crate::threads::Cancel;

/// How archives are read.
#[derive(Clone)]
pub(super) struct ReaderOptions {
    pub(super) directory: Arc<OwnedFd>,
    pub(super) admits: Admits,
    pub(super) limits: archive::Limits,
    pub(super) batch_size: usize,
}

/// What the thread is to do with an archive.
pub(super) enum Task {
    /// Nothing, because it is unchanged; the counts are those of its files.
    Skip(Location, Counts),
    Read(Location, Candidate),
}

/// A batch of members on its way to the main thread.
#[derive(Default)]
pub(super) struct MemberBatch {
    /// The members. Each archive follows its last member.
    pub(super) entries: Vec<Entry>,
    /// How many archives are done with this batch.
    pub(super) archives: usize,
    /// How many members of the next archive are done.
    pub(super) members: u64,
    /// The archives in the batch that were read to their end, and the members that they contain, which says what
    /// has vanished from them. None where only recorded contents are admitted.
    pub(super) completed: Vec<(Hash, Seen)>,
    pub(super) is_last: bool,
}

/// Passes a batch on. Returns false where the import is over.
type Send = Box<dyn FnMut(MemberBatch) -> bool>;

/// Reads archives, and makes batches of their members.
pub(super) struct Reader {
    options: ReaderOptions,
    cancel: Cancel,
    /// How many members of the next archive are still to be left out.
    skip: u64,
    send: Send,
    batch: MemberBatch,
    bytes: u64,
}

/// The archive that is being read.
struct Current<'a> {
    reader: &'a mut Reader,
    location: &'a Location,
    modified: i64,
    /// How often each name has occurred.
    names: AHashMap<u64, u32>,
    seen: Seen,
}

impl Reader {
    pub(super) fn new(options: ReaderOptions, cancel: Cancel, skip: u64, send: Send) -> Self {
        Self { options, cancel, skip, send, batch: MemberBatch::default(), bytes: 0 }
    }

    /// Reads archives one after the other.
    pub(super) fn read_all(mut self, mut tasks: VecDeque<Task>) {
        while let Some(task) = tasks.pop_front() {
            let archive = match task {
                Task::Skip(location, counts) => {
                    Entry { location, disposition: Disposition::ArchiveUnchanged(counts) }
                }
                Task::Read(location, candidate) => self.read_one(location, candidate),
            };
            if self.cancel.is_set() {
                return;
            }
            self.batch.archives += 1;
            self.batch.members = 0;
            self.batch.entries.push(archive);
            self.batch.is_last = tasks.is_empty();
            if self.batch.is_last || self.batch.entries.len() >= self.options.batch_size {
                self.send_batch();
            }
        }
    }

    /// Reads an archive. Returns its own entry.
    fn read_one(&mut self, location: Location, candidate: Candidate) -> Entry {
        let Candidate { size, modified, .. } = candidate;
        let mut current = Current {
            reader: self,
            location: &location,
            modified,
            names: AHashMap::new(),
            seen: Seen::default(),
        };
        let result = catch_unwind(AssertUnwindSafe(|| current.read(&candidate)))
            .unwrap_or_else(|_| Err(Problem::panicked()));
        let seen = current.seen;
        self.skip = 0;
        let problem = match result {
            Ok(()) => {
                if self.options.admits == Admits::Any {
                    self.batch.completed.push((location.digest(), seen));
                }
                None
            }
            // Whether members behind the damage still exist is not known.
            Err(problem) => Some(problem),
        };
        Entry { location, disposition: Disposition::ArchiveRead { size, modified, problem } }
    }

    fn add(&mut self, member: Entry) {
        self.batch.entries.push(member);
        self.batch.members += 1;
        if self.batch.entries.len() >= self.options.batch_size || self.bytes >= MAX_BATCH_BYTES {
            self.send_batch();
        }
    }

    fn send_batch(&mut self) {
        self.bytes = 0;
        let next = MemberBatch { members: self.batch.members, ..MemberBatch::default() };
        let mut batch = std::mem::replace(&mut self.batch, next);
        batch.entries.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        if !(self.send)(batch) {
            self.cancel.set();
        }
    }
}

impl Current<'_> {
    fn read(&mut self, candidate: &Candidate) -> Result<(), Problem> {
        let options = self.reader.options.clone();
        let cancel = self.reader.cancel.clone();
        let stop = || cancel.is_set();
        let open = || files::open_regular(&options.directory, &candidate.relative);
        let (file, stat) =
            Retries::default().run(&stop, open).map_err(|error| Problem::from(&error))?;
        if files::unix_micros(&stat) != self.modified {
            return Err(Problem::changed());
        }
        let kind = candidate.archive.unwrap_or(Kind::Zip);
        archive::read(kind, &File::from(file), options.limits, &stop, self)
            .map_err(|error| Problem::new(error.kind(), &error))
    }
}

impl Visitor for Current<'_> {
    fn admit(&mut self, name: String) -> Option<String> {
        let mut location = self.location.member(name);
        let times = self.names.entry(Seen::key(&location)).or_default();
        *times += 1;
        location.set_repetition(*times);
        self.seen.add(&location);
        match self.reader.skip {
            0 => location.member,
            _ => {
                self.reader.skip -= 1;
                self.reader.batch.members += 1;
                None
            }
        }
    }

    fn take(&mut self, name: String, content: Result<Vec<u8>, ArchiveError>) {
        let disposition = match content {
            Ok(bytes) => {
                self.reader.bytes += bytes.len() as u64;
                Disposition::Loaded { bytes, modified: self.modified }
            }
            Err(error) => {
                let outcome = if error.is_rule() { Outcome::Skipped } else { Outcome::Failed };
                Disposition::Settled(outcome, Some(Problem::new(error.kind(), &error)))
            }
        };
        self.reader.add(Entry { location: self.location.member(name), disposition });
    }
}
