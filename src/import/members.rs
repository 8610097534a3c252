//! The thread that reads archives: from their members to batches.

use std::collections::VecDeque;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ahash::AHashMap;

use super::archives::{Message, Opener, Task};
use super::outcome::{Outcome, Problem};
use super::place::Place;
use super::source::{Candidate, Fate, Found, MAX_BATCH_BYTES};
use super::vanished::Seen;
use crate::archive::{self, ArchiveError, Kind, Visitor};
use crate::files::{self, Retries};
use crate::threads::Cancel;

/// Passes a batch on. Answers false where nobody wants it any more.
type Send = Box<dyn FnMut(Message) -> bool>;

/// Reads archives, and makes batches of their members.
pub(super) struct Reader {
    opener: Opener,
    cancel: Cancel,
    /// Members of the next archive that are passed over.
    skip: u64,
    send: Send,
    message: Message,
    bytes: u64,
}

/// One archive that is being read.
struct Current<'a> {
    reader: &'a mut Reader,
    place: &'a Place,
    modified: i64,
    /// How often each name was met.
    names: AHashMap<u64, u32>,
    seen: Seen,
}

impl Reader {
    pub(super) fn new(opener: Opener, cancel: Cancel, skip: u64, send: Send) -> Self {
        Self { opener, cancel, skip, send, message: Message::default(), bytes: 0 }
    }

    /// Reads archives one after the other.
    pub(super) fn read_all(mut self, mut tasks: VecDeque<Task>) {
        while let Some(task) = tasks.pop_front() {
            let found = match task {
                Task::Leave(place, counts) => Found { place, fate: Fate::AsBefore(counts) },
                Task::Read(place, candidate) => self.read_one(place, candidate),
            };
            if self.cancel.is_set() {
                return;
            }
            self.message.archives += 1;
            self.message.members = 0;
            self.message.found.push(found);
            self.message.is_last = tasks.is_empty();
            if self.message.is_last || self.message.found.len() >= self.opener.batch_size {
                self.send_batch();
            }
        }
    }

    /// Reads an archive and answers what is to be written down of itself.
    fn read_one(&mut self, place: Place, candidate: Candidate) -> Found {
        let Candidate { size, modified, .. } = candidate;
        let mut current = Current {
            reader: self,
            place: &place,
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
                self.message.ended.push((place.digest(), seen));
                None
            }
            // Of what lies behind the damage nothing can be said.
            Err(problem) => Some(problem),
        };
        Found { place, fate: Fate::Archive { size, modified, problem } }
    }

    fn add(&mut self, member: Found) {
        self.message.found.push(member);
        self.message.members += 1;
        if self.message.found.len() >= self.opener.batch_size || self.bytes >= MAX_BATCH_BYTES {
            self.send_batch();
        }
    }

    fn send_batch(&mut self) {
        self.bytes = 0;
        let next = Message { members: self.message.members, ..Message::default() };
        let mut message = std::mem::replace(&mut self.message, next);
        message.found.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        if !(self.send)(message) {
            self.cancel.set();
        }
    }
}

impl Current<'_> {
    fn read(&mut self, candidate: &Candidate) -> Result<(), Problem> {
        let opener = self.reader.opener.clone();
        let cancel = self.reader.cancel.clone();
        let stop = || cancel.is_set();
        let open = || files::open_regular(&opener.directory, &candidate.relative);
        let (file, stat) =
            Retries::default().run(&stop, open).map_err(|error| Problem::from(&error))?;
        if files::unix_micros(&stat) != self.modified {
            return Err(Problem::changed());
        }
        let kind = candidate.archive.unwrap_or(Kind::Zip);
        archive::read(kind, &File::from(file), opener.limits, &stop, self)
            .map_err(|error| Problem::new(error.kind(), &error))
    }
}

impl Visitor for Current<'_> {
    fn admit(&mut self, name: String) -> Option<String> {
        let mut place = self.place.member(name);
        let times = self.names.entry(Seen::mark(&place)).or_default();
        *times += 1;
        place.set_repetition(*times);
        self.seen.add(&place);
        match self.reader.skip {
            0 => place.member,
            _ => {
                self.reader.skip -= 1;
                self.reader.message.members += 1;
                None
            }
        }
    }

    fn take(&mut self, name: String, content: Result<Vec<u8>, ArchiveError>) {
        let fate = match content {
            Ok(bytes) => {
                self.reader.bytes += bytes.len() as u64;
                Fate::Held { bytes, modified: self.modified }
            }
            Err(error) => {
                let outcome = if error.is_rule() { Outcome::Skipped } else { Outcome::Failed };
                Fate::Settled(outcome, Some(Problem::new(error.kind(), &error)))
            }
        };
        self.reader.add(Found { place: self.place.member(name), fate });
    }
}
