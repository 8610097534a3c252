//! Keys, and the key signatures that files declare.

use std::fmt;
use std::str::FromStr;

use crate::model::pitch_class::PitchClass;

const MAJOR_TONICS: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const MINOR_TONICS: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"];
/// Tonics from seven flats to seven sharps.
const MAJOR_BY_FIFTHS: [&str; 15] =
    ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"];
const MINOR_BY_FIFTHS: [&str; 15] =
    ["Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#"];
/// The most flats or sharps of a key signature.
const MOST_FIFTHS: i8 = 7;

/// Major or minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Mode {
    /// Major.
    Major,
    /// Minor.
    Minor,
}

impl Mode {
    /// Whether this is minor.
    pub const fn is_minor(self) -> bool {
        matches!(self, Self::Minor)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if self.is_minor() { "minor" } else { "major" })
    }
}

/// One of the 24 keys. Keys that sound the same are one, under the name that is written more often.
///
/// ```
/// use midi_analysis::{Key, Mode, PitchClass};
///
/// let key = Key::new(PitchClass::new(1), Mode::Minor);
/// assert_eq!(key.to_string(), "C# minor");
/// assert_eq!("C# minor".parse(), Ok(key));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Key {
    /// The tonic.
    pub tonic: PitchClass,
    /// Major or minor.
    pub mode: Mode,
}

impl Key {
    /// How many keys there are.
    pub const COUNT: usize = 24;

    /// The key of a tonic and a mode.
    pub const fn new(tonic: PitchClass, mode: Mode) -> Self {
        Self { tonic, mode }
    }

    /// The key of a number: the major keys from C upwards, then the minor ones; counted on from 0
    /// beyond the last.
    pub const fn from_index(index: usize) -> Self {
        let index = index % Self::COUNT;
        let mode = if index < 12 { Mode::Major } else { Mode::Minor };
        Self::new(PitchClass::new((index % 12) as u8), mode)
    }

    /// The number of the key, 0-23, as [`from_index`](Self::from_index) counts.
    pub const fn index(self) -> usize {
        self.tonic.index() + if self.mode.is_minor() { 12 } else { 0 }
    }

    /// All keys, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self::from_index)
    }

    /// The key of the other mode with the same notes: A minor for C major, and the other way round.
    pub const fn relative(self) -> Self {
        match self.mode {
            Mode::Major => Self::new(self.tonic.transposed(9), Mode::Minor),
            Mode::Minor => Self::new(self.tonic.transposed(3), Mode::Major),
        }
    }

    /// Its name without the mode, `F#`.
    pub const fn tonic_name(self) -> &'static str {
        let names = if self.mode.is_minor() { &MINOR_TONICS } else { &MAJOR_TONICS };
        names[self.tonic.index()]
    }
}

impl fmt::Display for Key {
    /// `C major`, `F# minor`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.tonic_name(), self.mode)
    }
}

/// A text is not the name of a key as [`Key`] displays it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyNameError;

impl fmt::Display for KeyNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the name of a key")
    }
}

impl std::error::Error for KeyNameError {}

impl FromStr for Key {
    type Err = KeyNameError;

    /// Reads the names that [`Key`] displays, and no other spellings: see
    /// [`keys_named`](crate::keys_named) for those.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let (tonic, mode) = name.split_once(' ').ok_or(KeyNameError)?;
        let (names, mode) = match mode {
            "major" => (&MAJOR_TONICS, Mode::Major),
            "minor" => (&MINOR_TONICS, Mode::Minor),
            _ => return Err(KeyNameError),
        };
        let semitones = names.iter().position(|name| *name == tonic).ok_or(KeyNameError)?;
        Ok(Self::new(PitchClass::new(semitones as u8), mode))
    }
}

/// A key signature as a file declares it: sharps or flats, and the mode.
///
/// ```
/// use midi_analysis::{KeySignature, Mode};
///
/// let signature = KeySignature::new(-3, Mode::Minor).expect("three flats");
/// assert_eq!(signature.to_string(), "C minor");
/// assert_eq!(KeySignature::new(8, Mode::Major), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct KeySignature {
    fifths: i8,
    mode: Mode,
}

impl KeySignature {
    /// A key signature of a number of sharps, or of flats where negative; `None` for more than seven.
    pub const fn new(fifths: i8, mode: Mode) -> Option<Self> {
        if fifths >= -MOST_FIFTHS && fifths <= MOST_FIFTHS {
            Some(Self { fifths, mode })
        } else {
            None
        }
    }

    /// Sharps, or flats where negative.
    pub const fn fifths(self) -> i8 {
        self.fifths
    }

    /// Major or minor.
    pub const fn mode(self) -> Mode {
        self.mode
    }

    /// The key that it stands for, whose name may differ: seven flats are B major.
    pub const fn key(self) -> Key {
        let major = (self.fifths as i32 * 7).rem_euclid(12) as u8;
        let major = Key::new(PitchClass::new(major), Mode::Major);
        if self.mode.is_minor() { major.relative() } else { major }
    }
}

impl fmt::Display for KeySignature {
    /// The key under the name that its sharps or flats give: `Cb major`, `D# minor`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = if self.mode.is_minor() { &MINOR_BY_FIFTHS } else { &MAJOR_BY_FIFTHS };
        write!(f, "{} {}", names[(self.fifths + MOST_FIFTHS) as usize], self.mode)
    }
}
