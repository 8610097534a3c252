//! The server's files: which path may be read, how it is opened, and how its name is written down.
//!
//! Every directory is opened relative to the one above it and never through a symbolic link, so
//! that no link put in place at the wrong moment leads anywhere else, and a path may be longer than
//! the operating system takes in one call.

mod error;
mod name;
mod patience;
mod read;
mod resolve;

pub(crate) use error::{FileError, UNAVAILABLE};
pub(crate) use name::{bytes, display, is_midi_name};
pub(crate) use patience::Patience;
pub(crate) use read::{open_regular, read_regular, unix_micros};
pub(crate) use resolve::{Allowed, Located, locate};

use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// What every open has in common: a FIFO must not block, a descriptor must not outlive exec.
const SAFE: OFlags =
    OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens one directory for listing, which must not be a symbolic link.
///
/// # Errors
/// The operating system's.
pub(crate) fn open_directory(parent: impl AsFd, name: &Path) -> Result<OwnedFd, Errno> {
    openat(parent, name, SAFE | OFlags::DIRECTORY, Mode::empty())
}

/// Opens the directory `path` below `parent` to look things up in it, one component at a time.
///
/// # Errors
/// The operating system's.
fn descend(parent: impl AsFd, path: &Path) -> Result<OwnedFd, Errno> {
    let through = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut directory = openat(parent, ".", through, Mode::empty())?;
    for component in path.components() {
        if let Component::Normal(name) = component {
            directory = openat(&directory, name, through, Mode::empty())?;
        }
    }
    Ok(directory)
}

fn root() -> Result<OwnedFd, Errno> {
    openat(CWD, "/", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}
