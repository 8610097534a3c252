//! Why a file was not read.

use std::fmt;

use rustix::io::Errno;

/// Why a file was not read. `Display` gives the reason without the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileError {
    /// The path does not start at the root.
    Relative,
    /// The path leads, or may lead, out of the allowed directories.
    Outside,
    /// The operating system returned an error.
    Os(Errno),
    /// It is a symbolic link, and not a file.
    SymbolicLink,
    /// It is a directory, FIFO, socket or device, and not a file.
    NotRegular,
    /// The file has more bytes than the limit given.
    TooLarge(usize),
    /// The reader was asked to stop.
    Interrupted,
}

/// Errors of a file system, a disk or the machine that may be transient and say nothing about the file.
const TRANSIENT: [Errno; 24] = [
    // A lack of descriptors, memory or other resources.
    Errno::MFILE,
    Errno::NFILE,
    Errno::NOMEM,
    Errno::NOBUFS,
    Errno::NOLCK,
    // Used by another process: leased, locked or busy.
    Errno::AGAIN,
    Errno::BUSY,
    Errno::TXTBSY,
    Errno::DEADLK,
    Errno::INTR,
    // The storage, or the network to it.
    Errno::IO,
    Errno::REMOTEIO,
    Errno::STALE,
    Errno::TIMEDOUT,
    Errno::NOTCONN,
    Errno::CONNABORTED,
    Errno::CONNREFUSED,
    Errno::CONNRESET,
    Errno::HOSTDOWN,
    Errno::HOSTUNREACH,
    Errno::NETDOWN,
    Errno::NETUNREACH,
    Errno::SHUTDOWN,
    Errno::NOLINK,
];

/// The [`FileError::kind`] of errors that may be transient.
pub(crate) const UNAVAILABLE: &str = "unavailable";

impl FileError {
    /// Whether the error may be transient, so that it says nothing about the file.
    pub(crate) fn may_be_transient(&self) -> bool {
        matches!(self, Self::Os(errno) if TRANSIENT.contains(errno))
    }

    /// A short stable name, as recorded in `midi_import_errors.kind`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Relative => "relative_path",
            Self::Outside => "outside_allowed_directories",
            Self::Os(Errno::ACCESS | Errno::PERM) => "permission_denied",
            Self::Os(Errno::NOENT) => "not_found",
            Self::Os(errno) if TRANSIENT.contains(errno) => UNAVAILABLE,
            Self::Os(_) => "io_error",
            Self::SymbolicLink => "symbolic_link",
            Self::NotRegular => "not_regular_file",
            Self::TooLarge(_) => "too_large",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relative => f.write_str("path is not absolute"),
            Self::Outside => f.write_str("path is outside midi_pipeline.allowed_directories"),
            Self::Os(errno) => {
                let text = std::io::Error::from(*errno).to_string();
                let words = text.split(" (os error").next().unwrap_or_default();
                f.write_str(words)
            }
            Self::SymbolicLink => f.write_str("symbolic link"),
            Self::NotRegular => f.write_str("not a regular file"),
            Self::TooLarge(limit) => {
                write!(f, "file is larger than midi_pipeline.max_file_size ({limit} bytes)")
            }
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl From<Errno> for FileError {
    fn from(errno: Errno) -> Self {
        Self::Os(errno)
    }
}
