//! The files below a source, one by one.
//!
//! The walk is lazy and depth-first. It keeps one open directory for each level, whatever the number of
//! files. Symbolic links are never followed.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, DirEntry, FileType, Stat, statat};
use rustix::io::Errno;

use super::entry::{Candidate, Disposition, Entry};
use super::location::Location;
use super::outcome::Outcome;
use super::problem::{Problem, of_file_error};
use crate::archive::Kind;
use crate::files::{self, FileError, Retries};
use crate::threads::Cancel;

/// The maximum depth of nested directories.
const MAX_DEPTH: usize = 128;

/// A walk through one source.
pub(super) struct Walk<'a> {
    directory: &'a OwnedFd,
    top: String,
    single: Option<PathBuf>,
    levels: Vec<Level>,
    max_bytes: usize,
    unread: Vec<String>,
    retries: Retries,
    cancel: &'a Cancel,
}

struct Level {
    listing: Dir,
    relative: PathBuf,
    path: String,
}

impl<'a> Walk<'a> {
    /// Starts a walk through `directory`, or to a `single` file in it. `top` is the path of the one or the
    /// other.
    ///
    /// # Errors
    /// Where the directory cannot be listed.
    pub(super) fn start(
        directory: &'a OwnedFd,
        top: String,
        single: Option<PathBuf>,
        max_bytes: usize,
        cancel: &'a Cancel,
    ) -> Result<Self, FileError> {
        let retries = Retries::default();
        let levels = Vec::new();
        let unread = Vec::new();
        let mut walk = Self { directory, top, single, levels, max_bytes, unread, retries, cancel };
        if walk.single.is_none() {
            let listing = walk.retry(|| list(directory, Path::new(".")))?;
            let path = walk.top.clone();
            walk.levels.push(Level { listing, relative: PathBuf::new(), path });
        }
        Ok(walk)
    }

    /// The directories that could not be read, each with a slash at the end.
    pub(super) fn unread(self) -> Vec<String> {
        self.unread
    }

    /// The next file; `None` at the end, or when the import has been cancelled.
    pub(super) fn next(&mut self) -> Option<Entry> {
        if let Some(name) = self.single.take() {
            let stat = self.stat(self.directory, &name);
            return Some(entry(self.top.clone(), self.candidate(stat, name)));
        }
        loop {
            if self.cancel.is_set() {
                return None;
            }
            let level = self.levels.last_mut()?;
            let entry = match level.listing.next() {
                Some(Ok(entry)) => self.visit(&entry),
                Some(Err(errno)) => {
                    let level = self.levels.pop()?;
                    Some(self.unreadable(level.path, Problem::from(&FileError::Os(errno))))
                }
                None => {
                    self.levels.pop();
                    None
                }
            };
            if entry.is_some() {
                return entry;
            }
        }
    }

    fn visit(&mut self, listed: &DirEntry) -> Option<Entry> {
        let name = listed.file_name().to_bytes();
        if name == b"." || name == b".." {
            return None;
        }
        let level = self.levels.last()?;
        let relative = level.relative.join(OsStr::from_bytes(name));
        let path = format!("{}/{}", level.path, files::display(name));
        let stat = || match level.listing.fd() {
            Ok(directory) => self.stat(directory, Path::new(OsStr::from_bytes(name))),
            Err(errno) => Err(errno.into()),
        };
        let file_type = match listed.file_type() {
            FileType::Unknown => match stat() {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(FileError::Os(Errno::NOENT)) => return None,
                Err(error) => return Some(self.unknown(name, path, error)),
            },
            known => known,
        };
        if file_type == FileType::Directory {
            return self.descend(relative, path);
        }
        if !files::is_midi_name(name) && Kind::of(name).is_none() {
            return None;
        }
        let candidate = match file_type {
            FileType::RegularFile => self.candidate(stat(), relative),
            FileType::Symlink => Err(FileError::SymbolicLink),
            _ => Err(FileError::NotRegular),
        };
        Some(entry(path, candidate))
    }

    fn stat(&self, directory: impl AsFd, name: &Path) -> Result<Stat, FileError> {
        self.retry(|| Ok(statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// What is to be read of a regular file.
    fn candidate(
        &self,
        stat: Result<Stat, FileError>,
        relative: PathBuf,
    ) -> Result<Candidate, FileError> {
        let stat = stat?;
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let archive = Kind::of(relative.as_os_str().as_bytes());
        if archive.is_none() && size > self.max_bytes as u64 {
            return Err(FileError::TooLarge(self.max_bytes));
        }
        Ok(Candidate { relative, size, modified: files::unix_micros(&stat), archive })
    }

    fn descend(&mut self, relative: PathBuf, path: String) -> Option<Entry> {
        let name = Path::new(relative.file_name()?);
        let problem = if self.levels.len() > MAX_DEPTH {
            Problem::new("too_deep", format_args!("directories are nested deeper than {MAX_DEPTH}"))
        } else {
            let above = &self.levels.last()?.listing;
            match self.retry(|| list(above.fd()?, name)) {
                Ok(listing) => {
                    self.levels.push(Level { listing, relative, path });
                    return None;
                }
                // It has vanished or has been replaced.
                Err(FileError::Os(Errno::NOENT | Errno::NOTDIR | Errno::LOOP)) => return None,
                Err(error) => Problem::from(&error),
            }
        };
        Some(self.unreadable(path, problem))
    }

    fn retry<T>(&self, attempt: impl FnMut() -> Result<T, FileError>) -> Result<T, FileError> {
        self.retries.run(&|| self.cancel.is_set(), attempt)
    }

    /// The entry of a name whose type is unknown. It may be a directory, so the recorded files below it are
    /// not taken for vanished.
    fn unknown(&mut self, name: &[u8], path: String, error: FileError) -> Entry {
        if files::is_midi_name(name) || Kind::of(name).is_some() {
            self.unread.push(format!("{path}/"));
            return entry(path, Err(error));
        }
        self.unreadable(path, Problem::from(&error))
    }

    /// The entry of a directory that cannot be read. Its path ends in a slash, unlike any file's.
    fn unreadable(&mut self, directory: String, problem: Problem) -> Entry {
        let path = directory + "/";
        self.unread.push(path.clone());
        let disposition = Disposition::Settled(Outcome::Failed, Some(problem));
        Entry { location: Location::file(path), disposition }
    }
}

fn list(above: impl AsFd, name: &Path) -> Result<Dir, FileError> {
    Ok(Dir::new(files::open_directory(above, name)?)?)
}

fn entry(path: String, candidate: Result<Candidate, FileError>) -> Entry {
    let disposition = match candidate {
        Ok(candidate) => Disposition::Read(candidate),
        Err(error) => {
            let (outcome, problem) = of_file_error(&error);
            Disposition::Settled(outcome, problem)
        }
    };
    Entry { location: Location::file(path), disposition }
}
