//! What happens with each member of an archive, whatever its format is.

use std::io::{ErrorKind, Read};

use rustix::io::Errno;

use super::budget::Budget;
use super::error::{ArchiveError, Result, of_file};
use super::kind::Kind;
use crate::files::{self, FileError};

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The largest number of bytes of one member.
    pub(crate) member: usize,
    /// The largest number of bytes of all members together, decompressed.
    pub(crate) total: u64,
}

/// The receiver of an archive's members.
pub(crate) trait Visitor {
    /// The name under which this member is to be read; `None` if it is not to be read.
    fn admit(&mut self, name: String) -> Option<String>;
    /// Takes a member that was admitted, or the reason why it was not read.
    fn take(&mut self, name: String, content: Result<Vec<u8>>);
}

/// An archive that is being read.
pub(super) struct Reading<'a> {
    pub(super) limits: Limits,
    pub(super) budget: &'a Budget<'a>,
    pub(super) visitor: &'a mut dyn Visitor,
    /// Reads an archive that is a member. The formats are above this module, so it is handed in.
    pub(super) read_nested: fn(Kind, Vec<u8>, &mut Reading<'_>) -> Result<()>,
    /// The archive's own name, if it is a member of another archive.
    pub(super) inside: Option<String>,
}

/// What a member is.
pub(super) enum Member {
    File,
    Link,
    Other,
    /// It shares bytes of the archive with another member.
    Overlapping,
}

/// Whether a member of this name is read: it is a MIDI file or an archive.
pub(super) fn is_taken(name: &[u8]) -> bool {
    let last = last_component(name);
    Kind::of(last).is_some() || files::is_midi_name(last)
}

fn last_component(name: &[u8]) -> &[u8] {
    name.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

impl Reading<'_> {
    /// Handles the member of this name, whose bytes `read` returns if they are needed.
    ///
    /// # Errors
    /// Those that end the reading of the whole archive.
    pub(super) fn member(
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
            (Some(refusal), _) => self.finish(name, || Err(refusal)),
            (None, None) => self.finish(name, read),
            (None, Some(kind)) => match read().and_then(|bytes| self.open(kind, bytes, &name)) {
                Err(error) if !error.ends_all() => self.finish(name, || Err(error)),
                result => result,
            },
        }
    }

    fn finish(&mut self, name: String, read: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
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
        let mut reading = Reading {
            limits: self.limits,
            budget: self.budget,
            visitor: self.visitor,
            read_nested: self.read_nested,
            inside: Some(name.to_owned()),
        };
        (self.read_nested)(kind, bytes, &mut reading)
    }
}

/// Reads all of a stream that should have `size` bytes, if that is known, and at most `limit`.
///
/// # Errors
/// If it has more or fewer bytes, or cannot be read.
pub(super) fn read_to_end(
    stream: impl Read,
    limit: usize,
    size: Option<u64>,
    budget: &Budget<'_>,
) -> Result<Vec<u8>> {
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
    // A batch of members whose headers claim too much would otherwise hold memory that it does not need.
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// The text of a member's name. No other name has the same text: `a.mid`, `./a.mid` and `/a.mid` may be
/// three members, so nothing is normalized.
fn text_of(name: &[u8]) -> String {
    files::display(name).replace('\0', "\\x00")
}

/// Whether a member's name does not lead out of the archive.
fn is_safe(name: &[u8]) -> bool {
    let leads_up = name.split(|&byte| byte == b'/').any(|component| component == b"..");
    !leads_up && !name.starts_with(b"/") && !name.contains(&0)
}
