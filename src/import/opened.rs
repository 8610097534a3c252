//! Archives among the files: each is read by a thread of its own, a batch ahead of the threads that
//! analyze what comes out of it.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};

use ahash::AHashSet;
use pgrx::spi::{SpiClient, SpiResult};

use super::Counts;
use super::outcome::{Outcome, Trouble};
use super::place::Place;
use super::pool::LOOK_FOR_INTERRUPTS;
use super::source::{Candidate, Fate, Found, MAX_BATCH_BYTES};
use super::store::Store;
use super::vanished::Seen;
use crate::archive::{self, ArchiveError, Kind};
use crate::files;
use crate::pg::interrupts;
use crate::pg::signal::SignalsBlocked;

/// What is to be done with a batch as the walk gives it.
pub(crate) enum Batch {
    /// Its files are to be imported.
    Files(Vec<Found>),
    /// It is an archive that is as it was: so many files are unchanged.
    Unchanged(Counts),
    /// It is an archive, which was opened.
    Archive(OpenArchive),
}

/// A batch of an archive's members.
pub(crate) struct Members {
    /// The members and, in the last batch, the archive itself.
    pub(crate) found: Vec<Found>,
    /// Members of an earlier import that are no more, and are marked so.
    pub(crate) vanished: i64,
    /// Whether there are no others.
    pub(crate) is_last: bool,
}

/// How an archive is opened.
#[derive(Clone)]
pub(crate) struct Opener {
    pub(crate) directory: Arc<OwnedFd>,
    pub(crate) limits: archive::Limits,
    pub(crate) batch_size: usize,
}

impl Opener {
    /// Looks at a batch. An archive comes alone; its first `skip` members are passed over.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn look<'conn>(
        &self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        mut batch: Vec<Found>,
        skip: u64,
    ) -> SpiResult<Batch> {
        match batch.pop() {
            Some(Found { place, fate: Fate::Read(candidate) }) if candidate.archive.is_some() => {
                if let Some(counts) = unchanged(client, store, &place, &candidate)? {
                    return Ok(Batch::Unchanged(counts));
                }
                Ok(Batch::Archive(OpenArchive::open(self.clone(), place, candidate, skip)))
            }
            last => {
                batch.extend(last);
                Ok(Batch::Files(batch))
            }
        }
    }
}

/// What is counted of an archive that is as it was when it was last read, to its end or to where it
/// is damaged; `None` of any other.
fn unchanged<'conn>(
    client: &mut SpiClient<'conn>,
    store: &Store<'conn>,
    place: &Place,
    candidate: &Candidate,
) -> SpiResult<Option<Counts>> {
    let digest = place.digest();
    let known = store.known(client, &[digest])?.into_values().next();
    let Some(known) = known.filter(|known| known.shows(candidate)) else { return Ok(None) };
    let failed = match known.state.as_str() {
        "archive" => 0,
        "failed" => 1,
        _ => return Ok(None),
    };
    let members = store.members(client, digest)?;
    if members.iter().any(|member| member.has_lost_its_music) {
        return Ok(None);
    }
    let there = members.iter().filter(|member| !member.has_vanished).count();
    Ok(Some(Counts { unchanged: there as i64 + failed, ..Counts::default() }))
}

/// An archive that is being read.
pub(crate) struct OpenArchive {
    place: Place,
    candidate: Arc<Candidate>,
    messages: Option<Receiver<Message>>,
    thread: Option<JoinHandle<()>>,
    cancel: Arc<AtomicBool>,
}

enum Message {
    Members(Vec<Found>),
    /// All members that were met, and what ended the reading too soon.
    End(Seen, Result<(), Trouble>),
}

impl OpenArchive {
    fn open(opener: Opener, place: Place, candidate: Candidate, skip: u64) -> Self {
        let (sender, messages) = mpsc::sync_channel(1);
        let cancel = Arc::new(AtomicBool::new(false));
        let candidate = Arc::new(candidate);
        let mut reader = Reader {
            place: place.clone(),
            candidate: candidate.clone(),
            opener,
            skip,
            sender,
            cancel: cancel.clone(),
            names: AHashSet::new(),
            seen: Seen::default(),
            batch: Vec::new(),
            bytes: 0,
        };
        let _blocked = SignalsBlocked::new();
        let read = move || {
            let result = catch_unwind(AssertUnwindSafe(|| reader.read()));
            let result = result.unwrap_or_else(|_| Err(Trouble::panicked()));
            reader.send_batch();
            let Reader { seen, sender, .. } = reader;
            // Nobody listens any more when the import was cancelled.
            let _ = sender.send(Message::End(seen, result));
        };
        let thread = thread::Builder::new().name("midi_import archive".to_owned()).spawn(read).ok();
        Self { place, candidate, messages: Some(messages), thread, cancel }
    }

