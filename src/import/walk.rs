//! The files below a source, one after the other.
//!
//! The walk is lazy and depth first, and holds one open directory a level, whatever the number of
//! files. Symbolic links are never followed.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, DirEntry, FileType, Stat, statat};
use rustix::io::Errno;

use super::outcome::{Outcome, Problem, of_file_error};
use super::place::Place;
use super::source::{Candidate, Fate, Found};
use crate::archive::Kind;
use crate::files::{self, FileError, Retries};
use crate::threads::Cancel;

/// Directories nested deeper than this are not read.
const MAX_DEPTH: usize = 128;

/// The walk through one source.
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
    /// Starts at `directory`, which is named `top`, or at a `single` file in there, which is.
    ///
    /// # Errors
    /// The operating system's, where the directory cannot be listed.
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
            let listing = walk.insist(|| list(directory, Path::new(".")))?;
            let path = walk.top.clone();
            walk.levels.push(Level { listing, relative: PathBuf::new(), path });
        }
        Ok(walk)
    }

    /// The directories that could not be read, each with a slash at the end.
    pub(super) fn unread(self) -> Vec<String> {
        self.unread
    }

    /// The next file; `None` at the end, or when the import is over.
    pub(super) fn next(&mut self) -> Option<Found> {
        if let Some(name) = self.single.take() {
            let stat = self.stat(self.directory, &name);
            return Some(found(self.top.clone(), self.consider(stat, name)));
        }
        loop {
            if self.cancel.is_set() {
                return None;
            }
            let level = self.levels.last_mut()?;
            let found = match level.listing.next() {
                Some(Ok(entry)) => self.visit(&entry),
                Some(Err(errno)) => {
                    let level = self.levels.pop()?;
                    Some(self.give_up(level.path, Problem::from(&FileError::Os(errno))))
                }
                None => {
                    self.levels.pop();
                    None
                }
            };
            if found.is_some() {
                return found;
            }
        }
    }

    fn visit(&mut self, entry: &DirEntry) -> Option<Found> {
        let name = entry.file_name().to_bytes();
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
        let file_type = match entry.file_type() {
            FileType::Unknown => match stat() {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(FileError::Os(Errno::NOENT)) => return None,
                Err(error) => return Some(self.give_up_unknown(name, path, error)),
            },
            known => known,
        };
        if file_type == FileType::Directory {
            return self.descend(relative, path);
        }
        if !files::is_midi_name(name) && Kind::of(name).is_none() {
            return None;
        }
        let fate = match file_type {
            FileType::RegularFile => self.consider(stat(), relative),
            FileType::Symlink => Err(FileError::SymbolicLink),
            _ => Err(FileError::NotRegular),
        };
        Some(found(path, fate))
    }

    fn stat(&self, directory: impl AsFd, name: &Path) -> Result<Stat, FileError> {
        self.insist(|| Ok(statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    fn consider(
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

    fn descend(&mut self, relative: PathBuf, path: String) -> Option<Found> {
        let name = Path::new(relative.file_name()?);
        let problem = if self.levels.len() > MAX_DEPTH {
            Problem::new("too_deep", format_args!("directories are nested deeper than {MAX_DEPTH}"))
        } else {
            let above = &self.levels.last()?.listing;
            match self.insist(|| list(above.fd()?, name)) {
                Ok(listing) => {
                    self.levels.push(Level { listing, relative, path });
                    return None;
                }
                // It is gone, or something else is in its place.
                Err(FileError::Os(Errno::NOENT | Errno::NOTDIR | Errno::LOOP)) => return None,
                Err(error) => Problem::from(&error),
            }
        };
        Some(self.give_up(path, problem))
    }

    fn insist<T>(&self, attempt: impl FnMut() -> Result<T, FileError>) -> Result<T, FileError> {
        self.retries.run(&|| self.cancel.is_set(), attempt)
    }

    /// Records what may be a directory: of what is known below it, nothing can be said.
    fn give_up_unknown(&mut self, name: &[u8], path: String, error: FileError) -> Found {
        if files::is_midi_name(name) || Kind::of(name).is_some() {
            self.unread.push(format!("{path}/"));
            return found(path, Err(error));
        }
        self.give_up(path, Problem::from(&error))
    }

    /// Records a directory that cannot be read. Its path ends in a slash, as no file's does.
    fn give_up(&mut self, directory: String, problem: Problem) -> Found {
        let path = directory + "/";
        self.unread.push(path.clone());
        let fate = Fate::Settled(Outcome::Failed, Some(problem));
        Found { place: Place::file(path), fate }
    }
}

fn list(above: impl AsFd, name: &Path) -> Result<Dir, FileError> {
    Ok(Dir::new(files::open_directory(above, name)?)?)
}

fn found(path: String, candidate: Result<Candidate, FileError>) -> Found {
    let fate = match candidate {
        Ok(candidate) => Fate::Read(candidate),
        Err(error) => {
            let (outcome, problem) = of_file_error(&error);
            Fate::Settled(outcome, problem)
        }
    };
    Found { place: Place::file(path), fate }
}
