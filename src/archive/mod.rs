//! Files inside archives, read one after the other, and never written anywhere.
//!
//! A member is taken by its name, as a walk takes a file; an archive inside an archive is opened,
//! one inside that is not. What a member holds is bounded, and so is what an archive holds
//! altogether, whatever its headers say. Memory does not grow with the number of members.

mod budget;
mod error;
mod spans;
mod tar;
mod zip;
mod zstd;

pub(crate) use error::ArchiveError;

use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;
use rustix::io::Errno;

use crate::files::{self, FileError};
use budget::{Budget, Metered, Stream};
use error::{Result, of_file};

/// The kinds of archive, told by the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Zip,
    Tar,
    TarGz,
    TarZst,
}

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Most bytes of one member.
    pub(crate) member: usize,
    /// Most bytes that an archive holds, decompressed.
    pub(crate) total: u64,
}

/// Who is told of an archive's members.
pub(crate) trait Visitor {
    /// The name under which this member is to be read, if it is.
    fn admit(&mut self, name: String) -> Option<String>;
    /// What became of a member that was admitted.
    fn take(&mut self, name: String, content: Result<Vec<u8>>);
}

impl Kind {
    /// The kind of archive that a file of this name is, if it is one.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let ends = |suffix: &str| {
            name.len() > suffix.len()
                && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
        };
        let kinds = [
            (".zip", Self::Zip),
            (".tar", Self::Tar),
            (".tar.gz", Self::TarGz),
            (".tgz", Self::TarGz),
            (".tar.zst", Self::TarZst),
        ];
        kinds.into_iter().find(|(suffix, _)| ends(suffix)).map(|(_, kind)| kind)
    }
}

/// Reads the members of an archive in the order in which they stand there, until `stop` answers
/// true.
///
/// # Errors
/// What ends the reading of the archive as a whole; the problem of one member is the member's.
pub(crate) fn read(
    kind: Kind,
    file: &File,
    limits: Limits,
    stop: &dyn Fn() -> bool,
    visitor: &mut dyn Visitor,
) -> Result<()> {
    let budget = Budget::new(limits.total, stop);
    let mut reading = Reading { limits, budget: &budget, visitor, inside: None };
    match kind {
        Kind::Zip => zip::read(file, &mut reading),
        _ => {
            let stream = Stream::new(file, &budget);
            let stream = stream.map_err(|error| ArchiveError::File(of_file(&error)))?;
            tar::read(decompress(kind, BufReader::new(stream), &budget), &mut reading)
        }
    }
}

fn decompress<'a>(
    kind: Kind,
    stream: impl std::io::BufRead + 'a,
    budget: &'a Budget<'a>,
) -> Metered<'a, Box<dyn Read + 'a>> {
    let inner: Box<dyn Read + 'a> = match kind {
        Kind::TarGz => Box::new(MultiGzDecoder::new(stream)),
        Kind::TarZst => Box::new(zstd::Zstd::new(stream)),
        Kind::Zip | Kind::Tar => Box::new(stream),
    };
    Metered::new(inner, budget)
}

/// An archive that is being read.
struct Reading<'a> {
    limits: Limits,
    budget: &'a Budget<'a>,
    visitor: &'a mut dyn Visitor,
    /// The archive's own name where it is a member of another.
    inside: Option<String>,
}

/// What a member is.
enum Member {
    File,
    Link,
    Other,
    /// It lies where another member does.
    Overlapping,
}

/// Whether the name of a member, or of an archive within, is one that is taken.
fn is_taken(name: &[u8]) -> bool {
    let last = last_component(name);
    Kind::of(last).is_some() || files::is_midi_name(last)
}

fn last_component(name: &[u8]) -> &[u8] {
    name.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

impl Reading<'_> {
    /// Deals with the member of this name, whose bytes `read` answers when they are asked for.
    fn member(
        &mut self,
        name: &[u8],
        member: Member,
        read: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<()> {
        if !is_taken(name) {
            return Ok(());
        }
        let nested = Kind::of(last_component(name));
        let is_safe = is_safe(name);
        let name = match &self.inside {
            Some(archive) => format!("{archive}/{}", text_of(name)),
            None => text_of(name),
        };
        let refusal = match member {
            _ if !is_safe => Some(ArchiveError::UnsafeName),
            Member::Link => Some(ArchiveError::Link),
            Member::Other => Some(ArchiveError::NotRegular),
            Member::Overlapping => Some(ArchiveError::Overlapping),
            Member::File if nested.is_some() && self.inside.is_some() => Some(ArchiveError::Nested),
            Member::File => None,
        };
        match (refusal, nested) {
            (Some(refusal), _) => self.settle(name, || Err(refusal)),
            (None, None) => self.settle(name, read),
            (None, Some(kind)) => match read().and_then(|bytes| self.open(kind, bytes, &name)) {
                Err(error) if !error.ends_all() => self.settle(name, || Err(error)),
                result => result,
            },
        }
    }

    fn settle(&mut self, name: String, read: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        if let Some(name) = self.visitor.admit(name) {
            match read() {
                Err(error) if error.ends_all() => return Err(error),
                content => self.visitor.take(name, content),
            }
        }
        Ok(())
    }

    /// Reads an archive that is a member of this one.
    fn open(&mut self, kind: Kind, bytes: Vec<u8>, name: &str) -> Result<()> {
        let inside = Some(name.to_owned());
        let mut reading =
            Reading { limits: self.limits, budget: self.budget, visitor: self.visitor, inside };
        match kind {
            Kind::Zip => zip::read(&bytes, &mut reading),
            _ => tar::read(decompress(kind, Cursor::new(bytes), self.budget), &mut reading),
        }
    }
}

/// Reads all of a stream that should have `size` bytes, if that is known, and at most `limit`.
fn all(stream: impl Read, limit: usize, size: Option<u64>, budget: &Budget<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let room = usize::try_from(size.unwrap_or(0)).map_or(limit, |size| size.min(limit)) + 1;
    bytes.try_reserve_exact(room).map_err(|_| ArchiveError::File(FileError::Os(Errno::NOMEM)))?;
    stream.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| match error.kind() {
        ErrorKind::OutOfMemory => ArchiveError::File(of_file(&error)),
        _ => budget.cause(&error),
    })?;
    if bytes.len() > limit {
        return Err(ArchiveError::MemberTooLarge(limit));
    }
    if size.is_some_and(|size| size > bytes.len() as u64) {
        return Err(ArchiveError::Damaged("it ends within the member".to_owned()));
    }
    // A batch of members that say more than they hold would be memory for nothing.
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// The text of a member's name, which no other name has: in all that it says, since `a.mid`, `./a.mid`
/// and `/a.mid` may be three members.
fn text_of(name: &[u8]) -> String {
    files::display(name).replace('\0', "\\x00")
}

/// Whether a member's name stays within the archive.
fn is_safe(name: &[u8]) -> bool {
    let leads_up = name.split(|&byte| byte == b'/').any(|component| component == b"..");
    !leads_up && !name.starts_with(b"/") && !name.contains(&0)
}
