//! Rows of `midi_files`, as an import reads and writes them.

use super::entry::Candidate;
use super::hash::Hash;
use super::location::Location;
use super::problem::Problem;

/// The row of a location before the import.
pub(crate) struct Known {
    pub(crate) size: Option<i64>,
    pub(crate) modified: Option<i64>,
    pub(crate) hash: Option<Hash>,
    pub(crate) state: String,
    pub(crate) error: Option<String>,
    /// Whether the content has a row in `musical_metadata`.
    pub(crate) has_music: bool,
    /// Whether the content is kept, or need not be.
    pub(crate) is_kept: bool,
}

impl Known {
    /// Whether the file has the recorded size and time of modification.
    pub(crate) fn matches(&self, candidate: &Candidate) -> bool {
        self.size == i64::try_from(candidate.size).ok() && self.modified == Some(candidate.modified)
    }

    /// Whether the file counts as part of the library.
    pub(crate) fn is_in_library(&self) -> bool {
        Settled::by_state(&self.state) == Settled::IfComplete
    }

    /// Whether the file need not be read again while it is unchanged.
    pub(crate) fn is_settled(&self) -> bool {
        match Settled::by_state(&self.state) {
            Settled::Yes => true,
            Settled::IfComplete => self.has_music && self.is_kept,
            Settled::No => false,
        }
    }
}

/// The row of a file below a directory.
pub(crate) struct RecordedRow<'a> {
    pub(crate) id: i64,
    /// The digest of the file's location; for a member, of its archive's.
    pub(crate) digest: Hash,
    pub(crate) path: &'a str,
    pub(crate) size: Option<i64>,
    pub(crate) modified: Option<i64>,
    pub(crate) state: &'a str,
    /// Whether it is a member of an archive.
    pub(crate) is_member: bool,
}

/// Whether a file need not be read again while it is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Yes,
    /// If what is to be stored of its content is stored.
    IfComplete,
    No,
}

impl Settled {
    /// What the state of a file tells. A file that had vanished is read again, and so is one whose analysis has been
    /// deleted.
    pub(crate) fn by_state(state: &str) -> Self {
        match state {
            "failed" => Self::Yes,
            "imported" | "duplicate" => Self::IfComplete,
            _ => Self::No,
        }
    }
}

/// A row to be inserted, or to replace the one of its location.
pub(crate) struct FileRow {
    pub(crate) location: Location,
    /// The size in bytes; `None` keeps the recorded one.
    pub(crate) size: Option<i64>,
    /// The time of the last modification, in microseconds since the Unix epoch.
    pub(crate) modified: Option<i64>,
    /// The hash of the content; `None` keeps the recorded one.
    pub(crate) hash: Option<Hash>,
    pub(crate) state: &'static str,
    pub(crate) problem: Option<Problem>,
    /// Whether this import has brought the content into the library.
    pub(crate) imported: bool,
}

/// The row of a member of an archive.
pub(crate) struct KnownMember {
    pub(crate) id: i64,
    /// The digest of the archive's location.
    pub(crate) archive: Hash,
    pub(crate) digest: Hash,
}

/// How the members of an archive are recorded.
pub(crate) struct MemberCount {
    /// The digest of the archive's location.
    pub(crate) archive: Hash,
    pub(crate) members: i64,
    /// Whether not all is stored that is to be stored of one in the library.
    pub(crate) is_incomplete: bool,
}
