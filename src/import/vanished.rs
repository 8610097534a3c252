//! The locations that exist, and members of archives that do not exist any more.

use ahash::{AHashMap, AHashSet};
use pgrx::spi::{SpiClient, SpiResult};

use super::hash::Hash;
use super::location::Location;
use super::rows::KnownMember;
use super::store::Store;

/// The locations that exist: eight bytes of the digest of each, so that a million files take about twenty
/// megabytes. If two digests shared these bytes, a file that has vanished might not be noticed.
#[derive(Default)]
pub(crate) struct Seen(AHashSet<u64>);

impl Seen {
    /// Adds a location. Returns false if it was added before.
    pub(crate) fn add(&mut self, location: &Location) -> bool {
        self.add_key(Self::key(location))
    }

    /// Adds the location with a key. Returns false if it was added before.
    pub(crate) fn add_key(&mut self, key: u64) -> bool {
        self.0.insert(key)
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
            count += store.vanish(client, &vanished, &[])?;
        }
    }
}

/// The start of a digest.
pub(super) fn shortened(digest: &Hash) -> u64 {
    let (start, _) = digest.split_first_chunk().expect("a SHA-256 has 32 bytes");
    u64::from_be_bytes(*start)
}
