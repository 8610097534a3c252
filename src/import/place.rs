//! Where a file is: a path, or a member of the archive at a path.

use std::borrow::Cow;

use super::store::{Hash, sha256};
use crate::archive::Kind;
use crate::files::is_midi_name;

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The canonical path, as text; of the archive where the file is in one.
    pub(crate) path: String,
    /// The name within the archive, as text.
    pub(crate) member: Option<String>,
}

impl Place {
    /// A file of its own.
    pub(crate) fn file(path: String) -> Self {
        Self { path, member: None }
    }

    /// A member of this archive.
    pub(crate) fn member(&self, name: String) -> Self {
        Self { path: self.path.clone(), member: Some(name) }
    }

    /// Tells a member from those of the same name before it, as `a.mid (2)`: no member's own name
    /// ends so, since it ends as a piece's or an archive's does.
    pub(crate) fn set_repetition(&mut self, number: u32) {
        if let Some(member) = &mut self.member
            && number > 1
        {
            member.push_str(&format!(" ({number})"));
        }
    }

    /// The last component of the name.
    pub(crate) fn filename(&self) -> &str {
        let member = self.member.as_deref().map(without_repetition);
        let name = member.unwrap_or(&self.path).trim_end_matches('/');
        name.rsplit('/').next().unwrap_or(name)
    }

    /// The whole name: an archive is as a folder to its members.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match &self.member {
            None => Cow::from(&self.path),
            Some(member) => format!("{}/{}", self.path, without_repetition(member)).into(),
        }
    }

    /// What no other place shares: the hash of the path, and of the member after a zero byte.
    pub(crate) fn digest(&self) -> Hash {
        match &self.member {
            None => sha256(self.path.as_bytes()),
            Some(member) => sha256(&[self.path.as_bytes(), b"\0", member.as_bytes()].concat()),
        }
    }

    /// The digest of the archive that holds the file, where one does.
    pub(crate) fn archive_digest(&self) -> Option<Hash> {
        self.member.as_ref().map(|_| sha256(self.path.as_bytes()))
    }
}

/// The member's name in the archive.
fn without_repetition(member: &str) -> &str {
    let name = member.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    match name {
        Some((name, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            let bytes = name.as_bytes();
            if is_midi_name(bytes) || Kind::of(bytes).is_some() { name } else { member }
        }
        _ => member,
    }
}
