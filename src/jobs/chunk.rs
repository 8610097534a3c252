//! A batch of files in a row.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use pgrx::datum::DatumWithOid;
use pgrx::spi::SpiResult;

use crate::archive::Kind;
use crate::files;
use crate::import::{Candidate, Fate, Found, Outcome, Place, Problem};
use crate::pg::spi::Row;

/// A batch of files, as it is written down.
pub(super) struct Chunk {
    pub(super) number: i64,
    /// Files and archives that are written already.
    pub(super) entries: usize,
    /// Members of the next archive that are.
    pub(super) members: u64,
    /// How often it was claimed without anything of it being written, this time included.
    pub(super) attempts: i32,
    files: Vec<Listed>,
}

struct Listed {
    name: String,
    size: i64,
    modified: i64,
    settled: Option<(Outcome, Option<Problem>)>,
}

/// The source of a job, below which the names in its chunks lie.
pub(super) struct Source {
    /// The path as text, which is empty for the root.
    pub(super) top: String,
    pub(super) path: PathBuf,
    pub(super) is_directory: bool,
}

impl Source {
    /// Where the file of this name is.
    pub(super) fn place_of(&self, name: &str) -> Place {
        let path = if name.is_empty() { self.top.clone() } else { format!("{}/{name}", self.top) };
        Place::file(path)
    }
}

/// Files as columns: names, sizes, times, and what the listing has settled: states, kinds, reasons.
pub(super) fn columns(top: &str, files: &[Found]) -> [DatumWithOid<'static>; 6] {
    let name = |file: &Found| file.place.path[top.len()..].trim_start_matches('/').to_owned();
    let candidate = |file: &Found| match &file.fate {
        Fate::Read(candidate) => (candidate.size as i64, candidate.modified),
        _ => (0, 0),
    };
    let settled = |file: &Found| match &file.fate {
        Fate::Settled(outcome, problem) => {
            let (kind, reason) = problem.clone().map(|told| (told.kind, told.reason)).unzip();
            (Some(outcome.state()), kind.map(String::from), reason)
        }
        _ => (None, None, None),
    };
    let (sizes, modified): (Vec<_>, Vec<_>) = files.iter().map(candidate).unzip();
    let (mut states, mut kinds, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
    for (state, kind, reason) in files.iter().map(settled) {
        states.push(state);
        kinds.push(kind);
        reasons.push(reason);
    }
    [
        files.iter().map(name).collect::<Vec<_>>().into(),
        sizes.into(),
        modified.into(),
        states.into(),
        kinds.into(),
        reasons.into(),
    ]
}

impl Chunk {
    /// Reads a chunk off its row.
    pub(super) fn read(row: &Row<'_>) -> SpiResult<Option<Self>> {
        let names = row.get::<Vec<String>>(2)?.unwrap_or_default();
        let sizes = row.get::<Vec<i64>>(3)?.unwrap_or_default();
        let modified = row.get::<Vec<i64>>(4)?.unwrap_or_default();
        let texts = |column| -> SpiResult<_> {
            Ok(row.get::<Vec<Option<String>>>(column)?.unwrap_or_default().into_iter())
        };
        let (mut states, mut kinds, mut reasons) = (texts(5)?, texts(6)?, texts(7)?);
        let files = names
            .into_iter()
            .zip(sizes)
            .zip(modified)
            .map(|((name, size), modified)| {
                let state = states.next().flatten();
                let problem = kinds.next().flatten().zip(reasons.next().flatten());
                let settled = state.and_then(|state| Outcome::of_state(&state)).map(|outcome| {
                    (outcome, problem.map(|(kind, reason)| Problem::new(kind, reason)))
                });
                Listed { name, size, modified, settled }
            })
            .collect();
        let entries = row.get::<i32>(8)?.unwrap_or(0) as usize;
        let members = row.get::<i64>(9)?.unwrap_or(0) as u64;
        let attempts = row.get::<i32>(10)?.unwrap_or(1);
        Ok(row.get::<i64>(1)?.map(|number| Self { number, entries, members, attempts, files }))
    }

    /// The first and the last of its names.
    pub(super) fn range(&self) -> (&str, &str) {
        let [first, last] = [self.files.first(), self.files.last()]
            .map(|file| file.map_or("", |file| file.name.as_str()));
        (first, last)
    }

    /// The files, as a walk of the source would give them.
    pub(super) fn into_found(self, source: &Source) -> Vec<Found> {
        self.files.into_iter().map(|file| file.into_found(source)).collect()
    }
}

impl Listed {
    fn into_found(self, source: &Source) -> Found {
        let place = source.place_of(&self.name);
        let fate = match self.settled {
            Some((outcome, problem)) => Fate::Settled(outcome, problem),
            None => {
                let relative = relative(&self.name, &source.path);
                let archive = Kind::of(relative.as_os_str().as_bytes());
                let (size, modified) = (self.size as u64, self.modified);
                Fate::Read(Candidate { relative, size, modified, archive })
            }
        };
        Found { place, fate }
    }
}

/// The path below the directory that is open: of the source's, or of the one that holds it.
fn relative(name: &str, source: &Path) -> PathBuf {
    if name.is_empty() {
        return source.file_name().map(PathBuf::from).unwrap_or_default();
    }
    name.split('/').map(|component| OsString::from_vec(files::bytes(component))).collect()
}
