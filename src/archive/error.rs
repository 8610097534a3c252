//! Why an archive or one of its members was not read.

use std::fmt;
use std::io;

use rustix::io::Errno;

use crate::files::FileError;

/// Why an archive or a member was not read. `Display` gives the reason without the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ArchiveError {
    /// The bytes do not follow the format.
    Damaged(String),
    /// It uses a feature of the format that is not supported.
    Unsupported(String),
    /// The member is encrypted.
    Encrypted,
    /// The member has more bytes than the limit given.
    MemberTooLarge(usize),
    /// The archive holds more bytes than the limit given.
    TooLarge(u64),
    /// The member's name leads out of the archive.
    UnsafeName,
    /// It is an archive inside an archive inside an archive.
    Nested,
    /// The member is a link.
    Link,
    /// The member is a device, a FIFO or the like.
    NotRegular,
    /// The member shares bytes of the archive with another one.
    Overlapping,
    /// The archive's file could not be read.
    File(FileError),
    /// The reader was asked to stop.
    Interrupted,
}

pub(super) type Result<T> = std::result::Result<T, ArchiveError>;

impl ArchiveError {
    /// A short stable name, as recorded in `midi_import_errors.kind`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "damaged_archive",
            Self::Unsupported(_) => "unsupported_archive",
            Self::Encrypted => "encrypted",
            Self::MemberTooLarge(_) | Self::TooLarge(_) => "too_large",
            Self::UnsafeName => "unsafe_name",
            Self::Nested => "nested_archive",
            Self::Link => "symbolic_link",
            Self::NotRegular => "not_regular_file",
            Self::Overlapping => "overlapping",
            Self::File(error) => error.kind(),
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether the member is skipped by a rule, so that this is not a failure.
    pub(crate) fn is_rule(&self) -> bool {
        matches!(self, Self::MemberTooLarge(_) | Self::Nested | Self::Link | Self::NotRegular)
    }

    /// Whether it ends the reading of the whole archive.
    pub(super) fn ends_all(&self) -> bool {
        matches!(self, Self::TooLarge(_) | Self::File(_) | Self::Interrupted)
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(reason) => write!(f, "damaged archive: {reason}"),
            Self::Unsupported(reason) => write!(f, "archive is not supported: {reason}"),
            Self::Encrypted => f.write_str("encrypted"),
            Self::MemberTooLarge(limit) => {
                write!(f, "file is larger than midi_pipeline.max_file_size ({limit} bytes)")
            }
            Self::TooLarge(limit) => {
                write!(f, "archive holds more than midi_pipeline.max_archive_size ({limit} bytes)")
            }
            Self::UnsafeName => f.write_str("the name leads out of the archive"),
            Self::Nested => f.write_str("archives are nested deeper than one level"),
            Self::Link => f.write_str("link"),
            Self::NotRegular => f.write_str("not a regular file"),
            Self::Overlapping => f.write_str("the member overlaps another one"),
            Self::File(error) => error.fmt(f),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// The error of an archive's file.
pub(super) fn of_file(error: &io::Error) -> FileError {
    let errno = match error.kind() {
        io::ErrorKind::OutOfMemory => Errno::NOMEM,
        _ => Errno::from_io_error(error).unwrap_or(Errno::IO),
    };
    FileError::Os(errno)
}
