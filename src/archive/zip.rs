//! Zip archives (PKWARE APPNOTE 6.3), by `rawzip`, which reads the directory entry by entry.
//!
//! The directory at the end says what members there are. Stored and deflated members are read,
//! and held against their size and checksum.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ReaderAt, ZipArchive, ZipLocator};

use super::budget::{Budget, Metered};
use super::error::{ArchiveError, Result};
use super::reading::{Member, Reading, is_taken, read_to_end};
use super::spans::Spans;

/// Bytes of a member's own header, up to its name.
const HEADER: u64 = 30;

/// Bytes that can be read from anywhere.
pub(super) trait Bytes {
    fn length(&self) -> io::Result<u64>;
    fn read(&self, buffer: &mut [u8], offset: u64, budget: &Budget<'_>) -> io::Result<usize>;
}

impl Bytes for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read(&self, buffer: &mut [u8], offset: u64, budget: &Budget<'_>) -> io::Result<usize> {
        budget.storage(|| FileExt::read_at(self, buffer, offset))
    }
}

impl Bytes for Vec<u8> {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read(&self, buffer: &mut [u8], offset: u64, budget: &Budget<'_>) -> io::Result<usize> {
        budget.check()?;
        ReaderAt::read_at(self, buffer, offset)
    }
}

/// Bytes whose reading can be stopped.
struct Watched<'a, B> {
    bytes: &'a B,
    budget: &'a Budget<'a>,
}

impl<B: Bytes> ReaderAt for Watched<'_, B> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.bytes.read(buffer, offset, self.budget)
    }
}

/// Reads the members of a zip archive.
///
/// # Errors
/// Where its directory cannot be read to the end.
pub(super) fn read<B: Bytes>(bytes: &B, reading: &mut Reading<'_>) -> Result<()> {
    let budget = reading.budget;
    let damaged = |error: rawzip::Error| budget.cause(&error);
    let length = bytes.length().map_err(|error| budget.cause(&error))?;
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipLocator::new()
        .locate_in_reader(Watched { bytes, budget }, &mut buffer, length)
        .map_err(|(_, error)| damaged(error))?;
    // If the first entry cannot be read, the crate looks for another directory and finds an empty one.
    budget.check_cause()?;
    let mut entries = archive.entries(&mut buffer);
    let mut spans = Spans::default();
    while let Some(entry) = entries.next_entry().map_err(damaged)? {
        let path = entry.file_path();
        if entry.is_dir() || !is_taken(path.as_ref()) {
            continue;
        }
        let start = entry.local_header_offset();
        let length = HEADER + path.as_ref().len() as u64;
        let end = start.saturating_add(length).saturating_add(entry.compressed_size_hint());
        let member = match entry.mode().is_symlink() {
            _ if !spans.take(start..end) => Member::Overlapping,
            true => Member::Link,
            false => Member::File,
        };
        let (limits, wayfinder) = (reading.limits, entry.wayfinder());
        let (flags, method) = (entry.flags(), entry.compression_method());
        reading.member(path.as_ref(), member, || {
            if flags.is_encrypted() {
                return Err(ArchiveError::Encrypted);
            }
            if wayfinder.uncompressed_size_hint() > limits.member as u64 {
                return Err(ArchiveError::MemberTooLarge(limits.member));
            }
            content(&archive, wayfinder, method, limits.member, budget)
        })?;
    }
    Ok(())
}

fn content<R: ReaderAt>(
    archive: &ZipArchive<R>,
    wayfinder: rawzip::ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    limit: usize,
    budget: &Budget<'_>,
) -> Result<Vec<u8>> {
    let size = wayfinder.uncompressed_size_hint();
    let entry = archive.get_entry(wayfinder).map_err(|error| budget.cause(&error))?;
    let stream: Box<dyn io::Read + '_> = match method {
        CompressionMethod::STORE => Box::new(entry.verifying_reader(entry.reader())),
        CompressionMethod::DEFLATE => {
            Box::new(entry.verifying_reader(DeflateDecoder::new(entry.reader())))
        }
        other => {
            return Err(ArchiveError::Unsupported(format!("compression method {other:?}")));
        }
    };
    read_to_end(Metered::new(stream, budget), limit, Some(size), budget)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::archive::reading::{Limits, Visitor};

    struct Nobody;

    impl Visitor for Nobody {
        fn admit(&mut self, _: String) -> Option<String> {
            None
        }

        fn take(&mut self, name: String, _: Result<Vec<u8>>) {
            panic!("there is no {name}");
        }
    }

    #[test]
    fn an_interrupted_archive_does_not_look_empty() {
        // The end of a directory that has no entry.
        let empty = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
        let asked = Cell::new(0);
        let read_until = |last: usize| {
            asked.set(0);
            let stop = || asked.replace(asked.get() + 1) >= last;
            let limits = Limits { member: 100, total: 1_000 };
            let budget = Budget::new(limits.total, &stop);
            let mut visitor = Nobody;
            let mut reading = Reading {
                limits,
                budget: &budget,
                visitor: &mut visitor,
                read_nested: |_, _, _| panic!("there is no archive inside"),
                inside: None,
            };
            read(&empty, &mut reading)
        };
        assert_eq!(read_until(usize::MAX), Ok(()));
        let questions = asked.get();
        assert!(questions > 1);
        for last in 0..questions {
            assert_eq!(read_until(last), Err(ArchiveError::Interrupted), "at question {last}");
        }
    }
}
