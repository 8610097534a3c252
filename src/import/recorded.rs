//! What the library has recorded below a directory, compared with what the directory has.
//!
//! The rows are read in one pass. So a file that has not changed takes a look-up in memory, instead of several in
//! indexes, and the files that have vanished are known without another pass.

use std::mem::replace;

use pgrx::spi::{SpiClient, SpiResult};

use super::entry::{Disposition, Entry};
use super::location::Location;
use super::outcome::Outcome;
use super::portion::Portion;
use super::rows::{RecordedRow, Settled};
use super::store::Store;
use super::vanished::{Seen, shortened};
use crate::archive::Kind;
use crate::files::is_midi_name;

/// The rows below a directory: 32 bytes of each, so that a million take 32 megabytes.
pub(crate) struct Recorded {
    /// In the order of their keys. Those of an archive and of its members have one key.
    records: Vec<Record>,
    /// The locations that exist, and have no row.
    new: Seen,
    /// Which locations are looked at, of those that are listed and recorded.
    portion: Portion,
}

struct Record {
    /// The start of the location's digest; for a member, of its archive's.
    key: u64,
    id: i64,
    /// Size and time of modification, where they show that the file need not be read.
    modified: i64,
    size: u32,
    settled: Settled,
    what: What,
    /// Whether the location exists; of records with one key, only the first one's counts.
    exists: bool,
    is_member: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    File,
    /// An archive, which does not count as a file of the library; its members do.
    Archive,
    /// A directory that could not be read.
    Directory,
}

impl Recorded {
    /// Nothing is recorded of these locations.
    pub(crate) fn nothing(portion: Portion) -> Self {
        Self { records: Vec::new(), new: Seen::default(), portion }
    }

    /// Reads the rows of a portion of a directory, whose path ends in a slash.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn read<'conn>(
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        directory: &str,
        portion: Portion,
    ) -> SpiResult<Self> {
        let mut records = Vec::new();
        store.recorded(client, directory, |row| {
            records.extend(Record::of(&row).filter(|record| portion.has(record.key)));
        })?;
        if records.iter().any(|record: &Record| record.settled == Settled::IfComplete) {
            records.sort_unstable_by_key(|record| record.id);
            store.complete(client, directory, |id| settle(&mut records, id))?;
        }
        records.sort_unstable_by_key(|record| record.key);
        unsettle_repeated(&mut records);
        Ok(Self { records, new: Seen::default(), portion })
    }

    /// Records that a location exists. Returns false if that was recorded before.
    pub(crate) fn add(&mut self, location: &Location) -> bool {
        let key = Seen::key(location);
        match self.find(key) {
            Some(record) => !replace(&mut record.exists, true),
            None => self.new.add_key(key),
        }
    }

    /// Records that the listed files exist. Those that have not changed are settled, and those that were listed
    /// before, as by a directory that changes meanwhile, are left out. So are those of other portions, but not the
    /// directories that could not be read: what is below one has vanished in no portion.
    pub(crate) fn compare(&mut self, entries: &mut Vec<Entry>) {
        entries.retain_mut(|entry| {
            let key = Seen::key(&entry.location);
            if !self.portion.has(key) && !entry.location.path.ends_with('/') {
                return false;
            }
            let Some(record) = self.find(key) else { return self.new.add_key(key) };
            if record.is_unchanged(entry) {
                entry.disposition = Disposition::Settled(Outcome::Unchanged, None);
            }
            !replace(&mut record.exists, true)
        });
    }

    /// The first record with a key.
    fn find(&mut self, key: u64) -> Option<&mut Record> {
        let first = self.records.partition_point(|record| record.key < key);
        self.records.get_mut(first).filter(|record| record.key == key)
    }

    /// Marks as vanished the files that do not exist any more. Files below the directories `unread`, which could not
    /// be read and end in a slash, stay as they are. Returns the number of vanished files. The row of a directory that
    /// could not be read before, and now could, is deleted.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn mark_vanished<'conn>(
        &self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        unread: &[String],
    ) -> SpiResult<i64> {
        store.forget(client, &self.others(What::Directory), unread)?;
        store.vanish(client, &self.others(What::Archive), unread)?;
        store.vanish(client, &self.others(What::File), unread)
    }

    /// The ids of rows whose location does not exist, in their order.
    fn others(&self, what: What) -> Vec<i64> {
        let locations = self.records.chunk_by(|a, b| a.key == b.key);
        let others = locations.filter(|records| !records[0].exists).flatten();
        let mut ids: Vec<_> =
            others.filter(|record| record.what == what).map(|record| record.id).collect();
        ids.sort_unstable();
        ids
    }
}

