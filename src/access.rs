//! Which server files the current role may have read.

use std::path::Path;

use pgrx::pg_sys::panic::ErrorReport;

use crate::files::{self, Allowed, Located};
use crate::pg::{access, interrupts};
use crate::{error, settings};

/// Finds a server file or directory for the current role.
///
/// # Errors
/// Without a look at the file system for a role that may not read server files; else those of
/// [`files::locate`].
pub(crate) fn locate(path: &str) -> Result<Located, ErrorReport> {
    require_reader()?;
    let allowed = Allowed::new(settings::allowed_directories());
    files::locate(Path::new(path), &allowed, &interrupts::poll)
        .map_err(|trouble| error::file(&trouble, path))
}

/// Sees to it that the current role may read server files.
///
/// # Errors
/// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
pub(crate) fn require_reader() -> Result<(), ErrorReport> {
    if access::may_read_server_files() {
        return Ok(());
    }
    Err(error::not_a_server_file_reader())
}
