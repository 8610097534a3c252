//! The files below a source, batch by batch.
//!
//! A thread of its own lists them, one batch ahead, because a directory may be on storage that does not
//! answer.

use std::iter::{self, Peekable};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use pgrx::pg_sys::panic::ErrorReport;

use super::entry::{Entry, MAX_BATCH_BYTES};
use super::walk::Walk;
use crate::error;
use crate::files::{FileError, Located};
use crate::pg::wait_event::Wait;
use crate::threads::{self, Cancel, CancelOnDrop};

/// The listing of one source.
pub(crate) struct Listing {
    directory: Arc<OwnedFd>,
    /// The source, if it is a directory.
    top: Option<String>,
    messages: Receiver<Message>,
    /// The directories that could not be read; set at the end.
    unread: Option<Vec<String>>,
    _cancel: CancelOnDrop,
}

enum Message {
    Files(Vec<Entry>),
    End(thread::Result<Result<Vec<String>, FileError>>),
}

impl Listing {
    /// Starts to list a directory, or a single file of any name. A batch has at most `batch_size` files, and the first
    /// ones have fewer.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub(crate) fn start(
        source: Located,
        max_bytes: usize,
        batch_size: usize,
    ) -> Result<Self, ErrorReport> {
        let top = source.is_directory.then(|| source.text());
        let path = source.text();
        let single = source.path.file_name().filter(|_| !source.is_directory).map(Into::into);
        let directory = Arc::new(source.directory);
        let cancel = Cancel::default();
        let on_drop = CancelOnDrop(cancel.clone());
        let (sender, messages) = mpsc::sync_channel(1);
        let below = directory.clone();
        let list = move || {
            let end = catch_unwind(AssertUnwindSafe(|| {
                let walk = Walk::start(&below, path, single, max_bytes, &cancel)?;
                Ok(send_all(walk, batch_size, &sender))
            }));
            // Fails where the import was cancelled, and nothing receives it.
            let _ = sender.send(Message::End(end));
        };
        threads::spawn("midi_import list", list).map_err(|error| error::threads(&error))?;
        Ok(Self { directory, top, messages, unread: None, _cancel: on_drop })
    }

    /// The directory below which the files lie.
    pub(crate) fn directory(&self) -> Arc<OwnedFd> {
        self.directory.clone()
    }

    /// The path of the listed directory, with a slash at the end. `None` where the source is a single file.
    pub(crate) fn top(&self) -> Option<String> {
        self.top.as_ref().map(|top| format!("{top}/"))
    }

    /// The directories that could not be read, each with a slash at the end; known at the end.
    pub(crate) fn unread(self) -> Vec<String> {
        self.unread.unwrap_or_default()
    }

    /// The next files; an empty batch at the end.
    ///
    /// Raises the pending ERROR when the query is cancelled meanwhile.
    ///
    /// # Errors
    /// The operating system's, where the source itself cannot be listed.
    pub(crate) fn next_batch(&mut self) -> Result<Vec<Entry>, FileError> {
        if self.unread.is_some() {
            return Ok(Vec::new());
        }
        match threads::receive(&self.messages, Wait::Listing).expect("the end is a message") {
            Message::Files(files) => Ok(files),
            Message::End(end) => {
                self.unread = Some(end.unwrap_or_else(|panic| resume_unwind(panic))?);
                Ok(Vec::new())
            }
        }
    }
}

/// Files of the first batch. While a batch is written, the next one is analyzed: so a folder has to be several batches,
/// and its first ones small.
const FIRST_BATCH: usize = 64;

/// Sends the files that the walk finds, in batches of up to half as many files as were sent before. Returns the
/// directories that could not be read.
fn send_all(mut walk: Walk<'_>, batch_size: usize, sender: &SyncSender<Message>) -> Vec<String> {
    let mut found = iter::from_fn(|| walk.next()).peekable();
    let mut sent = 0;
    loop {
        let mut files = next_batch(&mut found, batch_size);
        if files.is_empty() {
            return walk.unread();
        }
        while !files.is_empty() {
            let size = batch_after(sent).min(files.len());
            sent += size;
            let rest = files.split_off(size);
            let batch = std::mem::replace(&mut files, rest);
            if sender.send(Message::Files(batch)).is_err() {
                return walk.unread();
            }
        }
    }
}

/// The most files of a batch, after so many files.
pub(super) fn batch_after(sent: usize) -> usize {
    (sent / 2).max(FIRST_BATCH)
}

/// The next files: at most `max_files`, of at most [`MAX_BATCH_BYTES`] in total, except for a single larger
/// file. Archives are at the end of the batch. The files are sorted by name, so that among copies in one
/// batch the first by name is imported, in whatever order the file system lists them.
pub(super) fn next_batch(
    found: &mut Peekable<impl Iterator<Item = Entry>>,
    max_files: usize,
) -> Vec<Entry> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < max_files
        && let Some(entry) =
            found.next_if(|entry| batch.is_empty() || bytes + entry.size() <= MAX_BATCH_BYTES)
    {
        bytes += entry.size();
        batch.push(entry);
    }
    batch
        .sort_unstable_by(|a, b| (a.is_archive(), &a.location).cmp(&(b.is_archive(), &b.location)));
    batch
}

#[cfg(test)]
mod tests {
    use super::batch_after;

    #[test]
    fn no_batch_is_most_of_a_folder_and_large_folders_have_large_batches() {
        let batches = |files: usize| {
            let (mut sent, mut sizes) = (0, Vec::new());
            while sent < files {
                sizes.push(batch_after(sent).min(files - sent));
                sent += sizes[sizes.len() - 1];
            }
            sizes
        };
        for files in [200, 464, 999, 5_000, 100_000] {
            let sizes = batches(files);
            assert!(sizes.iter().all(|&size| 2 * size <= files), "{files}: {sizes:?}");
            assert!(sizes.len() < 3 + 3 * files.ilog2() as usize, "{files}: {sizes:?}");
        }
    }
}
