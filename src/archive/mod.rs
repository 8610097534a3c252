//! Files inside archives. They are read one after the other and never written to disk.
//!
//! Members are selected by name, as when a directory is walked. An archive inside an archive is read; one
//! inside that is not. The size of a member is bounded, and so is the size of all members together, whatever
//! the headers claim. Memory does not grow with the number of members.

mod budget;
mod error;
mod kind;
mod member;
mod reading;
mod spans;
mod tar;
mod zip;
mod zstd;

pub(crate) use error::ArchiveError;
pub(crate) use kind::Kind;
pub(crate) use reading::{Limits, Visitor};

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use rustix::io::Errno;

use budget::{Budget, Metered, Stream};
use error::{Result, of_file};
use member::Wanted;
use reading::Reading;

use crate::files::FileError;

/// Reads the members of an archive in their order, until `stop` returns true.
///
/// # Errors
/// Those that end the reading of the whole archive. The error of one member goes to the visitor.
pub(crate) fn read(
    kind: Kind,
    file: &File,
    limits: Limits,
    stop: &dyn Fn() -> bool,
    visitor: &mut dyn Visitor,
) -> Result<()> {
    let budget = Budget::new(limits.total, stop);
    let mut reading = Reading { limits, budget: &budget, visitor, read_nested, inside: None };
    match kind {
        Kind::Zip => zip::read(file, &mut reading),
        _ => {
            let stream = Stream::new(file, &budget);
            let stream = stream.map_err(|error| ArchiveError::File(of_file(&error)))?;
            tar::read(decompress(kind, BufReader::new(stream), &budget), &mut reading)
        }
    }
}

/// Reads the `number`th member of a name, counted from 1, until `stop` returns true. Of a compressed tar archive all that
/// precedes the member is decompressed as well.
///
/// # Errors
/// That of the member; [`Errno::NOENT`] if there is none; those that end the reading before it.
pub(crate) fn read_member(
    kind: Kind,
    file: &File,
    limits: Limits,
    stop: &dyn Fn() -> bool,
    (name, number): (&str, u32),
) -> Result<Vec<u8>> {
    let is_found = Cell::new(false);
    let mut wanted = Wanted::new(name, number, &is_found);
    let read = read(kind, file, limits, &|| is_found.get() || stop(), &mut wanted);
    let missing = || ArchiveError::File(FileError::Os(Errno::NOENT));
    wanted.content.unwrap_or_else(|| read.and_then(|()| Err(missing())))
}

/// Reads an archive that is a member of another one.
fn read_nested(kind: Kind, bytes: Vec<u8>, reading: &mut Reading<'_>) -> Result<()> {
    match kind {
        Kind::Zip => zip::read(&bytes, reading),
        _ => tar::read(decompress(kind, Cursor::new(bytes), reading.budget), reading),
    }
}

fn decompress<'a>(
    kind: Kind,
    stream: impl BufRead + 'a,
    budget: &'a Budget<'a>,
) -> Metered<'a, Box<dyn Read + 'a>> {
    let inner: Box<dyn Read + 'a> = match kind {
        Kind::TarGz => Box::new(MultiGzDecoder::new(stream)),
        Kind::TarZst => Box::new(zstd::Zstd::new(stream)),
        Kind::Zip | Kind::Tar => Box::new(stream),
    };
    Metered::new(inner, budget)
}
