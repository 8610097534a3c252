//! How a key spells its pitch classes: along the line of fifths.

use crate::model::key::{Key, Mode};
use crate::model::pitch_class::PitchClass;

/// Naturals along the line of fifths, from F.
const NATURALS: [char; 7] = ['F', 'C', 'G', 'D', 'A', 'E', 'B'];
/// Positions on the line of fifths, C at 0, of F flat and of the first of twelve that end in B
/// sharp: no pitch class is spelled further out.
const FLATTEST: i32 = -8;
const SHARPEST_START: i32 = 1;

/// How the twelve pitch classes are spelled in a key.
///
/// ```
/// use midi_analysis::{Key, Mode, PitchClass, Spelling};
///
/// let spelling = Spelling::of(Some(Key::new(PitchClass::new(4), Mode::Major)));
/// assert_eq!(spelling.name(PitchClass::new(8)), "G#");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Spelling {
    /// Position of the flattest name in use; the other eleven follow it in fifths.
    start: i32,
}

impl Spelling {
    /// From the flat second to the sharp fourth of a major key; from the flat second to the leading
    /// tone of a minor one. Without a key as in C major.
    pub fn of(key: Option<Key>) -> Self {
        let start = match key {
            None => -5,
            Some(Key { tonic, mode: Mode::Major }) => position(tonic, 6) - 5,
            Some(Key { tonic, mode: Mode::Minor }) => position(tonic.transposed(3), 5) - 3,
        };
        Self { start: start.clamp(FLATTEST, SHARPEST_START) }
    }

    /// Name of a pitch class, such as `F#`.
    pub fn name(self, pitch_class: PitchClass) -> String {
        let above = (i32::from(pitch_class.semitones()) * 7 - self.start).rem_euclid(12);
        let from_f = self.start + above + 1;
        let natural = NATURALS[from_f.rem_euclid(7) as usize];
        let accidentals = from_f.div_euclid(7);
        let sign = if accidentals < 0 { "b" } else { "#" };
        format!("{natural}{}", sign.repeat(accidentals.unsigned_abs() as usize))
    }
}

/// Position of a pitch class on the line of fifths, at most `sharpest`.
fn position(pitch_class: PitchClass, sharpest: i32) -> i32 {
    let position = i32::from(pitch_class.semitones()) * 7 % 12;
    if position > sharpest { position - 12 } else { position }
}
