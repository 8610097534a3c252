//! Files of an earlier import that are no more.

use pgrx::spi::{SpiClient, SpiResult};

use super::place::Place;
use super::rows::Below;
use super::source::Found;
use super::store::{Hash, Store};
use crate::archive::Kind;
use crate::files::is_midi_name;

/// The paths that a walk has met: eight bytes each of their digests, so that a million files take
/// eight megabytes. Two paths that share them would only hide that one has vanished.
#[derive(Default)]
pub(crate) struct Seen(Vec<u64>);

impl Seen {
    /// Remembers where files are.
    pub(crate) fn add_all(&mut self, found: &[Found]) {
        self.0.extend(found.iter().map(|file| Self::mark(&file.place)));
    }

    /// Remembers where a file is.
    pub(crate) fn add(&mut self, place: &Place) {
        self.0.push(Self::mark(place));
    }

    /// What is remembered of a place.
    pub(crate) fn mark(place: &Place) -> u64 {
        shortened(&place.digest())
    }

    /// Makes [`Seen::has`] possible.
    pub(crate) fn sort(&mut self) {
        self.0.sort_unstable();
    }

    /// Whether this place was added before [`Seen::sort`].
    pub(crate) fn has(&self, place: &Place) -> bool {
        self.0.binary_search(&Self::mark(place)).is_ok()
    }

    /// Marks as vanished the members that are known of an archive and were not met. Answers how
    /// many there were.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn mark_other_members<'conn>(
        mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        archive: Hash,
    ) -> SpiResult<i64> {
        self.sort();
        let members = store.members(client, archive)?;
        let vanished: Vec<_> = members
            .iter()
            .filter(|member| !member.has_vanished)
            .filter(|member| self.0.binary_search(&shortened(&member.digest)).is_err())
            .map(|member| member.id)
            .collect();
        let count = vanished.len() as i64;
        store.vanish(client, vanished)?;
        Ok(count)
    }

    /// Marks as vanished what is known below the directory `top` and was not met, except below
    /// `unread`, of which nothing can be said. Answers how many there were. All directories end in
    /// a slash; one that was recorded because it could not be read, and now was, is forgotten.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn mark_others<'conn>(
        mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        top: &str,
        unread: &[String],
    ) -> SpiResult<i64> {
        self.sort();
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
                let met = self.0.binary_search(&shortened(&digest)).is_ok();
                if met || unread.iter().any(|directory| path.starts_with(directory)) {
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
