//! Lists of files, from which batches are made.
//!
//! A direct import gets them from the listing of a directory, a job from the chunks in its table.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::entry::Entry;

/// A list of files, of which a part may have been imported before. Its archives are at its end.
pub(crate) struct FileList {
    pub(crate) entries: Vec<Entry>,
    /// Where the import starts.
    pub(crate) start: Position,
}

/// How far a list has been imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The number of the list.
    pub(crate) list: i64,
    /// How many files and archives are done.
    pub(crate) entries: usize,
    /// How many members of the next archive are done.
    pub(crate) members: u64,
    /// Whether the whole list is done.
    pub(crate) is_end: bool,
}

impl Position {
    /// The beginning of a list.
    pub(crate) fn start_of(list: i64) -> Self {
        Self { list, entries: 0, members: 0, is_end: false }
    }
}

/// The part of a list that one batch covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// How many files and archives of the list are done with this batch.
    pub(crate) entries: usize,
    /// How far the list is done after it.
    pub(crate) end: Position,
}

/// What lists come from.
pub(crate) trait FileLists {
    /// The next list; `None` at the end.
    ///
    /// # Errors
    /// Where the files cannot be listed.
    fn next(&mut self, client: &mut SpiClient<'_>) -> Result<Option<FileList>, ErrorReport>;
}
