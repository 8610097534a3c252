//! The location of a file: a path, or a member of the archive at a path.

use std::borrow::Cow;

use super::hash::{Hash, sha256};
use crate::archive::Kind;
use crate::files::is_midi_name;

/// The location of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Location {
    /// The canonical path as text. For a member, the path of its archive.
    pub(crate) path: String,
    /// The member's name within the archive as text.
    pub(crate) member: Option<String>,
}

impl Location {
    /// The location of a file outside of archives.
    pub(crate) fn file(path: String) -> Self {
        Self { path, member: None }
    }

    /// The location of a member of this archive.
    pub(crate) fn member(&self, name: String) -> Self {
        Self { path: self.path.clone(), member: Some(name) }
    }

    /// Makes the location of the `number`th member of one name unique: the second `a.mid` becomes
    /// `a.mid (2)`. No member has such a name itself, because a member's name ends in the extension of
    /// a MIDI file or of an archive.
    pub(crate) fn set_repetition(&mut self, number: u32) {
        if let Some(member) = &mut self.member
            && number > 1
        {
            member.push_str(&format!(" ({number})"));
        }
    }

    /// For a member, its name in the archive, and its number among the members of this name, from 1.
    pub(crate) fn in_archive(&self) -> Option<(&str, u32)> {
        self.member.as_deref().map(without_repetition)
    }

    /// The last component of the name.
    pub(crate) fn filename(&self) -> &str {
        let member = self.in_archive().map(|(name, _)| name);
        let name = member.unwrap_or(&self.path).trim_end_matches('/');
        name.rsplit('/').next().unwrap_or(name)
    }

    /// The whole name. A member's name continues its archive's, as if the archive were a directory.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match self.in_archive() {
            None => Cow::from(&self.path),
            Some((member, _)) => format!("{}/{member}", self.path).into(),
        }
    }

    /// A hash that identifies the location: of the path, for a member followed by a zero byte and the
    /// member's name.
    pub(crate) fn digest(&self) -> Hash {
        match &self.member {
            None => sha256(self.path.as_bytes()),
            Some(member) => sha256(&[self.path.as_bytes(), b"\0", member.as_bytes()].concat()),
        }
    }

    /// The digest of the archive that contains the file, for a member.
    pub(crate) fn archive_digest(&self) -> Option<Hash> {
        self.member.as_ref().map(|_| sha256(self.path.as_bytes()))
    }
}

/// The member's name in the archive, and its number among the members of this name.
fn without_repetition(member: &str) -> (&str, u32) {
    let repeated = || {
        let (name, number) = member.strip_suffix(')')?.rsplit_once(" (")?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| number.parse().ok())??;
        let bytes = name.as_bytes();
        (is_midi_name(bytes) || Kind::of(bytes).is_some()).then_some((name, number))
    };
    repeated().unwrap_or((member, 1))
}
