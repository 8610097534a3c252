//! Where a file is: a path, or a member of the archive at a path.

use std::borrow::Cow;

use super::store::{Hash, sha256};

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

    /// The last component of the name.
    pub(crate) fn filename(&self) -> &str {
        let name = self.member.as_ref().unwrap_or(&self.path).trim_end_matches('/');
        name.rsplit('/').next().unwrap_or(name)
    }

    /// The whole name: an archive is as a folder to its members.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        match &self.member {
            None => Cow::from(&self.path),
            Some(member) => format!("{}/{member}", self.path).into(),
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
