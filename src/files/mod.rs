//! The server's files: which paths may be read, how files are opened, and how their names are written as
//! text.
//!
//! Every directory is opened relative to its parent and never through a symbolic link. So a link that is
//! created at the wrong moment leads nowhere else, and a path may be longer than the operating system takes
//! in one call.

mod error;
mod name;
mod open;
mod read;
mod resolve;
mod retry;

pub(crate) use error::{FileError, UNAVAILABLE};
pub(crate) use name::{display, is_midi_name, path};
pub(crate) use open::{open_directory, root};
pub(crate) use read::{open_regular, read_regular, unix_micros};
pub(crate) use resolve::{Allowed, Located, locate};
pub(crate) use retry::Retries;
