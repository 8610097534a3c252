//! From a path that a user wrote to the location that it denotes.
//!
//! Links and `..` are resolved one component at a time. If directories are restricted, the resolution may
//! pass only through the allowed directories and those above them. Everything else gives the same error, so
//! that nobody can find out which files exist elsewhere.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, openat, readlinkat};
use rustix::io::Errno;

use super::error::FileError;
use super::name::display;
use super::open::{descend, root};

/// The largest number of bytes of a path. It is more than the system takes in one call, because folders may
/// be deep, and few enough to split at once.
const LONGEST_PATH: usize = 65_535;
/// The number of links that Linux follows in one path.
const MAX_LINKS: usize = 40;

/// The directories below which files may be read, as lists: a file must be below a directory of each list.
pub(crate) struct Allowed(Vec<Vec<PathBuf>>);

impl Allowed {
    /// Restricts to what is below a directory of each of the `lists`; without a list there is no
    /// restriction. A directory that cannot be resolved allows nothing.
    pub(crate) fn new(lists: Vec<Vec<PathBuf>>) -> Self {
        let resolved =
            |list: Vec<PathBuf>| list.iter().filter_map(|path| path.canonicalize().ok()).collect();
        Self(lists.into_iter().map(resolved).collect())
    }

    /// Whether an absolute path without links is below the allowed directories.
    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.0.iter().all(|list| list.iter().any(|top| path.starts_with(top)))
    }

    fn leads_to(&self, path: &Path) -> bool {
        let leads = |top: &PathBuf| path.starts_with(top) || top.starts_with(path);
        self.0.iter().all(|list| list.iter().any(leads))
    }
}

/// An existing location in the file system, reached without a symbolic link.
pub(crate) struct Located {
    /// The canonical path.
    pub(crate) path: PathBuf,
    /// The directory itself, or the one that holds the file.
    pub(crate) directory: OwnedFd,
    /// Whether it is a directory.
    pub(crate) is_directory: bool,
}

impl Located {
    /// The file's name in its directory.
    ///
    /// # Errors
    /// [`FileError::NotRegular`] for a directory.
    pub(crate) fn file_name(&self) -> Result<&Path, FileError> {
        let name = self.path.file_name().filter(|_| !self.is_directory);
        name.map(Path::new).ok_or(FileError::NotRegular)
    }

    /// The canonical path as text, which is empty for the root.
    pub(crate) fn text(&self) -> String {
        self.path.components().skip(1).fold(String::new(), |mut text, component| {
            text.push('/');
            text.push_str(&display(component.as_os_str().as_bytes()));
            text
        })
    }
}

/// Resolves an absolute path within the allowed directories. Stops when `interrupted` returns true.
///
/// # Errors
/// [`FileError::Relative`]; [`FileError::Outside`] for everything that is not allowed, whether it exists or
/// not; [`FileError::Os`] for errors below the allowed directories, and for a path that is too long.
pub(crate) fn locate(
    path: &Path,
    allowed: &Allowed,
    interrupted: &dyn Fn() -> bool,
) -> Result<Located, FileError> {
    if !path.is_absolute() {
        return Err(FileError::Relative);
    }
    if path.as_os_str().len() > LONGEST_PATH {
        return Err(Errno::NAMETOOLONG.into());
    }
    let mut pending = Vec::new();
    push_reversed(&mut pending, path);
    let mut here = Located { path: "/".into(), directory: root()?, is_directory: true };
    let mut links = 0;
    while let Some(step) = pending.pop() {
        if interrupted() {
            return Err(FileError::Interrupted);
        }
        let name = match step {
            Step::Root => {
                here = Located { path: "/".into(), directory: root()?, is_directory: true };
                continue;
            }
            Step::Up => {
                here.path.pop();
                here.directory = descend(root()?, &here.path)?;
                continue;
            }
            Step::Down(name) => name,
        };
        let reported = |errno: Errno| {
            if allowed.contains(&here.path) { errno.into() } else { FileError::Outside }
        };
        let (handle, stat) = look_at(&here.directory, &name).map_err(reported)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(reported(Errno::LOOP));
                }
                let target = readlinkat(&handle, "", Vec::new()).map_err(reported)?;
                push_reversed(&mut pending, Path::new(&OsString::from_vec(target.into_bytes())));
            }
            FileType::Directory => {
                here.path.push(name);
                here.directory = handle;
                if !allowed.leads_to(&here.path) {
                    return Err(FileError::Outside);
                }
            }
            _ if !pending.is_empty() => return Err(reported(Errno::NOTDIR)),
            _ => {
                here.path.push(name);
                here.is_directory = false;
            }
        }
    }
    if allowed.contains(&here.path) { Ok(here) } else { Err(FileError::Outside) }
}

enum Step {
    Root,
    Up,
    Down(OsString),
}

fn push_reversed(pending: &mut Vec<Step>, path: &Path) {
    let first = pending.len();
    pending.extend(path.components().filter_map(|component| match component {
        Component::RootDir => Some(Step::Root),
        Component::ParentDir => Some(Step::Up),
        Component::Normal(name) => Some(Step::Down(name.to_owned())),
        Component::CurDir | Component::Prefix(_) => None,
    }));
    pending[first..].reverse();
}

fn look_at(directory: &OwnedFd, name: &OsString) -> Result<(OwnedFd, Stat), Errno> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let handle = openat(directory, name, flags, Mode::empty())?;
    let stat = fstat(&handle)?;
    Ok((handle, stat))
}
