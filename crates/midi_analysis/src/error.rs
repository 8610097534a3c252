//! Why a piece could not be read or described, and where in the file.

use std::fmt;

/// The class of an [`Error`], for callers that act on it.
///
/// ```
/// use midi_analysis::{ErrorKind, Options, Piece};
///
/// let error = Piece::read(b"a shopping list", &Options::default()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotMidi);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are no standard MIDI file and hold none.
    NotMidi,
    /// The piece has no notes, so there is no music to describe.
    NoNotes,
    /// What wraps the file (gzip, ZIP) is damaged before any of its content appears.
    BadContainer,
    /// The file exceeds one of the [`Limits`](crate::Limits).
    TooLarge,
    /// The caller asked to stop.
    Interrupted,
    /// Notes that no MIDI file could hold.
    InvalidNotes,
    /// What no MIDI file can hold was to be written.
    Unwritable,
    /// What a change of the piece is based on is not there: its key, its beats, or the bars or parts asked for.
    NotThere,
    /// Memory ran out.
    OutOfMemory,
}

impl ErrorKind {
    /// A short name in snake case, such as `no_notes`, that no release changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotMidi => "not_midi",
            Self::NoNotes => "no_notes",
            Self::BadContainer => "bad_container",
            Self::TooLarge => "too_large",
            Self::Interrupted => "interrupted",
            Self::InvalidNotes => "invalid_notes",
            Self::Unwritable => "unwritable",
            Self::NotThere => "not_there",
            Self::OutOfMemory => "out_of_memory",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a piece could not be read or described: the kind of problem, the byte, and the reason in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    reason: String,
    hint: Option<&'static str>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, offset: usize, reason: impl Into<String>) -> Self {
        Self { kind, offset, reason: reason.into(), hint: None }
    }

    pub(crate) fn with_hint(self, hint: Option<&'static str>) -> Self {
        Self { hint, ..self }
    }

    pub(crate) fn interrupted(offset: usize) -> Self {
        Self::new(ErrorKind::Interrupted, offset, "interrupted")
    }

    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte at which the problem was found, counted from the start of the bytes given (of the
    /// decompressed or restored bytes, where they were compressed or treated as text); 0 where it has no position, as an interruption
    /// and what was not read from a file.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong, without the offset.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What can be done about it, as a sentence, where that depends on more than the kind.
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

/// Checks for an interrupt. Less than a tenth of a second of work lies between two checks, whatever the
/// file: a pass over all its notes, or a part of what takes longer.
///
/// # Errors
/// `interrupted`.
pub(crate) fn check(interrupted: &dyn Fn() -> bool) -> Result<(), Error> {
    if interrupted() { Err(Error::interrupted(0)) } else { Ok(()) }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::InvalidNotes | ErrorKind::Unwritable | ErrorKind::NotThere => {
                f.write_str(&self.reason)
            }
            _ => write!(f, "{} (at byte {})", self.reason, self.offset),
        }
    }
}

impl std::error::Error for Error {}
