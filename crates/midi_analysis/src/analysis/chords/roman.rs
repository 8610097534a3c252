//! Roman numerals: chords as degrees of a key.
//!
//! A numeral is in capitals for a major third and in small letters for a minor one. In minor keys III,
//! VI and VII are those of the natural scale, as in common practice; V and vii° keep their names.

use crate::model::key::Key;
use crate::model::pitch_class::PitchClass;
use crate::model::quality::Quality;

/// Degrees by semitones above the tonic: in major, in minor.
const CAPITALS: [[&str; 12]; 2] = [
    ["I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"],
    ["I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "VII"],
];
const SMALL: [[&str; 12]; 2] = [
    ["i", "bii", "ii", "biii", "iii", "iv", "#iv", "v", "bvi", "vi", "bvii", "vii"],
    ["i", "bii", "ii", "iii", "#iii", "iv", "#iv", "v", "vi", "#vi", "vii", "vii"],
];

/// Every numeral; some of them twice.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    CAPITALS.into_iter().chain(SMALL).flatten()
}

/// The numeral of a root, in capitals or small letters by the third of the chord: `ii`, `bVII`.
pub(super) fn numeral(root: PitchClass, quality: Quality, key: Key) -> &'static str {
    let numerals = if quality.is_minor() { &SMALL } else { &CAPITALS };
    numerals[usize::from(key.mode.is_minor())][usize::from(root.above(key.tonic))]
}
