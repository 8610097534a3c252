//! Where the files of a job are.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pgrx::pg_sys::panic::ErrorReport;

use super::job::Job;
use crate::files::{self, Allowed};
use crate::import::{Admits, Location, Portion};
use crate::text::in_line;
use crate::{access, error};

/// The directory below which the names in a job's chunks are.
pub(super) struct Source {
    /// The path as text, which is empty for the root directory.
    pub(super) top: String,
    pub(super) path: PathBuf,
    /// Which of the files are the job's.
    pub(super) portion: Portion,
    extent: Extent,
}

/// Which files of it are the job's.
enum Extent {
    /// The source is a file.
    Itself,
    /// All below it.
    Below,
    /// Those of the library whose music is only cataloged, as far as they are allowed.
    Cataloged(Allowed),
}

impl Source {
    /// The source of a job, and its directory or the one that holds the file.
    ///
    /// # Errors
    /// Where the current role may not read it.
    pub(super) fn locate(job: &Job) -> Result<(Self, Arc<OwnedFd>), ErrorReport> {
        match &job.source {
            Some(source) => {
                let located = access::locate(source)?;
                let top = located.text();
                let extent = if located.is_directory { Extent::Below } else { Extent::Itself };
                let source = Self { top, path: located.path, portion: job.portion, extent };
                Ok((source, Arc::new(located.directory)))
            }
            None => {
                let root = files::root().map_err(|errno| error::file(&errno.into(), "/"))?;
                let extent = Extent::Cataloged(access::allowed()?);
                let (top, portion) = (String::new(), job.portion);
                Ok((Self { top, path: "/".into(), portion, extent }, Arc::new(root)))
            }
        }
    }

    /// What it is, for a line of the log.
    pub(super) fn in_line(&self) -> String {
        let what = match self.extent {
            Extent::Itself | Extent::Below => in_line(&self.path.to_string_lossy()),
            Extent::Cataloged(_) => "what has only been catalogued".to_owned(),
        };
        match self.portion {
            Portion::ALL => what,
            Portion { part, of } => format!("part {part} of {of} of {what}"),
        }
    }

    /// Which contents its files may bring in.
    pub(super) fn admits(&self) -> Admits {
        match self.extent {
            Extent::Itself | Extent::Below => Admits::Any,
            Extent::Cataloged(_) => Admits::Recorded,
        }
    }

    /// Whether all files below it are the job's, so that others have vanished.
    pub(super) fn is_whole_directory(&self) -> bool {
        matches!(self.extent, Extent::Below)
    }

    /// The location of the file of this name.
    pub(super) fn location_of(&self, name: &str) -> Location {
        let path = if name.is_empty() { self.top.clone() } else { format!("{}/{name}", self.top) };
        Location::file(path)
    }

    /// The path of the file of this name relative to the directory; `None` where it is not allowed.
    pub(super) fn relative(&self, name: &str) -> Option<PathBuf> {
        match &self.extent {
            Extent::Itself if name.is_empty() => self.path.file_name().map(PathBuf::from),
            Extent::Itself | Extent::Below => Some(files::path(name)),
            Extent::Cataloged(allowed) => {
                let relative = files::path(name);
                allowed.contains(&Path::new("/").join(&relative)).then_some(relative)
            }
        }
    }
}
