//! The source of a job.

use std::path::PathBuf;

use crate::import::Location;

/// A file, or the directory below which the names in a job's chunks are.
pub(super) struct Source {
    /// The path as text, which is empty for the root directory.
    pub(super) top: String,
    pub(super) path: PathBuf,
    pub(super) is_directory: bool,
}

impl Source {
    /// The location of the file of this name.
    pub(super) fn location_of(&self, name: &str) -> Location {
        let path = if name.is_empty() { self.top.clone() } else { format!("{}/{name}", self.top) };
        Location::file(path)
    }
}
