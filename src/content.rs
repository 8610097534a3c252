//! The content of a file of the library: the bytes that are kept, or else those that the file on the server has.
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
use crate::pg::memory::out_of_memory;
use crate::pg::sql::fill;
use crate::pg::{relation, spi};
use crate::{access, error, rights, settings, threads};

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
    SELECT @location@, f.content_hash FROM @schema@.midi_files f
    WHERE f.id OPERATOR(pg_catalog.=) $1";

/// Where a file is; and for a role that may not read that, its name.
const LOCATION: &str = "f.path, f.archive_member";
const NAME: &str = "f.filename, NULL::pg_catalog.text";

/// The content with the hash $1.
const KEPT: &str = "
    SELECT c.content FROM @schema@.midi_contents c
    WHERE c.content_hash OPERATOR(pg_catalog.=) $1";

/// The content of the file with this id in the library in `schema`.
///
/// # Errors
/// Where there is no such file, or no content of it is recorded; where the current role may not read the table of files,
/// or neither the kept content nor the file; where the file cannot be read, or the content is another by now.
pub(crate) fn of_file(schema: &Schema, id: i64) -> Result<Content, ErrorReport> {
    let Recorded { location, hash } =
        recorded(schema, id)?.ok_or_else(|| error::no_such_file(id))?;
    let name = location.name().into_owned();
    let hash = hash.ok_or_else(|| error::no_content(id, &name))?;
    // Whoever may write to the table may have put other bytes there.
    if let Some(bytes) = kept(schema, &hash)?.filter(|bytes| sha256(bytes) == hash) {
        return Ok(Content { bytes, name });
    }
    // A client gives any name. Files of the server are recorded by their absolute paths.
    if !location.path.starts_with('/') {
        return Err(error::content_not_kept(id, &name, may_read_kept(schema)));
    }
    let bytes = read(location)?;
    if sha256(&bytes) != hash {
        return Err(error::content_has_changed(id, &name));
    }
    Ok(Content { bytes, name })
}

fn recorded(schema: &Schema, id: i64) -> Result<Option<Recorded>, ErrorReport> {
    let may_read = |column: &&str| rights::may_read_column(schema, c"midi_files", column);
    let (location, columns): (_, &[_]) = match ["path", "archive_member"].iter().all(may_read) {
        true => (LOCATION, &["id", "content_hash"]),
        false => (NAME, &["id", "content_hash", "filename"]),
    };
    rights::require_reading_of(schema, &[(c"midi_files", columns)])?;
    let sql = fill(RECORDED, &[("location", location), ("schema", schema.quoted())]);
    let rows = Spi::connect(|client| {
        spi::select(client, &sql, Some(1), &[id.into()], |row| {
            let (path, member) = (row.get(1)?.unwrap_or_default(), row.get(2)?);
            let location = Location { path, member };
            let hash = row.bytes(3)?.and_then(|hash| hash.try_into().ok());
            // It stands in for the hash where the rows of files lie by their content.
            Ok(Recorded { hash: hash.filter(|hash| *hash != location.digest()), location })
        })
    });
    Ok(rows.map_err(error::statement)?.into_iter().next())
}

fn may_read_kept(schema: &Schema) -> bool {
    relation::may_read(schema.table(c"midi_contents"))
}

/// The kept content with this hash; `None` if it is not kept, or the current role may not read it.
fn kept(schema: &Schema, hash: &Hash) -> Result<Option<Vec<u8>>, ErrorReport> {
    if !may_read_kept(schema) {
        return Ok(None);
    }
    let sql = fill(KEPT, &[("schema", schema.quoted())]);
    let rows = Spi::connect(|client| {
        let hash = hash.to_vec().into();
        spi::select(client, &sql, Some(1), &[hash], |row| Ok(row.bytes(1)?.map(copy)))
    });
    match rows.map_err(error::statement)?.into_iter().next().flatten() {
        Some(Some(bytes)) => Ok(Some(bytes)),
        Some(None) => Err(out_of_memory()),
        None => Ok(None),
    }
}

/// A copy of bytes, unless there is not enough memory.
fn copy(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).ok()?;
    copy.extend_from_slice(bytes);
    Some(copy)
}

/// Reads a file of the server, or a file in an archive, for the current role.
fn read(location: Location) -> Result<Vec<u8>, ErrorReport> {
    let not_kept = |error: ErrorReport| {
        error.set_detail(
            "It is not kept in midi_contents, or the current role may not read that table.",
        )
    };
    let located = access::locate_recorded(&location.path).map_err(not_kept)?;
    let (limits, name) = (settings::archive_limits(), location.name().into_owned());
    let read = threads::run_aside(move |cancel| {
        let (stop, retries) = (|| cancel.is_set(), Retries::default());
        let file = located.file_name().map_err(ArchiveError::File)?;
        let Some(member) = location.in_archive() else {
            return files::read_regular(&located.directory, file, limits.member, &retries, &stop)
                .map(|content| content.bytes)
                .map_err(ArchiveError::File);
        };
        let archive = retries.run(&stop, || files::open_regular(&located.directory, file));
        let (archive, _) = archive.map_err(ArchiveError::File)?;
        let kind = Kind::of(location.path.as_bytes()).unwrap_or(Kind::Zip);
        archive::read_member(kind, &File::from(archive), limits, &stop, member)
    })?;
    read.map_err(|problem| not_kept(error::archive(&problem, &name)))
}
