//! Reading one regular file.
//!
//! The file is read, not mapped: a mapped file that someone truncates is a SIGBUS, which takes the
//! whole cluster down.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::fs::{FileType, Mode, Stat, fstat, openat};
use rustix::io::{Errno, read, retry_on_intr};

use super::error::FileError;
use super::open::{self, descend};
use super::retry::Retries;

/// The bytes by which the buffer grows for a file that is longer than it was at the beginning.
const CHUNK: usize = 1 << 20;

/// A file's bytes, and when it was last changed.
pub(crate) struct Content {
    /// All bytes of the file.
    pub(crate) bytes: Vec<u8>,
    /// Time of the last change before the reading began, in microseconds of the Unix epoch.
    pub(crate) modified: i64,
}

/// Reads the regular file `path` below `directory`, of at most `limit` bytes. Stops when `interrupted`
/// returns true. A file that shrinks or grows meanwhile is read to the end that it has then.
///
/// # Errors
/// [`FileError`].
pub(crate) fn read_regular(
    directory: impl AsFd,
    path: &Path,
    limit: usize,
    retries: &Retries,
    interrupted: &dyn Fn() -> bool,
) -> Result<Content, FileError> {
    retries.run(interrupted, || read_once(&directory, path, limit, interrupted))
}

fn read_once(
    directory: impl AsFd,
    path: &Path,
    limit: usize,
    interrupted: &dyn Fn() -> bool,
) -> Result<Content, FileError> {
    let (file, stat) = open_regular(directory, path)?;
    let size = usize::try_from(stat.st_size).unwrap_or(usize::MAX);
    if size > limit {
        return Err(FileError::TooLarge(limit));
    }

    // With one spare byte, the last read finds the end without growing the buffer.
    let mut bytes = Vec::new();
    reserve(&mut bytes, size + 1)?;
    loop {
        if interrupted() {
            return Err(FileError::Interrupted);
        }
        if bytes.len() == bytes.capacity() {
            let left = limit.saturating_sub(bytes.len()).saturating_add(1);
            reserve(&mut bytes, CHUNK.min(left))?;
        }
        let count = retry_on_intr(|| read(&file, spare_capacity(&mut bytes)))?;
        if bytes.len() > limit {
            return Err(FileError::TooLarge(limit));
        }
        if count == 0 {
            return Ok(Content { bytes, modified: unix_micros(&stat) });
        }
    }
}

/// Makes room in a buffer, unless there is not enough memory.
fn reserve(bytes: &mut Vec<u8>, more: usize) -> Result<(), FileError> {
    bytes.try_reserve_exact(more).map_err(|_| Errno::NOMEM.into())
}

/// Opens the regular file `path` below `directory`.
///
/// # Errors
/// [`FileError`].
pub(crate) fn open_regular(
    directory: impl AsFd,
    path: &Path,
) -> Result<(OwnedFd, Stat), FileError> {
    let name = path.file_name().ok_or(FileError::NotRegular)?;
    let parent = descend(directory, path.parent().unwrap_or(Path::new("")))?;
    let file = openat(parent, name, open::READ, Mode::empty()).map_err(|errno| match errno {
        // What O_NOFOLLOW returns.
        Errno::LOOP => FileError::SymbolicLink,
        other => other.into(),
    })?;
    let stat = fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(FileError::NotRegular);
    }
    Ok((file, stat))
}

/// Time of the last change in microseconds of the Unix epoch.
pub(crate) fn unix_micros(stat: &Stat) -> i64 {
    let nanoseconds = i64::try_from(stat.st_mtime_nsec).unwrap_or(0);
    stat.st_mtime.saturating_mul(1_000_000).saturating_add(nanoseconds / 1000)
}
