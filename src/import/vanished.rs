//! Files of an earlier import that are no more.

use ahash::{AHashMap, AHashSet};
use pgrx::spi::{SpiClient, SpiResult};

use super::place::Place;
use super::rows::{Below, KnownMember};
use super::store::{Hash, Store};
use crate::archive::Kind;
use crate::files::is_midi_name;

/// The places that were met: eight bytes each of their digests, so that a million files take some
/// twenty megabytes. Two places that share them would only hide one.
#[derive(Default)]
pub(crate) struct Seen(AHashSet<u64>);

impl Seen {
    /// Remembers where a file is. Answers false where it was met before: a directory that changes
    /// meanwhile may list a file twice.
    pub(crate) fn add(&mut self, place: &Place) -> bool {
        self.0.insert(Self::mark(place))
    }

    /// What is remembered of a place.
    pub(crate) fn mark(place: &Place) -> u64 {
        shortened(&place.digest())
    }

    fn has(&self, digest: &Hash) -> bool {
        self.0.contains(&shortened(digest))
    }

    /// Marks as vanished the members that are known of these archives and were not met in them.
    /// Answers how many there were.
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
        let met: AHashMap<_, _> = archives.into_iter().collect();
        let is_met = |member: &KnownMember| {
            met.get(&member.archive).is_none_or(|seen| seen.has(&member.digest))
        };
        let mut last = 0;
        let mut count = 0;
        loop {
            let page = store.page_members(client, last, &digests)?;
            let Some(member) = page.last() else { return Ok(count) };
            last = member.id;
            let vanished = page.iter().filter(|member| !is_met(member)).map(|member| member.id);
            let vanished: Vec<_> = vanished.collect();
            count += vanished.len() as i64;
            store.vanish(client, vanished)?;
        }
    }

    /// Marks as vanished what is known below the directory `top` and was not met, except below
    /// `unread`, of which nothing can be said. Answers how many there were. All directories end in
    /// a slash; one that was recorded because it could not be read, and now was, is forgotten.
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
            for Below { id, digest, path, is_archive } in page {
                if self.has(&digest) || unread.iter().any(|directory| path.starts_with(directory)) {
                    continue;
                }
                if path.ends_with('/') {
                    readable.push(id);
                } else if is_midi_name(path.as_bytes()) || Kind::of(path.as_bytes()).is_some() {
                    // An archive is no file of the library; its members are.
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
