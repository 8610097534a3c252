//! What there is to import, before it is read.

use std::path::PathBuf;

use super::Counts;
use super::outcome::{Outcome, Problem};
use super::place::Place;
use crate::archive::Kind;

/// The most bytes that the files of a batch hold together; a larger file is a batch of its own.
pub(super) const MAX_BATCH_BYTES: u64 = 32 << 20;

/// Something that was found in a directory or in an archive.
pub(crate) struct Found {
    pub(crate) place: Place,
    /// To be read, or settled already.
    pub(crate) fate: Fate,
}

/// What is to be done with it.
pub(crate) enum Fate {
    /// A regular file to be read.
    Read(Candidate),
    /// A member of an archive, which has been read.
    Held { bytes: Vec<u8>, modified: i64 },
    /// An archive of which all members were found before, or all up to the problem.
    Archive { size: u64, modified: i64, problem: Option<Problem> },
    /// An archive that is as it was, with so many files.
    AsBefore(Counts),
    /// Not to be read: failed or skipped for this reason, or vanished meanwhile.
    Settled(Outcome, Option<Problem>),
}

/// A regular file, as the listing shows it.
pub(crate) struct Candidate {
    /// Its path below the source's directory.
    pub(crate) relative: PathBuf,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The time of its last change, in microseconds of the Unix epoch.
    pub(crate) modified: i64,
    /// What kind of archive it is, if it is one.
    pub(crate) archive: Option<Kind>,
}

impl Found {
    /// Whether it is an archive that is to be read.
    pub(super) fn is_archive(&self) -> bool {
        matches!(&self.fate, Fate::Read(candidate) if candidate.archive.is_some())
    }

    /// How many bytes there are to read.
    pub(super) fn size(&self) -> u64 {
        match &self.fate {
            Fate::Read(candidate) => candidate.size,
            _ => 0,
        }
    }
}
