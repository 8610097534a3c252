//! The content of a file of the library, as the file on the server has it.
//!
//! A row of `midi_files` may have been written by a role that may not read files of the server. So a file is read with the
//! rights of the caller, and nothing but the content whose hash is recorded is returned.

use std::fs::File;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::archive::{self, ArchiveError, Kind};
use crate::files::{self, Retries};
use crate::import::{Hash, Location, sha256};
use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::{access, error, settings, threads};

/// The content of a file.
pub(crate) struct Content {
    /// All bytes of the file.
    pub(crate) bytes: Vec<u8>,
    /// The name of the file, under which an import analyzes it.
    pub(crate) name: String,
}

/// A row of `midi_files`.
struct Recorded {
    location: Location,
    hash: Option<Hash>,
}

/// The row of the file $1.
const RECORDED: &str = "
    SELECT f.path, f.archive_member, f.content_hash FROM @schema@.midi_files f
    WHERE f.id OPERATOR(pg_catalog.=) $1";

/// The content of the file with this id in the library in `schema`.
///
/// # Errors
/// Where there is no such file, or no content of it is recorded; where the current role may not read the table or the
/// file; where the file cannot be read, or has another content by now.
pub(crate) fn of_file(schema: &Schema, id: i64) -> Result<Content, ErrorReport> {
    let Recorded { location, hash } =
        recorded(schema, id)?.ok_or_else(|| error::no_such_file(id))?;
    let name = location.name().into_owned();
    let hash = hash.ok_or_else(|| error::no_content(id, &name))?;
    // A client gives any name. Files of the server are recorded by their absolute paths.
    if !location.path.starts_with('/') {
        return Err(error::no_file_of_content(id, &name));
    }
    let bytes = read(location)?;
    if sha256(&bytes) != hash {
        return Err(error::content_has_changed(id, &name));
    }
    Ok(Content { bytes, name })
}

fn recorded(schema: &Schema, id: i64) -> Result<Option<Recorded>, ErrorReport> {
    let sql = fill(RECORDED, &[("schema", schema.quoted())]);
    let rows = Spi::connect(|client| {
        spi::select(client, &sql, Some(1), &[id.into()], |row| {
            let (path, member) = (row.get(1)?.unwrap_or_default(), row.get(2)?);
            let hash = row.bytes(3)?.and_then(|hash| hash.try_into().ok());
            Ok(Recorded { location: Location { path, member }, hash })
        })
    });
    Ok(rows.map_err(error::statement)?.into_iter().next())
}

/// Reads a file of the server, or a file in an archive, for the current role.
fn read(location: Location) -> Result<Vec<u8>, ErrorReport> {
    let located = access::locate_recorded(&location.path)?;
    let (limits, name) = (settings::archive_limits(), location.name().into_owned());
    let read = threads::run_aside(move |cancel| {
        let stop = || cancel.is_set();
        let retries = Retries::default();
        let (directory, file) = (&located.directory, located.file_name().map_err(ArchiveError::File)?);
        let Some(member) = location.in_archive() else {
            return files::read_regular(directory, file, limits.member, &retries, &stop)
                .map(|content| content.bytes)
                .map_err(ArchiveError::File);
        };
        let archive = retries.run(&stop, || files::open_regular(directory, file));
        let (archive, _) = archive.map_err(ArchiveError::File)?;
        let kind = Kind::of(location.path.as_bytes()).unwrap_or(Kind::Zip);
        archive::read_member(kind, &File::from(archive), limits, &stop, member)
    })?;
    read.map_err(|problem| error::archive(&problem, &name))
}
