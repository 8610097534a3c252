//! Files of an earlier import that are no more.

use pgrx::spi::{SpiClient, SpiResult};

use super::source::Found;
use super::store::{Hash, Store, sha256};
use crate::files::is_midi_name;

/// The paths that a walk has met: eight bytes each of their digests, so that a million files take
/// eight megabytes. Two paths that share them would only hide that one has vanished.
#[derive(Default)]
pub(crate) struct Seen(Vec<u64>);

impl Seen {
    /// Remembers the paths of files, and answers their digests.
    pub(crate) fn add_all(&mut self, found: &[Found]) -> Vec<Hash> {
        let digests: Vec<_> = found.iter().map(|file| sha256(file.path.as_bytes())).collect();
        self.0.extend(digests.iter().map(shortened));
        digests
    }

    /// Remembers a path.
    pub(crate) fn add(&mut self, path: &str) {
        self.0.push(shortened(&sha256(path.as_bytes())));
    }

    /// Makes [`Seen::has`] possible.
    pub(crate) fn sort(&mut self) {
        self.0.sort_unstable();
    }

    /// Whether this path was added before [`Seen::sort`].
    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.binary_search(&shortened(&sha256(path.as_bytes()))).is_ok()
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
            let Some((id, ..)) = page.last() else {
                return Ok(count);
            };
            last = *id;
            let mut vanished = Vec::new();
            let mut readable = Vec::new();
            for (id, digest, path) in page {
                let met = self.0.binary_search(&shortened(&digest)).is_ok();
                if met || unread.iter().any(|directory| path.starts_with(directory)) {
                    continue;
                }
                if path.ends_with('/') {
                    readable.push(id);
                } else if is_midi_name(path.as_bytes()) {
                    vanished.push(id);
                }
            }
            count += vanished.len() as i64;
            store.vanish(client, vanished)?;
            store.forget(client, readable)?;
        }
    }
}

fn shortened(digest: &Hash) -> u64 {
    let (start, _) = digest.split_first_chunk().expect("a SHA-256 has 32 bytes");
    u64::from_be_bytes(*start)
}
