//! The error for what no MIDI file can hold.

use crate::error::{Error, ErrorKind};

/// What a file was to hold and cannot.
pub(super) fn unwritable(what: String) -> Error {
    Error::new(ErrorKind::Unwritable, 0, what)
}