    /// Waits for the next members. After the last batch it is not to be asked again.
    ///
    /// # Errors
    /// Those of SPI. Raises the pending ERROR when the query is cancelled meanwhile.
    pub(crate) fn next<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
    ) -> SpiResult<Members> {
        let (seen, result) = match self.receive() {
            Message::Members(found) => {
                return Ok(Members { found, vanished: 0, is_last: false });
            }
            Message::End(seen, result) => (seen, result),
        };
        let vanished = match &result {
            Ok(()) => seen.mark_other_members(client, store, self.place.digest())?,
            // Of what lies behind the damage nothing can be said.
            Err(_) => 0,
        };
        let Candidate { size, modified, .. } = *self.candidate;
        let fate = Fate::Archive { size, modified, trouble: result.err() };
        let found = vec![Found { place: self.place.clone(), fate }];
        Ok(Members { found, vanished, is_last: true })
    }

    fn receive(&self) -> Message {
        loop {
            let messages = self.messages.as_ref().expect("it is taken when this is dropped");
            match messages.recv_timeout(LOOK_FOR_INTERRUPTS) {
                Ok(message) => return message,
                Err(RecvTimeoutError::Timeout) => interrupts::check(),
                Err(RecvTimeoutError::Disconnected) => {
                    let trouble = Trouble::new("internal_error", "could not start a thread");
                    return Message::End(Seen::default(), Err(trouble));
                }
            }
        }
    }
}

impl Drop for OpenArchive {
    fn drop(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
        // A thread that waits for room to send is told that there will be none.
        self.messages = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread's side.
struct Reader {
    place: Place,
    candidate: Arc<Candidate>,
    opener: Opener,
    skip: u64,
    sender: SyncSender<Message>,
    cancel: Arc<AtomicBool>,
    /// Of members that share a name the first counts.
    names: AHashSet<u64>,
    seen: Seen,
    batch: Vec<Found>,
    bytes: u64,
}

impl Reader {
    fn read(&mut self) -> Result<(), Trouble> {
        let kind = self.candidate.archive.unwrap_or(Kind::Zip);
        let (file, stat) = files::open_regular(&self.opener.directory, &self.candidate.relative)
            .map_err(|error| Trouble::from(&error))?;
        if files::unix_micros(&stat) != self.candidate.modified {
            return Err(Trouble::new("changed", "the archive was changed after it was listed"));
        }
        let file = File::from(file);
        let cancel = self.cancel.clone();
        let stop = || cancel.load(Ordering::Relaxed);
        archive::read(kind, &file, self.opener.limits, &stop, self)
            .map_err(|error| Trouble::new(error.kind(), &error))
    }

    fn send_batch(&mut self) {
        self.bytes = 0;
        let mut batch = std::mem::take(&mut self.batch);
        batch.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        if !batch.is_empty() && self.sender.send(Message::Members(batch)).is_err() {
            self.cancel.store(true, Ordering::Relaxed);
        }
    }
}

impl archive::Visitor for Reader {
    fn wants(&mut self, name: &str) -> bool {
        let place = Place { path: self.place.path.clone(), member: Some(name.to_owned()) };
        let mark = Seen::mark(&place);
        if !self.names.insert(mark) {
            return false;
        }
        self.seen.add(&place);
        self.skip = match self.skip {
            0 => return true,
            left => left - 1,
        };
        false
    }

    fn take(&mut self, name: String, content: Result<Vec<u8>, ArchiveError>) {
        let place = Place { path: self.place.path.clone(), member: Some(name) };
        let fate = match content {
            Ok(bytes) => {
                self.bytes += bytes.len() as u64;
                Fate::Held { bytes, modified: self.candidate.modified }
            }
            Err(error) => {
                let outcome = if error.is_rule() { Outcome::Skipped } else { Outcome::Failed };
                Fate::Settled(outcome, Some(Trouble::new(error.kind(), &error)))
            }
        };
        self.batch.push(Found { place, fate });
        if self.batch.len() >= self.opener.batch_size || self.bytes >= MAX_BATCH_BYTES {
            self.send_batch();
        }
    }
}
