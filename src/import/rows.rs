//! What the library's tables say of files, and are to say.

use super::outcome::Problem;
use super::place::Place;
use super::source::Candidate;
use super::store::Hash;

/// What `midi_files` says of a path already.
pub(crate) struct Known {
    pub(crate) size: Option<i64>,
    pub(crate) modified: Option<i64>,
    pub(crate) hash: Option<Hash>,
    pub(crate) state: String,
    pub(crate) error: Option<String>,
    /// Whether the content has its row in `musical_metadata`.
    pub(crate) has_music: bool,
}

impl Known {
    /// Whether the listing shows the size and the time that are known.
    pub(crate) fn shows(&self, candidate: &Candidate) -> bool {
        self.size == i64::try_from(candidate.size).ok() && self.modified == Some(candidate.modified)
    }

    /// Whether the file counts as part of the library.
    pub(crate) fn is_in_library(&self) -> bool {
        matches!(self.state.as_str(), "imported" | "duplicate")
    }
}

/// What `midi_files` says of a member of an archive.
pub(crate) struct KnownMember {
    pub(crate) id: i64,
    /// Of the archive's path.
    pub(crate) archive: Hash,
    pub(crate) digest: Hash,
}

/// What `midi_files` is to say of a path.
pub(crate) struct FileRow {
    pub(crate) place: Place,
    /// Size in bytes; `None` keeps what is known.
    pub(crate) size: Option<i64>,
    /// Time of the last change, in microseconds of the Unix epoch.
    pub(crate) modified: Option<i64>,
    /// Hash of the content; `None` keeps what is known.
    pub(crate) hash: Option<Hash>,
    pub(crate) state: &'static str,
    pub(crate) problem: Option<Problem>,
    /// Whether the content got into the library just now.
    pub(crate) imported: bool,
}

/// What `midi_files` says of a file below a directory.
pub(crate) struct Below {
    pub(crate) id: i64,
    /// Of its path; for a member, of the archive's.
    pub(crate) digest: Hash,
    pub(crate) path: String,
    pub(crate) is_archive: bool,
}
