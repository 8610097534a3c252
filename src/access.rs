//! Which server files the current role may read through the extension.

use std::path::{Path, PathBuf};

use pgrx::pg_sys::panic::ErrorReport;

use crate::files::{self, Allowed, FileError, Located, Retries};
use crate::pg::access;
use crate::{error, settings, threads};

/// Finds a server file or directory for the current role.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE` for a role that may not read server files, without a look at the file
/// system; those of [`files::locate`].
pub(crate) fn locate(path: &str) -> Result<Located, ErrorReport> {
    find(PathBuf::from(path), path)
}

/// Finds the server file or directory of an absolute path in `midi_files` for the current role.
///
/// # Errors
/// Those of [`locate`].
pub(crate) fn locate_recorded(path: &str) -> Result<Located, ErrorReport> {
    find(Path::new("/").join(files::path(path)), path)
}

/// Checks a path of files that are on other servers.
///
/// # Errors
/// `ERRCODE_INVALID_NAME` for one that is not absolute; those of [`require_reader`].
pub(crate) fn require_absolute(path: &str) -> Result<(), ErrorReport> {
    require_reader()?;
    match Path::new(path).is_absolute() {
        true => Ok(()),
        false => Err(error::file(&FileError::Relative, path)),
    }
}

/// Finds `wanted`, which errors call `path`.
fn find(wanted: PathBuf, path: &str) -> Result<Located, ErrorReport> {
    require_reader()?;
    let directories = settings::allowed_directories();
    threads::run_aside(move |cancel| {
        let stop = || cancel.is_set();
        Retries::default()
            .run(&stop, || files::locate(&wanted, &Allowed::new(directories.clone()), &stop))
    })?
    .map_err(|problem| error::file(&problem, path))
}

/// The directories below which the current role may read files.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE` for a role that may not read server files.
pub(crate) fn allowed() -> Result<Allowed, ErrorReport> {
    require_reader()?;
    let directories = settings::allowed_directories();
    threads::run_aside(move |_| Allowed::new(directories))
}

/// Reads a server file for the current role, of at most `limit` bytes.
///
/// # Errors
/// Those of [`locate`] and of [`files::read_regular`].
pub(crate) fn read(path: &str, limit: usize) -> Result<Vec<u8>, ErrorReport> {
    let located = locate(path)?;
    threads::run_aside(move |cancel| {
        let (name, stop) = (located.file_name()?, || cancel.is_set());
        files::read_regular(&located.directory, name, limit, &Retries::default(), &stop)
    })?
    .map(|content| content.bytes)
    .map_err(|problem| error::file(&problem, path))
}

/// Checks that the current role may read server files.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_reader() -> Result<(), ErrorReport> {
    if access::may_read_server_files() {
        return Ok(());
    }
    Err(error::not_a_server_file_reader())
}
