//! How files and directories are opened.

use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// The flags of every open for reading: a FIFO must not block, and a descriptor must not outlive exec.
pub(super) const READ: OFlags =
    OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens one directory for listing, which must not be a symbolic link.
///
/// # Errors
/// The operating system's.
pub(crate) fn open_directory(parent: impl AsFd, name: &Path) -> Result<OwnedFd, Errno> {
    openat(parent, name, READ | OFlags::DIRECTORY, Mode::empty())
}

/// Opens the directory `path` below `parent` for look-ups in it, one component at a time.
///
/// # Errors
/// The operating system's.
pub(super) fn descend(parent: impl AsFd, path: &Path) -> Result<OwnedFd, Errno> {
    let through = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut directory = openat(parent, ".", through, Mode::empty())?;
    for component in path.components() {
        if let Component::Normal(name) = component {
            directory = openat(&directory, name, through, Mode::empty())?;
        }
    }
    Ok(directory)
}

/// Opens the root directory for look-ups in it.
///
/// # Errors
/// The operating system's.
pub(crate) fn root() -> Result<OwnedFd, Errno> {
    openat(CWD, "/", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}
