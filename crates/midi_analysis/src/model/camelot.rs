//! Keys as DJs number them: the Camelot wheel (Mixed In Key), which is the circle of fifths with minor keys beside
//! their relative major keys.

use std::fmt;

use crate::model::key::{Key, Mode};
use crate::model::pitch_class::PitchClass;

/// How many numbers the wheel has.
const NUMBERS: u8 = 12;
/// The number of C major and A minor.
const OF_C: u8 = 8;

/// A place on the Camelot wheel. One number up is a fifth up; A is minor, and B its relative major.
///
/// ```
/// use midi_analysis::{Camelot, Key, Mode, PitchClass};
///
/// let e_minor = Camelot::of(Key::new(PitchClass::new(4), Mode::Minor));
/// assert_eq!(e_minor.to_string(), "9A");
/// assert_eq!(e_minor.distance(Camelot::new(8, Mode::Minor).expect("a number of the wheel")), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Camelot {
    /// 1-12.
    number: u8,
    mode: Mode,
}

impl Camelot {
    /// The place of a number, 1-12, and a mode; `None` for other numbers.
    pub const fn new(number: u8, mode: Mode) -> Option<Self> {
        if number >= 1 && number <= NUMBERS { Some(Self { number, mode }) } else { None }
    }

    /// The place of a key.
    pub const fn of(key: Key) -> Self {
        let major = if key.mode.is_minor() { key.relative() } else { key };
        // Seven semitones, a fifth, are one number; seven times seven semitones are one semitone.
        let fifths = major.tonic.semitones() * 7;
        Self { number: (fifths + OF_C - 1) % NUMBERS + 1, mode: key.mode }
    }

    /// The key at this place.
    pub const fn key(self) -> Key {
        let major = Key::new(PitchClass::new((self.number + NUMBERS - OF_C) * 7), Mode::Major);
        if self.mode.is_minor() { major.relative() } else { major }
    }

    /// Steps from one place to another, 0-7: a step leads to the next number, or to the other letter.
    pub const fn distance(self, other: Self) -> u8 {
        let up = (self.number + NUMBERS - other.number) % NUMBERS;
        let around = if up > NUMBERS / 2 { NUMBERS - up } else { up };
        let across = self.mode.is_minor() != other.mode.is_minor();
        around + across as u8
    }
}

impl fmt::Display for Camelot {
    /// `8A`, `12B`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, if self.mode.is_minor() { 'A' } else { 'B' })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wheel_is_the_circle_of_fifths_from_8a_and_8b() {
        let minor = ["G#", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"];
        let major = ["B", "F#", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E"];
        for (tonics, mode, letter) in [(minor, Mode::Minor, 'A'), (major, Mode::Major, 'B')] {
            for (number, tonic) in (1..).zip(tonics) {
                let key: Key = format!("{tonic} {mode}").parse().expect("the name of a key");
                let place = Camelot::of(key);
                assert_eq!(place.to_string(), format!("{number}{letter}"), "{key}");
                assert_eq!(place.key(), key);
                assert_eq!(Camelot::new(number, mode), Some(place));
            }
        }
        assert_eq!(Camelot::new(0, Mode::Minor).or(Camelot::new(13, Mode::Major)), None);
    }

    #[test]
    fn distances_are_counted_in_steps_around_and_across() {
        use Mode::{Major, Minor};
        for (one, other, steps) in [
            ((8, Minor), (8, Minor), 0),
            ((8, Minor), (8, Major), 1),
            ((8, Minor), (7, Minor), 1),
            ((1, Minor), (12, Minor), 1),
            ((8, Minor), (9, Major), 2),
            ((1, Minor), (11, Minor), 2),
            ((1, Major), (7, Major), 6),
            ((1, Major), (7, Minor), 7),
        ] {
            let [one, other] = [one, other].map(|(number, mode)| Camelot::new(number, mode));
            let (one, other) = one.zip(other).expect("places");
            assert_eq!(one.distance(other), steps, "{one} {other}");
            assert_eq!(other.distance(one), steps, "{other} {one}");
        }
    }
}
