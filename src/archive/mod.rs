//! Files inside archives. They are read one after the other and never written to disk.
//!
//! Members are selected by name, as when a directory is walked. An archive inside an archive is read; one
//! inside that is not. The size of a member is bounded, and so is the size of all members together, whatever
//! the headers claim. Memory does not grow with the number of members.

mod budget;
mod error;
mod kind;
mod reading;
mod spans;
mod tar;
mod zip;
mod zstd;

pub(crate) use error::ArchiveError;
pub(crate) use kind::Kind;
pub(crate) use reading::{Limits, Visitor};

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use budget::{Budget, Metered, Stream};
use error::{Result, of_file};
use reading::Reading;

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
