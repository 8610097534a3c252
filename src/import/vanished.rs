//! Files of an earlier import that do not exist any more.

use ahash::{AHashMap, AHashSet};
use pgrx::spi::{SpiClient, SpiResult};

use super::hash::Hash;
use super::location::Location;
use super::rows::{FileBelow, KnownMember};
use super::store::Store;
use crate::archive::Kind;
use crate::files::is_midi_name;

/// The locations that exist: eight bytes of the digest of each, so that a million files take about twenty
/// megabytes. If two digests shared these bytes, a file that has vanished might not be noticed.
#[derive(Default)]
pub(crate) struct Seen(AHashSet<u64>);

impl Seen {
    /// Adds a location. Returns false if it was added before: a directory that changes meanwhile may list
    /// a file twice.
    pub(crate) fn add(&mut self, location: &Location) -> bool {
        self.0.insert(Self::key(location))
    }

    /// The key under which a location is stored.
    pub(crate) fn key(location: &Location) -> u64 {
        shortened(&location.digest())
    }

    fn has(&self, digest: &Hash) -> bool {
        self.0.contains(&shortened(digest))
    }

    /// Marks as vanished the recorded members of these archives that are not in them any more. Returns
    /// their number.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn mark_other_members<'conn>(
        archives: Vec<(Hash, Self)>,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
    ) -> SpiResult<i64> {
        if archives.is_empty() {
            return Ok(0);
        }
        let digests: Vec<_> = archives.iter().map(|(archive, _)| *archive).collect();
        let seen: AHashMap<_, _> = archives.into_iter().collect();
        let exists = |member: &KnownMember| {
            seen.get(&member.archive).is_none_or(|seen| seen.has(&member.digest))
        };
        let mut last = 0;
        let mut count = 0;
        loop {
            let page = store.page_members(client, last, &digests)?;
            let Some(member) = page.last() else { return Ok(count) };
            last = member.id;
            let vanished = page.iter().filter(|member| !exists(member)).map(|member| member.id);
            let vanished: Vec<_> = vanished.collect();
            count += vanished.len() as i64;
            store.vanish(client, vanished)?;
        }
    }

    /// Marks as vanished the recorded files below the directory `top` that do not exist any more. Files
    /// below the directories `unread`, which could not be read, stay as they are. Returns the number of
    /// vanished files. All directories end in a slash. The row of a directory that could not be read
    /// before, and now could, is deleted.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn mark_others<'conn>(
        self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        top: &str,
        unread: &[String],
    ) -> SpiResult<i64> {
        let mut last = 0;
        let mut count = 0;
        loop {
            let page = store.page_below(client, last, top)?;
            let Some(file) = page.last() else {
                return Ok(count);
            };
            last = file.id;
            let mut vanished = Vec::new();
            let mut readable = Vec::new();
            for FileBelow { id, digest, path, is_archive } in page {
                if self.has(&digest) || unread.iter().any(|directory| path.starts_with(directory)) {
                    continue;
                }
                if path.ends_with('/') {
                    readable.push(id);
                } else if is_midi_name(path.as_bytes()) || Kind::of(path.as_bytes()).is_some() {
                    // An archive does not count as a file of the library; its members do.
                    count += i64::from(!is_archive);
                    vanished.push(id);
                }
            }
            store.vanish(client, vanished)?;
            store.forget(client, readable)?;
        }
    }
}

fn shortened(digest: &Hash) -> u64 {
    let (start, _) = digest.split_first_chunk().expect("a SHA-256 has 32 bytes");
    u64::from_be_bytes(*start)
}
