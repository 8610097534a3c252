//! A chunk: a file list of a job, stored in a row of `midi_import_chunks`.

use std::os::unix::ffi::OsStrExt;

use pgrx::datum::DatumWithOid;
use pgrx::spi::SpiResult;

use super::source::Source;
use crate::archive::Kind;
use crate::files::FileError;
use crate::import::{Candidate, Disposition, Entry, FileList, Outcome, Position, Problem};
use crate::pg::spi::Row;

/// A chunk, as it is stored.
pub(super) struct Chunk {
    /// How far it is written.
    start: Position,
    /// How often it was claimed without any of it being written, including this time.
    pub(super) attempts: i32,
    files: Vec<Listed>,
}

struct Listed {
    name: String,
    size: i64,
    modified: i64,
    settled: Option<(Outcome, Option<Problem>)>,
}

/// The columns of a chunk: names, sizes and times of the files; and states, kinds and reasons of those whose
/// outcome was settled when they were listed.
pub(super) fn columns(top: &str, files: &[Entry]) -> [DatumWithOid<'static>; 6] {
    let name = |file: &Entry| file.location.path[top.len()..].trim_start_matches('/').to_owned();
    let candidate = |file: &Entry| match &file.disposition {
        Disposition::Read(candidate) => (candidate.size as i64, candidate.modified),
        _ => (0, 0),
    };
    let settled = |file: &Entry| match &file.disposition {
        Disposition::Settled(outcome, problem) => {
            let (kind, reason) =
                problem.clone().map(|problem| (problem.kind, problem.reason)).unzip();
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
    /// Reads a chunk from its row.
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
        Ok(row.get::<i64>(1)?.map(|list| {
            let start = Position { list, entries, members, is_end: false };
            Self { start, attempts, files }
        }))
    }

    /// The first and the last name.
    pub(super) fn range(&self) -> (&str, &str) {
        let [first, last] = [self.files.first(), self.files.last()]
            .map(|file| file.map_or("", |file| file.name.as_str()));
        (first, last)
    }

    /// The files, as the listing of the source has given them.
    pub(super) fn into_list(self, source: &Source) -> FileList {
        let entries = self.files.into_iter().map(|file| file.into_entry(source)).collect();
        FileList { entries, start: self.start }
    }
}

impl Listed {
    fn into_entry(self, source: &Source) -> Entry {
        let location = source.location_of(&self.name);
        let disposition = match (self.settled, source.relative(&self.name)) {
            (Some((outcome, problem)), _) => Disposition::Settled(outcome, problem),
            (None, Some(relative)) => {
                let archive = Kind::of(relative.as_os_str().as_bytes());
                let (size, modified) = (self.size as u64, self.modified);
                Disposition::Read(Candidate { relative, size, modified, archive })
            }
            (None, None) => {
                let problem = Problem::from(&FileError::Outside);
                Disposition::Settled(Outcome::Failed, Some(problem))
            }
        };
        Entry { location, disposition }
    }
}
