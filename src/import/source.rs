//! The files below a source, one after the other.
//!
//! The walk is lazy and depth first, and holds one open directory a level, whatever the number of
//! files. Symbolic links are never followed.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Dir, DirEntry, FileType, statat};
use rustix::io::Errno;

use super::outcome::{Outcome, Trouble};
use super::place::Place;
use crate::archive::Kind;
use crate::files::{self, FileError, Located};
use crate::pg::interrupts;

/// Directories nested deeper than this are not read.
const MAX_DEPTH: usize = 128;

/// The most bytes that the files of a batch hold together; a larger file is a batch of its own.
pub(super) const MAX_BATCH_BYTES: u64 = 32 << 20;

/// Something that the walk found.
pub(crate) struct Found {
    pub(crate) place: Place,
    /// To be read, or settled already.
    pub(crate) fate: Fate,
}

/// What is to be done with it.
pub(crate) enum Fate {
    /// A regular file to be read.
    Read(Candidate),
    /// A member of an archive, which has been read.
    Held { bytes: Vec<u8>, modified: i64 },
    /// An archive of which all members were found before, or all up to the trouble.
    Archive { size: u64, modified: i64, trouble: Option<Trouble> },
    /// Not to be read: failed or skipped for this reason, or vanished meanwhile.
    Settled(Outcome, Option<Trouble>),
}

/// A regular file, as the listing shows it.
pub(crate) struct Candidate {
    /// Its path below the source's directory.
    pub(crate) relative: PathBuf,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The time of its last change, in microseconds of the Unix epoch.
    pub(crate) modified: i64,
    /// What kind of archive it is, if it is one.
    pub(crate) archive: Option<Kind>,
}

/// The walk through one source.
pub(crate) struct Walk {
    directory: Arc<OwnedFd>,
    is_directory: bool,
    single: Option<PathBuf>,
    top: String,
    levels: Vec<Level>,
    max_bytes: usize,
    unread: Vec<String>,
    held: Option<Found>,
}

struct Level {
    listing: Dir,
    relative: PathBuf,
    path: String,
}

impl Walk {
    /// Starts at a directory, or at a single file, whatever its name.
    ///
    /// # Errors
    /// The operating system's, where the directory cannot be listed.
    pub(crate) fn new(source: Located, max_bytes: usize) -> Result<Self, FileError> {
        let top = source.text();
        let (levels, single) = if source.is_directory {
            let listing = Dir::new(files::open_directory(&source.directory, Path::new("."))?)?;
            (vec![Level { listing, relative: PathBuf::new(), path: top.clone() }], None)
        } else {
            (Vec::new(), source.path.file_name().map(PathBuf::from))
        };
        let is_directory = source.is_directory;
        let directory = Arc::new(source.directory);
        Ok(Self {
            directory,
            is_directory,
            single,
            top,
            levels,
            max_bytes,
            unread: Vec::new(),
            held: None,
        })
    }

    /// The directory below which [`Candidate::relative`] lies.
    pub(crate) fn directory(&self) -> Arc<OwnedFd> {
        self.directory.clone()
    }

    /// After the walk of a directory: its path, and those below it that could not be read, each
    /// with a slash at the end. `None` where the source was a single file.
    pub(crate) fn walked(self) -> Option<(String, Vec<String>)> {
        self.is_directory.then(|| (self.top + "/", self.unread))
    }

    /// The next files, at most so many and of at most [`MAX_BATCH_BYTES`] together unless it is a
    /// single one; none at the end. An archive comes alone. Of copies in one batch the first by name will be the one
    /// imported, in whatever order the file system lists them.
    ///
    /// Raises the pending ERROR when the query is cancelled meanwhile.
    pub(crate) fn next_batch(&mut self, max_files: usize) -> Vec<Found> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < max_files {
            let Some(found) = self.held.take().or_else(|| self.next()) else { break };
            let is_archive = match &found.fate {
                Fate::Read(candidate) => {
                    bytes += candidate.size;
                    candidate.archive.is_some()
                }
                _ => false,
            };
            if (is_archive || bytes > MAX_BATCH_BYTES) && !batch.is_empty() {
                self.held = Some(found);
                break;
            }
            batch.push(found);
            if is_archive {
                break;
            }
        }
        batch.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        // A directory that changes meanwhile may list a name twice.
        batch.dedup_by(|a, b| a.place == b.place);
        batch
    }

    fn next(&mut self) -> Option<Found> {
        if let Some(name) = self.single.take() {
            let stat = statat(&self.directory, &name, AtFlags::SYMLINK_NOFOLLOW);
            let fate = self.consider(stat, name);
            return Some(found(self.top.clone(), fate));
        }
        loop {
            interrupts::check();
            let level = self.levels.last_mut()?;
            let found = match level.listing.next() {
                Some(Ok(entry)) => self.visit(&entry),
                Some(Err(errno)) => {
                    let level = self.levels.pop()?;
                    Some(self.give_up(level.path, Trouble::from(&FileError::Os(errno))))
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
        let listing = level.listing.fd();
        let stat = || statat(listing?, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW);
        let file_type = match entry.file_type() {
            FileType::Unknown => match stat() {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(_) => FileType::Unknown,
            },
            known => known,
        };
        let relative = level.relative.join(OsStr::from_bytes(name));
        let path = format!("{}/{}", level.path, files::display(name));
        if file_type == FileType::Directory {
            return self.descend(relative, path);
        }
        if !files::is_midi_name(name) && Kind::of(name).is_none() {
            return None;
        }
        let fate = match file_type {
            FileType::RegularFile | FileType::Unknown => self.consider(stat(), relative),
            FileType::Symlink => Err(FileError::SymbolicLink),
            _ => Err(FileError::NotRegular),
        };
        Some(found(path, fate))
    }

    fn consider(
        &self,
        stat: Result<rustix::fs::Stat, Errno>,
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
        let name = relative.file_name()?.to_owned();
        let trouble = if self.levels.len() > MAX_DEPTH {
            Trouble::new("too_deep", format_args!("directories are nested deeper than {MAX_DEPTH}"))
        } else {
            let above = self.levels.last()?.listing.fd();
            let opened = above.and_then(|above| files::open_directory(above, Path::new(&name)));
            match opened.and_then(Dir::new) {
                Ok(listing) => {
                    self.levels.push(Level { listing, relative, path });
                    return None;
                }
                Err(Errno::NOENT) => return None,
                Err(errno) => Trouble::from(&FileError::Os(errno)),
            }
        };
        Some(self.give_up(path, trouble))
    }

    /// Records a directory that cannot be read. Its path ends in a slash, as no file's does.
    fn give_up(&mut self, directory: String, trouble: Trouble) -> Found {
        let path = directory + "/";
        self.unread.push(path.clone());
        let fate = Fate::Settled(Outcome::Failed, Some(trouble));
        Found { place: Place::file(path), fate }
    }
}

fn found(path: String, candidate: Result<Candidate, FileError>) -> Found {
    let fate = match candidate {
        Ok(candidate) => Fate::Read(candidate),
        Err(error) => {
            let (outcome, trouble) = super::outcome::of_file_error(&error);
            Fate::Settled(outcome, trouble)
        }
    };
    Found { place: Place::file(path), fate }
}
