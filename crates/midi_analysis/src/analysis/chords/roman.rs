//! How chords are written: roots spelled as the key spells them, basses as degrees of the chord,
//! roman numerals as degrees of the key.
//!
//! A numeral is capital for a major third and small for a minor one. In minor keys III, VI and VII
//! are those of the natural scale, as in common practice; V and vii° keep their names.

use super::quality::Quality;
use crate::analysis::key::Tonality;

/// Naturals along the line of fifths, from F.
const NATURALS: [char; 7] = ['F', 'C', 'G', 'D', 'A', 'E', 'B'];
/// Positions on the line of fifths, C at 0, of F flat and of the first of twelve that end in B
/// sharp: no root is spelled further out.
const FLATTEST: i32 = -8;
const SHARPEST_START: i32 = 1;

/// How the twelve pitch classes are spelled in a key.
pub(super) struct Spelling {
    /// Position of the flattest name in use; the other eleven follow it in fifths.
    start: i32,
}

impl Spelling {
    /// From the flat second to the sharp fourth of a major key; from the flat second to the leading
    /// tone of a minor one. Without a key as in C major.
    pub(super) fn of(key: Option<Tonality>) -> Self {
        let start = match key {
            None => -5,
            Some((tonic, false)) => position(tonic, 6) - 5,
            Some((tonic, true)) => position((tonic + 3) % 12, 5) - 3,
        };
        Self { start: start.clamp(FLATTEST, SHARPEST_START) }
    }

    /// Name of a pitch class, such as `F#`.
    pub(super) fn name(&self, pitch_class: usize) -> String {
        let above = (pitch_class as i32 * 7 - self.start).rem_euclid(12);
        let from_f = self.start + above + 1;
        let natural = NATURALS[from_f.rem_euclid(7) as usize];
        let accidentals = from_f.div_euclid(7);
        let sign = if accidentals < 0 { "b" } else { "#" };
        format!("{natural}{}", sign.repeat(accidentals.unsigned_abs() as usize))
    }
}

/// Position of a pitch class on the line of fifths, at most `sharpest`.
fn position(pitch_class: usize, sharpest: i32) -> i32 {
    let position = (pitch_class as i32 * 7) % 12;
    if position > sharpest { position - 12 } else { position }
}

/// Harte's degree of a bass note, by semitones above the root.
pub(super) fn bass_degree(semitones: usize, quality: &Quality) -> &'static str {
    match (quality.name, semitones) {
        ("dim7", 9) => return "bb7",
        ("aug", 8) => return "#5",
        _ => {}
    }
    ["1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7"][semitones % 12]
}

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
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    CAPITALS.into_iter().chain(SMALL).flatten()
}

/// The numeral of a root with the chord's third in its case: `ii`, `bVII`.
pub(super) fn numeral(root: usize, quality: &Quality, (tonic, minor): Tonality) -> &'static str {
    let numerals = if quality.minor { &SMALL } else { &CAPITALS };
    numerals[usize::from(minor)][(root + 12 - tonic) % 12]
}