/// Settles the record of a row whose music is complete, among records in the order of their ids.
fn settle(records: &mut [Record], id: i64) {
    if let Ok(place) = records.binary_search_by_key(&id, |record| record.id)
        && records[place].settled == Settled::IfComplete
    {
        records[place].settled = Settled::Yes;
    }
}

/// Has a file read again of which there are several rows, which nodes have written at the same time. Records are in the order
/// of their keys.
fn unsettle_repeated(records: &mut [Record]) {
    for records in records.chunk_by_mut(|a, b| a.key == b.key) {
        if records.iter().filter(|record| !record.is_member).count() > 1 {
            records.iter_mut().for_each(|record| record.settled = Settled::No);
        }
    }
}

impl Record {
    /// The record of a row; `None` if no import of a directory makes such a row.
    fn of(row: &RecordedRow<'_>) -> Option<Self> {
        let path = row.path.as_bytes();
        let what = if path.ends_with(b"/") {
            What::Directory
        } else if row.state == "archive" {
            What::Archive
        } else if is_midi_name(path) || Kind::of(path).is_some() {
            What::File
        } else {
            return None;
        };
        let size = row.size.and_then(|size| u32::try_from(size).ok());
        let (settled, size, modified) = match size.zip(row.modified) {
            Some((size, modified)) => (Settled::by_state(row.state), size, modified),
            None => (Settled::No, 0, 0),
        };
        let key = shortened(&row.digest);
        let is_member = row.is_member;
        Some(Self { key, id: row.id, modified, size, settled, what, exists: false, is_member })
    }

