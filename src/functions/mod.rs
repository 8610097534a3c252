//! The SQL functions, one family a file. Each is thin: it checks, calls the core or the import, and
//! hands rows back.
//!
//! A function with two forms shares one SQL name: the `content` form is open to everyone and
//! IMMUTABLE, the `path` form reads the server's files.

// pgrx reads the columns of a result off the signature, where no alias may stand.
#![allow(clippy::type_complexity)]

pub(crate) mod analyze;
pub(crate) mod duplicates;
pub(crate) mod features;
pub(crate) mod find;
pub(crate) mod hear;
pub(crate) mod import;
pub(crate) mod indexes;
pub(crate) mod inspect;
pub(crate) mod jobs;
pub(crate) mod schedule;
pub(crate) mod search;
pub(crate) mod similar;
pub(crate) mod tuning;
pub(crate) mod version;

use std::path::Path;

use midi_analysis::Limits;
use pgrx::pg_sys::panic::ErrorReport;

use crate::access::locate;
use crate::files::{self, FileError};
use crate::pg::interrupts;
use crate::{error, settings};

/// What the core's readers have in common.
type CoreReader<T> = fn(&[u8], &Limits, &dyn Fn() -> bool) -> Result<T, midi_analysis::Error>;

fn from_content<T>(read: CoreReader<T>, content: &[u8]) -> Result<T, ErrorReport> {
    read(content, &settings::limits(), &interrupts::poll)
        .map_err(|trouble| error::content(&trouble, None))
}

fn from_path<T>(read: CoreReader<T>, path: &str) -> Result<T, ErrorReport> {
    let limits = settings::limits();
    let place = locate(path)?;
    let content = match place.path.file_name() {
        Some(name) if !place.is_directory => files::read_regular(
            &place.directory,
            Path::new(name),
            limits.max_bytes,
            &interrupts::poll,
        ),
        _ => Err(FileError::NotRegular),
    }
    .map_err(|trouble| error::file(&trouble, path))?;
    read(&content.bytes, &limits, &interrupts::poll)
        .map_err(|trouble| error::content(&trouble, Some(path)))
}
