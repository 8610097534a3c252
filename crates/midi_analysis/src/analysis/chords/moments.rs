//! When each chord of a progression sounds, and how: what stands beside `chord_progression`, packed.
//!
//! Nobody filters by these numbers and nobody reads them alone; they are read with the progression
//! that was found. So they are one value of ten bytes a chord, a quarter of what four arrays take:
//!
//! ```text
//! bytes  what, the least byte first
//!  0-3   milliseconds at which it begins
//!  4-5   bar in which it begins, from 1; 65535 for none
//!   6    key in which it is heard: 0-11 C major to B major, 12-23 C minor to B minor
//!  7-9   qualities that sound until the degree changes, a bit each, in the order of quality::ALL
//! ```

use super::EstimatedChord;
use super::quality::{self, Quality};
use crate::analysis::key;

/// Bytes of a chord.
const LENGTH: usize = 10;
const NO_BAR: u16 = u16::MAX;

/// One chord of a progression, as it sounds.
#[derive(Clone, Debug, PartialEq)]
pub struct ChordMoment {
    /// Second at which it begins.
    pub start_s: f64,
    /// Bar in which it begins, from 1; `None` where there are no bars.
    pub bar: Option<i32>,
    /// The key in which it is heard, such as `A minor`.
    pub key: String,
}

/// The moment of the chord with this index in `chord_progression`; `None` where `moments`, the
/// column `chord_moments`, is too short to have it or is damaged.
pub fn chord_moment(moments: &[u8], index: usize) -> Option<ChordMoment> {
    let [a, b, c, d, bar_low, bar_high, key, ..] = *bytes(moments, index)?;
    let bar = u16::from_le_bytes([bar_low, bar_high]);
    Some(ChordMoment {
        start_s: f64::from(u32::from_le_bytes([a, b, c, d])) / 1_000.0,
        bar: (bar != NO_BAR).then_some(bar.into()),
        key: (key < 24).then(|| key::name(key.into()))?,
    })
}

/// The qualities of the chord with this index, a bit each; `None` where it is not there.
pub(super) fn qualities(moments: &[u8], index: usize) -> Option<u32> {
    let [.., a, b, c] = *bytes(moments, index)?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

/// The bit of a quality.
pub(super) fn bit(quality: &Quality) -> u32 {
    let index = quality::ALL.iter().position(|known| std::ptr::eq(*known, quality));
    index.map_or(0, |index| 1 << index)
}

/// Adds a chord, which begins in this bar.
pub(super) fn push(
    moments: &mut Vec<u8>,
    chord: &EstimatedChord,
    (tonic, minor): key::Tonality,
    bar: Option<u32>,
) {
    let milliseconds = (chord.start_s * 1_000.0).round() as u32;
    let bar = bar.and_then(|bar| u16::try_from(bar).ok()).unwrap_or(NO_BAR);
    moments.extend(milliseconds.to_le_bytes());
    moments.extend(bar.to_le_bytes());
    moments.push((tonic + 12 * usize::from(minor)) as u8);
    moments.extend(&bit(chord.quality).to_le_bytes()[..3]);
}

/// Adds a quality to the last chord.
pub(super) fn add_quality(moments: &mut [u8], quality: &Quality) {
    if let Some(last) = moments.last_chunk_mut::<3>() {
        let bits = bit(quality).to_le_bytes();
        last.iter_mut().zip(bits).for_each(|(byte, bit)| *byte |= bit);
    }
}

fn bytes(moments: &[u8], index: usize) -> Option<&[u8; LENGTH]> {
    let start = index.checked_mul(LENGTH)?;
    moments.get(start..)?.first_chunk()
}
