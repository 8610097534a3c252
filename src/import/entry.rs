//! What a directory or an archive contains, and what is to be done with it.

use std::path::PathBuf;

use super::location::Location;
use super::outcome::{Counts, Outcome};
use super::problem::Problem;
use crate::archive::Kind;

/// The largest total size of the files of a batch, in bytes. A larger file is a batch of its own.
pub(super) const MAX_BATCH_BYTES: u64 = 4 << 20;

/// An entry of a directory or of an archive.
pub(crate) struct Entry {
    pub(crate) location: Location,
    pub(crate) disposition: Disposition,
}

/// What is to be done with an entry.
pub(crate) enum Disposition {
    /// It is a regular file, which is to be read.
    Read(Candidate),
    /// It is a member of an archive, and its bytes have been read.
    Loaded { bytes: Vec<u8>, modified: i64 },
    /// It is an archive. All its members precede it, or all up to the problem.
    ArchiveRead { size: u64, modified: i64, problem: Option<Problem> },
    /// It is an archive that is unchanged since the last import; the counts are those of its files.
    ArchiveUnchanged(Counts),
    /// It is not read, because its outcome is known already.
    Settled(Outcome, Option<Problem>),
}

/// A regular file as it was when it was listed.
pub(crate) struct Candidate {
    /// The path relative to the source's directory.
    pub(crate) relative: PathBuf,
    /// The size in bytes.
    pub(crate) size: u64,
    /// The time of the last modification, in microseconds since the Unix epoch.
    pub(crate) modified: i64,
    /// The kind of archive, for an archive.
    pub(crate) archive: Option<Kind>,
}

impl Entry {
    /// Whether it is an archive that is to be read.
    pub(super) fn is_archive(&self) -> bool {
        matches!(&self.disposition, Disposition::Read(candidate) if candidate.archive.is_some())
    }

    /// Whether it is known to be unchanged.
    pub(super) fn is_unchanged(&self) -> bool {
        matches!(&self.disposition, Disposition::Settled(Outcome::Unchanged, _))
    }

    /// The number of bytes to read.
    pub(super) fn size(&self) -> u64 {
        match &self.disposition {
            Disposition::Read(candidate) => candidate.size,
            _ => 0,
        }
    }
}
