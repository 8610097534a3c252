//! Fingerprints in memory, and which of them are similar to another: what an index of bands is for one
//! look-up, for those that compare all pieces with each other.

use super::duplicates::{BANDS, bands, fingerprint_similarity};
use crate::analysis::fingerprint::FINGERPRINT_LENGTH;

/// The most bits of a band that say in which shard it is, and how many entries a shard has below that, as a power of
/// two: as many as lie side by side in memory, so that a look-up waits for memory twice.
const MOST_SHARD_BITS: u32 = 24;
const SHARD_ENTRIES: u32 = 3;
/// Fingerprints, or shards, after which `stop` is called.
const STOP_EVERY: usize = 1_024;
/// Fingerprints of a band that others are compared with. Thousands of pieces can have a band in common,
/// such as loops of one pattern: the first of them stand for all, so that the time does not grow with the
/// square of their number. In a million made-up pieces of a hundred styles, the most have 200 in common.
const MOST_COMPARED: usize = 512;

/// Fingerprints that can be looked up by their music.
#[derive(Clone, Debug)]
pub struct FingerprintIndex {
    fingerprints: Vec<[i32; FINGERPRINT_LENGTH]>,
    /// Bands and the fingerprints that have them, ascending in each shard.
    entries: Vec<(u32, u32)>,
    /// Where each shard begins in the entries, and where the last one ends.
    shards: Vec<usize>,
    /// By how many bits a band is shifted to give its shard.
    shift: u32,
}

impl FingerprintIndex {
    /// The fingerprints are numbered in their order, from 0. Each takes 256 bytes, and up to as many for its
    /// bands. `None` where `stop` returns true, which is called again and again.
    ///
    /// ```
    /// use midi_analysis::FingerprintIndex;
    ///
    /// // Slots of different hashes, at regular times.
    /// let piece: [i32; 64] = std::array::from_fn(|slot| (slot << 16 | slot * 1_000) as i32);
    /// let other = piece.map(|slot| slot + (1 << 24));
    /// let index = FingerprintIndex::new(vec![piece, other], &|| false).expect("not stopped");
    /// assert_eq!(index.similar(&piece, 2, 0.25), [(0, 1.0)]);
    /// ```
    pub fn new(
        fingerprints: Vec<[i32; FINGERPRINT_LENGTH]>,
        stop: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let entries = (fingerprints.len() * BANDS).max(1).ilog2();
        let bits = entries.saturating_sub(SHARD_ENTRIES).clamp(1, MOST_SHARD_BITS);
        let shift = u32::BITS - bits;
        let shard = |band: u32| (band >> shift) as usize;
        let mut shards = vec![0; (1 << bits) + 1];
        for (number, fingerprint) in fingerprints.iter().enumerate() {
            if number % STOP_EVERY == 0 && stop() {
                return None;
            }
            bands(fingerprint).for_each(|band| shards[shard(band) + 1] += 1);
        }
        for shard in 1..shards.len() {
            shards[shard] += shards[shard - 1];
        }
        let mut next = shards.clone();
        let mut entries = vec![(0, 0); next.last().copied().unwrap_or(0)];
        for (number, fingerprint) in fingerprints.iter().enumerate() {
            if number % STOP_EVERY == 0 && stop() {
                return None;
            }
            for band in bands(fingerprint) {
                entries[next[shard(band)]] = (band, number as u32);
                next[shard(band)] += 1;
            }
        }
        for (number, bounds) in shards.windows(2).enumerate() {
            if number % STOP_EVERY == 0 && stop() {
                return None;
            }
            entries[bounds[0]..bounds[1]].sort_unstable();
        }
        Some(Self { fingerprints, entries, shards, shift })
    }

    /// The fingerprints, as they were given.
    pub fn fingerprints(&self) -> &[[i32; FINGERPRINT_LENGTH]] {
        &self.fingerprints
    }

    /// Those of the first `among` fingerprints that share a band with this one, and whose
    /// [similarity](fingerprint_similarity) to it, or its to them if that is more, is `least` or more; in
    /// their order. Of more than 512 with one band only the first 512 are compared.
    pub fn similar(
        &self,
        fingerprint: &[i32; FINGERPRINT_LENGTH],
        among: usize,
        least: f32,
    ) -> Vec<(usize, f32)> {
        let mut numbers: Vec<u32> = bands(fingerprint)
            .flat_map(|band| self.with_band(band))
            .filter(|&number| (number as usize) < among)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let similarity = |number: u32| {
            let other = &self.fingerprints[number as usize];
            let there = fingerprint_similarity(fingerprint, other)?;
            let back = fingerprint_similarity(other, fingerprint)?;
            let similarity = there.max(back);
            (similarity >= least).then_some((number as usize, similarity))
        };
        numbers.into_iter().filter_map(similarity).collect()
    }

    /// The first fingerprints that have the band.
    fn with_band(&self, band: u32) -> impl Iterator<Item = u32> {
        let shard = (band >> self.shift) as usize;
        let shard = &self.entries[self.shards[shard]..self.shards[shard + 1]];
        let from = shard.partition_point(|entry| entry.0 < band);
        let entries = shard[from..].iter().take_while(move |entry| entry.0 == band);
        entries.take(MOST_COMPARED).map(|entry| entry.1)
    }
}
