//! The archives of one file list. A thread of its own reads them one after the other, one batch ahead of
//! the threads that analyze their members. The members of several archives share a batch, so that many
//! small archives take no longer than a large one.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use ahash::AHashMap;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::archive_reader::{MemberBatch, Reader, ReaderOptions, Task};
use super::entry::{Disposition, Entry};
use super::hash::Hash;
use super::outcome::Counts;
use super::store::Store;
use super::vanished::Seen;
use crate::error;
use crate::pg::wait_event::Wait;
use crate::threads::{self, Cancel, CancelOnDrop};

/// Archives that are being read.
pub(super) struct OpenArchives {
    batches: Receiver<thread::Result<MemberBatch>>,
    _cancel: CancelOnDrop,
}

/// A batch of members.
pub(super) struct Members {
    /// The members. Each archive follows its last member.
    pub(super) entries: Vec<Entry>,
    /// How many archives are done with this batch.
    pub(super) archives: usize,
    /// How many members of the next archive are done.
    pub(super) members: u64,
    /// How many members of an earlier import have been marked as vanished.
    pub(super) vanished: i64,
    /// Whether this is the last batch.
    pub(super) is_last: bool,
}

impl OpenArchives {
    /// Starts to read archives. The first `skip` members of the first one are left out.
    ///
    /// # Errors
    /// Those of SPI, and where no thread can be started.
    pub(super) fn open<'conn>(
        options: ReaderOptions,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        archives: Vec<Entry>,
        skip: u64,
    ) -> Result<Self, ErrorReport> {
        let tasks = tasks(client, store, archives, skip).map_err(error::statement)?;
        // The thread holds one finished batch. A second one in the channel would only take memory.
        let (sender, batches) = mpsc::sync_channel(0);
        let cancel = Cancel::default();
        let on_drop = CancelOnDrop(cancel.clone());
        let read = move || {
            let results = sender.clone();
            let send = move |batch| results.send(Ok(batch)).is_ok();
            let reader = Reader::new(options, cancel, skip, Box::new(send));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| reader.read_all(tasks))) {
                // Fails where the import was cancelled, and nothing receives it.
                let _ = sender.send(Err(panic));
            }
        };
        threads::spawn("midi_import archive", read).map_err(|error| error::threads(&error))?;
        Ok(Self { batches, _cancel: on_drop })
    }

    /// Waits for the next members. Must not be called again after the last batch.
    ///
    /// Raises the pending ERROR when the query is cancelled meanwhile.
    ///
    /// # Errors
    /// Those of SPI.
    pub(super) fn next<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
    ) -> SpiResult<Members> {
        let batch =
            threads::receive(&self.batches, Wait::Archive).expect("the last batch is marked");
        let MemberBatch { entries, archives, members, completed, is_last } =
            batch.unwrap_or_else(|panic| resume_unwind(panic));
        let vanished = Seen::mark_other_members(completed, client, store)?;
        Ok(Members { entries, archives, members, vanished, is_last })
    }
}

/// Decides which archives are read, and which are unchanged.
fn tasks<'conn>(
    client: &mut SpiClient<'conn>,
    store: &Store<'conn>,
    archives: Vec<Entry>,
    skip: u64,
) -> SpiResult<VecDeque<Task>> {
    let mut unchanged = unchanged(client, store, &archives, skip)?;
    let tasks = archives.into_iter().filter_map(|Entry { location, disposition }| {
        let Disposition::Read(candidate) = disposition else { return None };
        Some(match unchanged.remove(&location.digest()) {
            Some(counts) => Task::Skip(location, counts),
            None => Task::Read(location, candidate),
        })
    });
    Ok(tasks.collect())
}

/// The archives that are unchanged and whose music is there, by the digests of their locations, each with
/// the counts of its files.
fn unchanged<'conn>(
    client: &mut SpiClient<'conn>,
    store: &Store<'conn>,
    archives: &[Entry],
    skip: u64,
) -> SpiResult<AHashMap<Hash, Counts>> {
    let digests: Vec<_> = archives.iter().map(|archive| archive.location.digest()).collect();
    // The reading of an archive with written members was interrupted and is to be continued.
    let interrupted = usize::from(skip > 0);
    let known = store.known(client, &digests)?;
    let mut unchanged = AHashMap::new();
    for (archive, digest) in archives.iter().zip(&digests).skip(interrupted) {
        if let (Disposition::Read(candidate), Some(known)) =
            (&archive.disposition, known.get(digest))
            && known.matches(candidate)
            && let Some(failed) = failed_files(&known.state)
        {
            unchanged.insert(*digest, Counts { unchanged: failed, ..Counts::default() });
        }
    }
    if !unchanged.is_empty() {
        let digests: Vec<_> = unchanged.keys().copied().collect();
        for count in store.count_members(client, &digests)? {
            if count.is_incomplete {
                unchanged.remove(&count.archive);
            } else if let Some(counts) = unchanged.get_mut(&count.archive) {
                counts.unchanged += count.members;
            }
        }
    }
    Ok(unchanged)
}

/// How many failed files an archive in this state counts as by itself; `None` where it was read neither
/// to its end nor to where it is damaged.
fn failed_files(state: &str) -> Option<i64> {
    match state {
        "archive" => Some(0),
        "failed" => Some(1),
        _ => None,
    }
}