    fn is_unchanged(&self, entry: &Entry) -> bool {
        match &entry.disposition {
            Disposition::Read(file) if file.archive.is_none() && self.settled == Settled::Yes => {
                file.size == u64::from(self.size) && file.modified == self.modified
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::entry::{Candidate, Disposition, Entry};
    use super::super::location::Location;
    use super::super::outcome::Outcome;
    use super::super::portion::Portion;
    use super::super::rows::RecordedRow;
    use super::super::vanished::Seen;
    use super::{Record, Recorded, What, settle, unsettle_repeated};
    use crate::archive::Kind;

    const MODIFIED: i64 = 1_700_000_000_000_000;

    /// What is recorded after rows of these paths, states and members, each of 100 bytes.
    fn recorded(rows: &[(&str, &str, Option<&str>)]) -> Recorded {
        let record = |(id, (path, state, member)): (usize, &(&str, &str, Option<&str>))| {
            let location = Location { path: (*path).to_owned(), member: member.map(str::to_owned) };
            Record::of(&RecordedRow {
                id: id as i64,
                digest: location.archive_digest().unwrap_or_else(|| location.digest()),
                path,
                size: Some(100),
                modified: Some(MODIFIED),
                state,
                is_member: member.is_some(),
            })
        };
        let mut records: Vec<_> = rows.iter().enumerate().filter_map(record).collect();
        (0..rows.len()).for_each(|id| settle(&mut records, id as i64));
        records.sort_unstable_by_key(|record| record.key);
        unsettle_repeated(&mut records);
        Recorded { records, new: Seen::default(), portion: Portion::ALL }
    }

    fn listed(path: &str, size: u64, modified: i64) -> Entry {
        let archive = Kind::of(path.as_bytes());
        let candidate = Candidate { relative: PathBuf::from(path), size, modified, archive };
        Entry {
            location: Location::file(path.to_owned()),
            disposition: Disposition::Read(candidate),
        }
    }

    /// The entries that are left, each with whether it is settled.
    fn compared(recorded: &mut Recorded, mut entries: Vec<Entry>) -> Vec<(String, bool)> {
        recorded.compare(&mut entries);
        let settled = |entry: &Entry| {
            matches!(entry.disposition, Disposition::Settled(Outcome::Unchanged, None))
        };
        entries.into_iter().map(|entry| (entry.location.path.clone(), settled(&entry))).collect()
    }

    #[test]
    fn only_a_file_of_the_same_size_and_time_is_unchanged() {
        let mut recorded = recorded(&[
            ("/m/same.mid", "imported", None),
            ("/m/longer.mid", "imported", None),
            ("/m/later.mid", "duplicate", None),
            ("/m/bad.mid", "failed", None),
            ("/m/link.mid", "skipped", None),
            ("/m/a.zip", "archive", None),
        ]);
        let entries = vec![
            listed("/m/same.mid", 100, MODIFIED),
            listed("/m/longer.mid", 100 + (1 << 32), MODIFIED),
            listed("/m/later.mid", 100, MODIFIED + 1),
            listed("/m/bad.mid", 100, MODIFIED),
            listed("/m/link.mid", 100, MODIFIED),
            listed("/m/a.zip", 100, MODIFIED),
            listed("/m/new.mid", 100, MODIFIED),
        ];
        let settled = compared(&mut recorded, entries).into_iter().filter(|(_, settled)| *settled);
        let settled: Vec<_> = settled.map(|(path, _)| path).collect();
        assert_eq!(settled, ["/m/same.mid", "/m/bad.mid"]);
    }

    #[test]
    fn a_file_that_is_listed_twice_counts_once() {
        let mut recorded = recorded(&[("/m/known.mid", "imported", None)]);
        for path in ["/m/known.mid", "/m/new.mid"] {
            let entries = || vec![listed(path, 100, MODIFIED), listed(path, 100, MODIFIED)];
            assert_eq!(compared(&mut recorded, entries()).len(), 1, "{path}");
            assert_eq!(compared(&mut recorded, entries()).len(), 0, "{path}");
            assert!(!recorded.add(&Location::file(path.to_owned())), "{path}");
        }
    }

    #[test]
    fn a_file_that_has_several_rows_is_read_again() {
        let mut recorded = recorded(&[
            ("/m/twice.mid", "imported", None),
            ("/m/once.mid", "imported", None),
            ("/m/twice.mid", "failed", None),
        ]);
        let entries =
            vec![listed("/m/twice.mid", 100, MODIFIED), listed("/m/once.mid", 100, MODIFIED)];
        let settled = compared(&mut recorded, entries);
        assert_eq!(settled, [("/m/twice.mid".to_owned(), false), ("/m/once.mid".to_owned(), true)]);
    }

    #[test]
    fn what_is_not_listed_has_vanished_and_members_share_the_fate_of_their_archive() {
        let mut recorded = recorded(&[
            ("/m/here.mid", "imported", None),
            ("/m/gone.mid", "imported", None),
            ("/m/here.zip", "archive", None),
            ("/m/here.zip", "imported", Some("a.mid")),
            ("/m/gone.zip", "archive", None),
            ("/m/gone.zip", "imported", Some("a.mid")),
            ("/m/gone.zip", "duplicate", Some("b.mid")),
            ("/m/dark/", "failed", None),
            ("/m/given by its name", "imported", None),
        ]);
        for path in ["/m/here.mid", "/m/here.zip"] {
            assert!(recorded.add(&Location::file(path.to_owned())));
        }
        assert_eq!(recorded.others(What::File), [1, 5, 6]);
        assert_eq!(recorded.others(What::Archive), [4]);
        assert_eq!(recorded.others(What::Directory), [7]);
    }

    #[test]
    fn a_record_takes_the_bytes_that_its_documentation_says() {
        assert_eq!(size_of::<Record>(), 32);
    }
}
