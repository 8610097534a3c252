//! The source of batches, for direct imports and jobs alike: it takes file lists and makes batches of
//! their files and of the members of their archives.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::archive_reader::ReaderOptions;
use super::archives::OpenArchives;
use super::entry::Entry;
use super::file_list::{FileList, FileLists, Part, Position};
use super::store::Store;
use crate::error;

/// A batch that is to be imported.
pub(super) struct Batch {
    pub(super) entries: Vec<Entry>,
    pub(super) part: Part,
    /// How many members of archives have been marked as vanished, because the batch contains the end of
    /// their archive, and they were not in it.
    pub(super) vanished: i64,
}

/// The source of batches.
pub(super) struct Batches {
    options: ReaderOptions,
    /// The archives of the current list that are being read, and how far the list has come.
    archives: Option<(OpenArchives, Position)>,
}

impl Batches {
    pub(super) fn new(options: ReaderOptions) -> Self {
        Self { options, archives: None }
    }

    /// The next batch; `None` where there is none at present. It consists of the files of a list, or of
    /// members of the list's archives, which come after the files.
    ///
    /// # Errors
    /// Where the files cannot be listed; otherwise those of the statements.
    pub(super) fn next<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        lists: &mut dyn FileLists,
    ) -> Result<Option<Batch>, ErrorReport> {
        if self.archives.is_none() {
            let Some(list) = lists.next(client)? else { return Ok(None) };
            if let Some(files) = self.open(client, store, list)? {
                return Ok(Some(files));
            }
        }
        self.next_members(client, store)
    }

    /// Opens the archives of a list. Returns the batch of its files; `None` where it has only archives.
    fn open<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        list: FileList,
    ) -> Result<Option<Batch>, ErrorReport> {
        let FileList { mut entries, start } = list;
        entries.drain(..start.entries.min(entries.len()));
        let first_archive = entries.iter().position(Entry::is_archive).unwrap_or(entries.len());
        let archives = entries.split_off(first_archive);
        let files = entries.len();
        let is_end = archives.is_empty();
        let end = Position { entries: start.entries + files, is_end, ..start };
        if !is_end {
            let options = self.options.clone();
            let archives = OpenArchives::open(options, client, store, archives, start.members)?;
            self.archives = Some((archives, end));
        }
        let batch = Batch { entries, part: Part { entries: files, end }, vanished: 0 };
        Ok((files > 0 || is_end).then_some(batch))
    }

    /// The next members of the archives that are being read.
    fn next_members<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
    ) -> Result<Option<Batch>, ErrorReport> {
        let Some((archives, position)) = &mut self.archives else { return Ok(None) };
        let members = archives.next(client, store).map_err(error::statement)?;
        let end = Position {
            entries: position.entries + members.archives,
            members: members.members,
            is_end: members.is_last,
            ..*position
        };
        *position = end;
        if end.is_end {
            self.archives = None;
        }
        let part = Part { entries: members.archives, end };
        Ok(Some(Batch { entries: members.entries, part, vanished: members.vanished }))
    }
}
