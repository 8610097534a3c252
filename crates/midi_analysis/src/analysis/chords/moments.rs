//! Where each chord of a progression begins, and its qualities, packed into bytes.
//!
//! They are read only together with a progression that was found, and no condition is ever put on
//! them. So they are packed into one value, of ten bytes for each chord, a quarter of the size of four
//! arrays:
//!
//! ```text
//! bytes  content, the lowest byte first
//!  0-3   milliseconds at which it begins
//!  4-5   bar in which it begins, from 1; 65535 for none
//!   6    estimated key: 0-11 C major to B major, 12-23 C minor to B minor
//!  7-9   qualities that sound until the degree changes, one bit each, in the order of Quality::ALL
//! ```

use crate::model::key::Key;
use crate::model::quality::Quality;

/// Bytes of a chord.
const LENGTH: usize = 10;
const NO_BAR: u16 = u16::MAX;

/// Where a chord of a progression begins.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ChordMoment {
    /// Second at which it begins.
    pub start_s: f64,
    /// Bar in which it begins, from 1; `None` where there are no bars.
    pub bar: Option<u32>,
    /// The estimated key there.
    pub key: Key,
}

/// The moment of the chord with this index in
/// [`Harmony::chord_progression`](crate::Harmony::chord_progression); `None` where `moments` is too
/// short or damaged.
///
/// ```
/// use midi_analysis::chord_moment;
/// # use midi_analysis::{Note, Options, Piece, Timeline};
/// # let chords = [[60, 64, 67], [65, 69, 72], [67, 71, 74], [60, 64, 67]];
/// # let notes = (0..).zip(chords).flat_map(|(bar, pitches)| {
/// #     pitches.map(|pitch| Note::new(bar * 1920, bar * 1920 + 1920, pitch))
/// # });
/// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
///
/// let harmony = piece.analysis()?.harmony;
/// assert_eq!(harmony.chord_progression, ["I", "IV", "V", "I"]);
/// let dominant = chord_moment(&harmony.chord_moments, 2).expect("the third chord");
/// assert_eq!((dominant.start_s, dominant.key.to_string().as_str()), (4.0, "C major"));
/// # Ok::<(), midi_analysis::Error>(())
/// ```
pub fn chord_moment(moments: &[u8], index: usize) -> Option<ChordMoment> {
    let [a, b, c, d, bar_low, bar_high, key, ..] = *bytes(moments, index)?;
    let bar = u16::from_le_bytes([bar_low, bar_high]);
    Some(ChordMoment {
        start_s: f64::from(u32::from_le_bytes([a, b, c, d])) / 1_000.0,
        bar: (bar != NO_BAR).then_some(bar.into()),
        key: (usize::from(key) < Key::COUNT).then(|| Key::from_index(key.into()))?,
    })
}

/// The qualities of the chord with this index, one bit each; `None` where there is no such chord.
pub(crate) fn qualities(moments: &[u8], index: usize) -> Option<u32> {
    let [.., a, b, c] = *bytes(moments, index)?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

/// The bit of a quality.
pub(crate) fn bit(quality: Quality) -> u32 {
    let index = Quality::ALL.iter().position(|known| *known == quality);
    index.map_or(0, |index| 1 << index)
}

/// Appends a chord, which begins at this second and in this bar.
pub(super) fn push(
    moments: &mut Vec<u8>,
    start_s: f64,
    bar: Option<u32>,
    key: Key,
    quality: Quality,
) {
    let milliseconds = (start_s * 1_000.0).round() as u32;
    let bar = bar.and_then(|bar| u16::try_from(bar).ok()).unwrap_or(NO_BAR);
    moments.extend(milliseconds.to_le_bytes());
    moments.extend(bar.to_le_bytes());
    moments.push(key.index() as u8);
    moments.extend(&bit(quality).to_le_bytes()[..3]);
}

/// Adds a quality to the last chord.
pub(super) fn add_quality(moments: &mut [u8], quality: Quality) {
    if let Some(last) = moments.last_chunk_mut::<3>() {
        let bits = bit(quality).to_le_bytes();
        last.iter_mut().zip(bits).for_each(|(byte, bit)| *byte |= bit);
    }
}

fn bytes(moments: &[u8], index: usize) -> Option<&[u8; LENGTH]> {
    let start = index.checked_mul(LENGTH)?;
    moments.get(start..)?.first_chunk()
}
