//! Near duplicates: whether two [fingerprints](crate::analysis::fingerprint) are of the same music, and
//! by which numbers an index finds those that may be.

use crate::analysis::fingerprint::{FINGERPRINT_LENGTH, REPEATED, mix};

/// Bands by which fingerprints are looked up, and slots of each.
pub(super) const BANDS: usize = 32;
const SLOTS: usize = 3;
/// Most slots of a band that hold repeated shingles, which much music has in common. The limit does not
/// apply where more than half of all slots hold them, as in loops.
const MOST_REPEATED: usize = 1;
/// Share of a piece by which two times of one shingle may differ: 90 ms in three minutes.
const TIME: f64 = 0.000_5 * REPEATED as f64;
/// Fewest times that are compared.
const FEWEST_TIMES: usize = 4;
/// Fewest slots in common that can make pieces near duplicates.
const FEWEST_COMMON: usize = FINGERPRINT_LENGTH / 8;
/// How much longer one of two pieces may be, as lost beginnings and ends make it.
const LONGER: f64 = 1.25;

/// The similarity of two fingerprints, 0-1: the share of slots that are equal, multiplied by the share
/// of their times that lie on one line; `None` where one is damaged.
///
/// A piece that lost one note in twenty has 0.5 to 0.9, another export 0.9 to 1, another performance
/// below 0.2, other music below 0.1.
///
/// ```
/// use midi_analysis::fingerprint_similarity;
///
/// // Slots of different hashes, at regular times.
/// let fingerprint: Vec<i32> = (0..64).map(|slot| slot << 16 | slot * 1_000).collect();
/// assert_eq!(fingerprint_similarity(&fingerprint, &fingerprint), Some(1.0));
/// assert_eq!(fingerprint_similarity(&fingerprint, &[1, 2, 3]), None);
/// ```
pub fn fingerprint_similarity(a: &[i32], b: &[i32]) -> Option<f32> {
    if a.len() != FINGERPRINT_LENGTH || b.len() != FINGERPRINT_LENGTH {
        return None;
    }
    let common = a.iter().zip(b).filter(|(a, b)| (**a ^ **b) as u32 >> 16 == 0);
    let count = common.clone().count();
    if count < FEWEST_COMMON {
        return Some(0.0);
    }
    let times = common.map(|(&a, &b)| (a as u16, b as u16));
    let mut times: Vec<(f64, f64)> = times
        .filter(|&(a, b)| a != REPEATED && b != REPEATED)
        .map(|(a, b)| (f64::from(a), f64::from(b)))
        .collect();
    if times.len() < FEWEST_TIMES {
        return Some(0.0);
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at_one_time = on_one_line(&times) as f32 / times.len() as f32;
    Some(count as f32 / FINGERPRINT_LENGTH as f32 * at_one_time)
}

/// The most points that lie on one line. Lines through a point of the first half and the corresponding
/// point of the second are tried.
fn on_one_line(points: &[(f64, f64)]) -> usize {
    let half = points.len() / 2;
    let lines = points.iter().zip(&points[half..]).filter_map(|(from, to)| {
        let slope = (to.1 - from.1) / (to.0 - from.0);
        let is_near =
            |point: &&(f64, f64)| (point.1 - from.1 - slope * (point.0 - from.0)).abs() <= TIME;
        (LONGER.recip()..LONGER).contains(&slope).then(|| points.iter().filter(is_near).count())
    });
    lines.max().unwrap_or(0)
}

/// Numbers for an index: two fingerprints of the same music almost certainly have one in common, and
/// those of different music seldom. None for a damaged fingerprint.
///
/// ```
/// // A fingerprint whose slots are all different.
/// let fingerprint: Vec<i32> = (0..64).map(|slot| slot << 16).collect();
/// assert_eq!(midi_analysis::fingerprint_bands(&fingerprint).len(), 32);
/// ```
pub fn fingerprint_bands(fingerprint: &[i32]) -> Vec<i32> {
    let Ok(fingerprint) = fingerprint.try_into() else { return Vec::new() };
    let mut bands: Vec<i32> = bands(fingerprint).map(|band| band as i32).collect();
    bands.sort_unstable();
    bands.dedup();
    bands
}

/// The bands, in no order.
pub(super) fn bands(fingerprint: &[i32; FINGERPRINT_LENGTH]) -> impl Iterator<Item = u32> {
    let repeated = fingerprint.iter().filter(|&&slot| slot as u16 == REPEATED).count();
    let most = if 2 * repeated > FINGERPRINT_LENGTH { SLOTS } else { MOST_REPEATED };
    (0..BANDS).filter_map(move |band| key(fingerprint, band, most))
}

fn key(fingerprint: &[i32; FINGERPRINT_LENGTH], band: usize, most_repeated: usize) -> Option<u32> {
    let (first, stride) = (band * SLOTS, 1 + band * SLOTS / FINGERPRINT_LENGTH);
    let slots =
        (0..SLOTS).map(|index| fingerprint[(first + index * stride) % FINGERPRINT_LENGTH] as u32);
    let repeated = slots.clone().filter(|&slot| slot as u16 == REPEATED).count();
    let hash = slots.fold(mix(band as u64 + 1), |hash, slot| mix(hash ^ u64::from(slot >> 16)));
    (repeated <= most_repeated).then_some(hash as u32)
}
