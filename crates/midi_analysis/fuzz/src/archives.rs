//! Archives of any bytes: members keep to the limits, whatever the headers say, and no name leads out of
//! the archive.
//!
//! The first byte says which kind of archive it is, the second under which limits it is read.

mod repair;

use std::cell::Cell;
use std::fs::File;
use std::io::{Seek, Write};

use rustix::fs::{MemfdFlags, memfd_create};

use crate::archive::{ArchiveError, Kind, Limits, Visitor, read, read_member};
pub use repair::repair;

const KINDS: [Kind; 4] = [Kind::Zip, Kind::Tar, Kind::TarGz, Kind::TarZst];
const LIMITS: Limits = Limits { member: 64 << 10, total: 1 << 20 };
/// Members that are looked for, each of which takes a reading of the archive.
const MOST_FOUND: usize = 4;
const TIGHT: Limits = Limits { member: 100, total: 1_000 };

/// Panics where members are not sound.
pub fn check(bytes: &[u8]) {
    let Some((&[kind, how], archive)) = bytes.split_first_chunk() else { return };
    let kind = KINDS[usize::from(kind) % KINDS.len()];
    let limits = if how % 2 == 0 { LIMITS } else { TIGHT };
    let file = file_of(archive);
    let asked = Cell::new(0);
    let read_until = |last: usize| {
        asked.set(0);
        let mut taken = Taken::default();
        (&file).rewind().expect("memory can be read again");
        let stop = || asked.replace(asked.get() + 1) >= last;
        let end = read(kind, &file, limits, &stop, &mut taken);
        (taken.0, end)
    };
    let (members, end) = read_until(usize::MAX);
    are_sound(&members, limits);
    are_found(kind, &file, limits, &members);
    assert_ne!(end, Err(ArchiveError::Interrupted));
    let questions = asked.get();
    let last = usize::from(how / 2) % (questions + 1);
    let (some, stopped) = read_until(last);
    assert!(members.starts_with(&some), "it reads other members the second time");
    if last < questions {
        assert_eq!(
            stopped,
            Err(ArchiveError::Interrupted),
            "{last} of {questions}: {some:?} {members:?} {end:?}"
        );
    } else {
        assert_eq!((some, stopped), (members, end));
    }
}

/// A file in memory that holds the bytes.
fn file_of(bytes: &[u8]) -> File {
    let memory = memfd_create("archive", MemfdFlags::CLOEXEC).expect("there is memory");
    let mut file = File::from(memory);
    file.write_all(bytes).expect("there is memory");
    file
}

type Member = (String, Result<Vec<u8>, ArchiveError>);

#[derive(Default)]
struct Taken(Vec<Member>);

impl Visitor for Taken {
    fn admit(&mut self, name: String) -> Option<String> {
        Some(name)
    }

    fn take(&mut self, name: String, content: Result<Vec<u8>, ArchiveError>) {
        self.0.push((name, content));
    }
}

/// Each of the first members is found by its name and its number among the members of this name.
fn are_found(kind: Kind, mut file: &File, limits: Limits, members: &[Member]) {
    for (place, (name, content)) in members.iter().enumerate().take(MOST_FOUND) {
        let same = members[..=place].iter().filter(|(other, _)| other == name);
        let number = u32::try_from(same.count()).expect("an archive in memory has fewer");
        file.rewind().expect("memory can be read again");
        let found = read_member(kind, file, limits, &|| false, (name, number));
        assert!(found == *content, "{name} {number}: {found:?} {content:?}");
    }
}

fn are_sound(members: &[Member], limits: Limits) {
    let mut total = 0;
    for (name, content) in members {
        assert!(!name.contains('\0') && !name.is_empty());
        match content {
            Ok(bytes) => {
                assert!(bytes.len() <= limits.member);
                assert!(!name.starts_with('/') && name.split('/').all(|part| part != ".."));
                total += bytes.len() as u64;
            }
            Err(error) => {
                assert!(!error.kind().is_empty() && !error.to_string().is_empty());
                assert!(!matches!(error, ArchiveError::Interrupted | ArchiveError::TooLarge(_)));
            }
        }
    }
    assert!(total <= limits.total);
}
