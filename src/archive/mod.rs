//! Files inside archives, read one after the other, and never written anywhere.
//!
//! A member is taken by its name, as a walk takes a file; an archive inside an archive is opened,
//! one inside that is not. What a member holds is bounded, and so is what an archive holds
//! altogether, whatever its headers say. Memory does not grow with the number of members.

mod budget;
mod error;
mod tar;
mod zip;
mod zstd;

pub(crate) use error::ArchiveError;

use std::fs::File;
use std::io::{BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use crate::files;
use budget::{Budget, Metered};
use error::Result;

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
    /// Whether this member is to be read.
    fn wants(&mut self, name: &str) -> bool;
    /// What became of a member that was wanted.
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
/// What ends the reading of the archive as a whole; the trouble of one member is the member's.
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
        _ => tar::read(decompress(kind, BufReader::new(file), &budget), &mut reading),
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
}

impl Reading<'_> {
    /// Deals with the member of this name, whose bytes `read` answers when they are asked for.
    fn member(
        &mut self,
        name: &[u8],
        member: Member,
        read: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<()> {
        let last = name.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        let nested = Kind::of(last);
        if nested.is_none() && !files::is_midi_name(last) {
            return Ok(());
        }
        let (name, is_safe) = text_of(name);
        let name = match &self.inside {
            Some(archive) => format!("{archive}/{name}"),
            None => name,
        };
        let refusal = match member {
            _ if !is_safe => Some(ArchiveError::UnsafeName),
            Member::Link => Some(ArchiveError::Link),
            Member::Other => Some(ArchiveError::NotRegular),
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
        if self.visitor.wants(&name) {
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
    stream.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| budget.cause(&error))?;
    if bytes.len() > limit {
        return Err(ArchiveError::MemberTooLarge(limit));
    }
    if size.is_some_and(|size| size > bytes.len() as u64) {
        return Err(ArchiveError::Damaged("it ends within the member".to_owned()));
    }
    Ok(bytes)
}

/// The text of a member's name, without `.` components, and whether it stays within the archive.
fn text_of(name: &[u8]) -> (String, bool) {
    let mut text = String::new();
    let mut is_safe = !name.starts_with(b"/") && !name.contains(&0);
    for component in name.split(|&byte| byte == b'/') {
        match component {
            b"" | b"." => continue,
            b".." => is_safe = false,
            _ => {}
        }
        if !text.is_empty() {
            text.push('/');
        }
        text.push_str(&files::display(component).replace('\0', "\\x00"));
    }
    (text, is_safe)
}
