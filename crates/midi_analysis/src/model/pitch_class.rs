//! Pitch classes: notes an octave apart are one.

use std::fmt;

/// The names of pitch classes where no key spells them.
const NAMES: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/// By MIDI pitch.
static OF_PITCHES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut pitch = 0;
    while pitch < classes.len() {
        classes[pitch] = (pitch % 12) as u8;
        pitch += 1;
    }
    classes
};

/// One of the twelve pitch classes, counted in semitones above C.
///
/// ```
/// use midi_analysis::PitchClass;
///
/// assert_eq!(PitchClass::of_pitch(69).to_string(), "A");
/// assert_eq!(PitchClass::of_letter('g'), Some(PitchClass::new(7)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PitchClass(u8);

impl PitchClass {
    /// The pitch class a number of semitones above C; octaves are dropped.
    pub const fn new(semitones: u8) -> Self {
        Self(semitones % 12)
    }

    /// The pitch class of a MIDI pitch.
    pub const fn of_pitch(pitch: u8) -> Self {
        Self::new(pitch)
    }

    /// The index of the pitch class of a MIDI pitch, looked up: notes are many.
    pub(crate) fn index_of_pitch(pitch: u8) -> usize {
        usize::from(OF_PITCHES[usize::from(pitch)])
    }

    /// The natural note of a letter from A to G, in either case.
    pub fn of_letter(letter: char) -> Option<Self> {
        natural(letter).map(Self)
    }

    /// Semitones above C, 0-11.
    pub const fn semitones(self) -> u8 {
        self.0
    }

    /// The same as an index into twelve values.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Semitones from `other` up to this pitch class, 0-11.
    pub const fn above(self, other: Self) -> u8 {
        (self.0 + 12 - other.0) % 12
    }

    /// The pitch class a number of semitones higher.
    pub const fn transposed(self, semitones: u8) -> Self {
        Self::new(self.0 + semitones % 12)
    }
}

impl fmt::Display for PitchClass {
    /// The usual name where no key spells it: `C`, `Db`, ..., `F#`, ..., `B`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(NAMES[self.index()])
    }
}

/// Semitones from C up to the natural note of a letter; `None` where the letter names none.
pub(crate) fn natural(letter: char) -> Option<u8> {
    let place = "CDEFGAB".find(letter.to_ascii_uppercase())?;
    Some([0, 2, 4, 5, 7, 9, 11][place])
}
