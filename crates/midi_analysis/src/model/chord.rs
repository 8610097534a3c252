//! Chords and how they are written.

use std::fmt;

use crate::model::pitch_class::PitchClass;
use crate::model::quality::Quality;
use crate::model::spelling::Spelling;

/// A chord: a root, a quality and the lowest note.
///
/// ```
/// use midi_analysis::{Chord, PitchClass, Quality};
///
/// let (g, b) = (PitchClass::new(7), PitchClass::new(11));
/// let chord = Chord { root: g, quality: Quality::DominantSeventh, bass: b };
/// assert_eq!(chord.to_string(), "G:7/3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Chord {
    /// The root.
    pub root: PitchClass,
    /// Its intervals above the root.
    pub quality: Quality,
    /// The lowest note.
    pub bass: PitchClass,
}

impl Chord {
    /// Harte's symbol, spelled as a key spells it: the bass as a degree of the root where it is
    /// another note.
    pub fn symbol(&self, spelling: Spelling) -> String {
        let root = spelling.name(self.root);
        let inversion = match self.bass.above(self.root) {
            0 => String::new(),
            semitones => format!("/{}", bass_degree(semitones, self.quality)),
        };
        format!("{root}:{}{inversion}", self.quality.symbol())
    }
}

impl fmt::Display for Chord {
    /// The symbol, spelled as in C major.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.symbol(Spelling::of(None)))
    }
}

/// Harte's degree of a bass note, by semitones above the root.
fn bass_degree(semitones: u8, quality: Quality) -> &'static str {
    match (quality, semitones) {
        (Quality::DiminishedSeventh, 9) => return "bb7",
        (Quality::Augmented, 8) => return "#5",
        _ => {}
    }
    ["1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7"][usize::from(semitones % 12)]
}
