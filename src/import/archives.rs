//! Archives among the files: those of one batch are read one after the other by a thread of their
//! own, a batch ahead of the threads that analyze what comes out of them. The members of several
//! archives share a batch, so that many small archives take no longer than a large one.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use ahash::AHashMap;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::Counts;
use super::members::Reader;
use super::place::Place;
use super::source::{Candidate, Fate, Found};
use super::store::{Hash, Store};
use super::vanished::Seen;
use crate::threads::{self, Cancel, CancelOnDrop};
use crate::{archive, error};

/// How archives are opened.
#[derive(Clone)]
pub(crate) struct Opener {
    pub(crate) directory: Arc<OwnedFd>,
    pub(crate) limits: archive::Limits,
    pub(crate) batch_size: usize,
}

/// A batch of what comes out of archives.
pub(crate) struct Members {
    /// Members, and behind the last of each archive the archive itself.
    pub(crate) found: Vec<Found>,
    /// How many archives are done with it.
    pub(crate) archives: usize,
    /// How many members of the next archive are.
    pub(crate) members: u64,
    /// Members of an earlier import that are no more, and are marked so.
    pub(crate) vanished: i64,
    /// Whether there are no others.
    pub(crate) is_last: bool,
}

/// What a batch of members is on its way to the main thread.
#[derive(Default)]
pub(super) struct Message {
    pub(super) found: Vec<Found>,
    pub(super) archives: usize,
    pub(super) members: u64,
    /// The archives in it that were read to their end, and the members met in them.
    pub(super) ended: Vec<(Hash, Seen)>,
    pub(super) is_last: bool,
}

/// What a thread is to do with an archive.
pub(super) enum Task {
    /// Nothing: it is as it was, with so many files.
    Leave(Place, Counts),
    Read(Place, Candidate),
}

impl Opener {
    /// Takes the archives out of a batch, of which they are the last, and begins to read them. Of
    /// the first one, `skip` members are passed over.
    ///
    /// # Errors
    /// Those of SPI, and where no thread can be started.
    pub(crate) fn open<'conn>(
        &self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        batch: &mut Vec<Found>,
        skip: u64,
    ) -> Result<Option<OpenArchives>, ErrorReport> {
        let files = batch.iter().position(Found::is_archive).unwrap_or(batch.len());
        let archives = batch.split_off(files);
        if archives.is_empty() {
            return Ok(None);
        }
        let tasks = tasks(client, store, archives, skip).map_err(error::statement)?;
        OpenArchives::open(self.clone(), tasks, skip).map(Some)
    }
}

/// Tells the archives that are to be read from those that are as they were.
fn tasks<'conn>(
    client: &mut SpiClient<'conn>,
    store: &Store<'conn>,
    archives: Vec<Found>,
    skip: u64,
) -> SpiResult<VecDeque<Task>> {
    let digests: Vec<_> = archives.iter().map(|archive| archive.place.digest()).collect();
    // One of which members are written already is in the middle of being read.
    let begun = usize::from(skip > 0);
    let known = store.known(client, &digests)?;
    let mut as_known = AHashMap::new();
    for (archive, digest) in archives.iter().zip(&digests).skip(begun) {
        if let (Fate::Read(candidate), Some(known)) = (&archive.fate, known.get(digest))
            && known.shows(candidate)
            && let Some(failed) = failed_files(&known.state)
        {
            as_known.insert(*digest, Some(Counts { unchanged: failed, ..Counts::default() }));
        }
    }
    if !as_known.is_empty() {
        let digests: Vec<_> = as_known.keys().copied().collect();
        for (archive, members, have_lost_music) in store.count_members(client, &digests)? {
            let counts = as_known.get_mut(&archive);
            match counts {
                Some(counts) if have_lost_music => *counts = None,
                Some(Some(counts)) => counts.unchanged += members,
                _ => {}
            }
        }
    }
    let tasks = archives.into_iter().zip(digests).filter_map(|(Found { place, fate }, digest)| {
        let Fate::Read(candidate) = fate else { return None };
        Some(match as_known.remove(&digest).flatten() {
            Some(counts) => Task::Leave(place, counts),
            None => Task::Read(place, candidate),
        })
    });
    Ok(tasks.collect())
}

/// How many failed files an archive in this state counts as by itself; `None` where it was not read to
/// its end, nor to where it is damaged.
fn failed_files(state: &str) -> Option<i64> {
    match state {
        "archive" => Some(0),
        "failed" => Some(1),
        _ => None,
    }
}

/// Archives that are being read.
pub(crate) struct OpenArchives {
    messages: Receiver<thread::Result<Message>>,
    _cancel: CancelOnDrop,
}

impl OpenArchives {
    fn open(opener: Opener, tasks: VecDeque<Task>, skip: u64) -> Result<Self, ErrorReport> {
        // The thread has a batch ready; a second one beside would be memory for nothing.
        let (sender, messages) = mpsc::sync_channel(0);
        let cancel = Cancel::default();
        let on_drop = CancelOnDrop(cancel.clone());
        let read = move || {
            let batches = sender.clone();
            let send = move |message| batches.send(Ok(message)).is_ok();
            let reader = Reader::new(opener, cancel, skip, Box::new(send));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| reader.read_all(tasks))) {
                // Nobody listens any more when the import was cancelled.
                let _ = sender.send(Err(panic));
            }
        };
        threads::spawn("midi_import archive", read).map_err(|error| error::threads(&error))?;
        Ok(Self { messages, _cancel: on_drop })
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
        let message = threads::receive(&self.messages).expect("the end is told");
        let Message { found, archives, members, ended, is_last } =
            message.unwrap_or_else(|panic| resume_unwind(panic));
        let vanished = Seen::mark_other_members(ended, client, store)?;
        Ok(Members { found, archives, members, vanished, is_last })
    }
}
