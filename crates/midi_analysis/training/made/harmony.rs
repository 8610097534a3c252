//! Keys and progressions.

use fastrand::Rng;

/// A key.
#[derive(Clone, Copy)]
pub struct Key {
    pub tonic: u8,
    pub minor: bool,
}

/// A chord: the pitch class of its root, and the intervals above it.
#[derive(Clone, Copy, PartialEq)]
pub struct Chord {
    pub root: u8,
    intervals: &'static [u8],
}

const MAJOR: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];
const MINOR: [u8; 7] = [0, 2, 3, 5, 7, 8, 10];
const TRIADS: [&[u8]; 3] = [&[0, 4, 7], &[0, 3, 7], &[0, 3, 6]];
const SEVENTHS: [&[u8]; 3] = [&[0, 4, 7, 10], &[0, 3, 7, 10], &[0, 3, 6, 10]];
/// By degree, the degrees that follow it, the usual ones more than once.
const NEXT: [&[usize]; 7] = [
    &[3, 3, 4, 4, 5, 5, 1, 2],
    &[4, 4, 4, 0, 3],
    &[5, 5, 3, 1],
    &[0, 0, 4, 4, 1, 5],
    &[0, 0, 0, 5, 3],
    &[3, 3, 1, 1, 4, 2],
    &[0, 2, 4],
];

impl Key {
    pub fn any(rng: &mut Rng) -> Self {
        Self { tonic: rng.u8(..12), minor: rng.u8(..5) < 2 }
    }

    fn scale(self) -> [u8; 7] {
        if self.minor { MINOR } else { MAJOR }
    }

    /// Whether a pitch is of the scale.
    pub fn has(self, pitch: u8) -> bool {
        self.scale().contains(&((pitch + 12 - self.tonic) % 12))
    }

    fn chord(self, degree: usize, seventh: bool) -> Chord {
        let scale = self.scale();
        let above = |steps: usize| (scale[(degree + steps) % 7] + 12 - scale[degree]) % 12;
        // The dominant of a minor key is major.
        let kind = match (above(2), above(4)) {
            (3, 6) => 2,
            (3, _) if degree == 4 => 0,
            (3, _) => 1,
            _ => 0,
        };
        let intervals = if seventh { SEVENTHS[kind] } else { TRIADS[kind] };
        Chord { root: (self.tonic + scale[degree]) % 12, intervals }
    }

    /// A progression of so many chords that begins with the tonic and ends with the dominant or the tonic.
    pub fn progression(self, chords: usize, rng: &mut Rng) -> Vec<Chord> {
        let sevenths = rng.u8(..6) == 0;
        let mut degree = 0;
        (0..chords)
            .map(|number| {
                let now = degree;
                degree = match number + 2 == chords {
                    true => [4, 0][rng.usize(..2)],
                    false => NEXT[now][rng.usize(..NEXT[now].len())],
                };
                self.chord(now, sevenths || (now == 4 && rng.u8(..3) == 0))
            })
            .collect()
    }

    /// Its name, as truths spell it.
    pub fn name(self) -> String {
        const NAMES: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
        format!("{} {}", NAMES[usize::from(self.tonic)], if self.minor { "minor" } else { "major" })
    }

    /// The number of sharps of its signature, negative for flats.
    pub fn sharps(self) -> i8 {
        let major = if self.minor { self.tonic + 3 } else { self.tonic };
        [0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5][usize::from(major % 12)]
    }
}

impl Chord {
    /// Whether a pitch is of the chord.
    pub fn has(self, pitch: u8) -> bool {
        self.intervals.contains(&((pitch + 12 - self.root) % 12))
    }

    /// The lowest pitch of the root from `low` upwards.
    pub fn root_from(self, low: u8) -> u8 {
        low + (self.root + 12 - low % 12) % 12
    }

    /// The chord's `number`-th tone, from 0, above `low`, over as many octaves as it takes.
    pub fn tone(self, low: u8, number: usize) -> u8 {
        let octave = 12 * (number / self.intervals.len()) as u8;
        self.root_from(low) + octave + self.intervals[number % self.intervals.len()]
    }

    /// All its tones in close position, the lowest from `low` upwards.
    pub fn voiced(self, low: u8) -> impl Iterator<Item = u8> {
        (low..low + 12).filter(move |&pitch| self.has(pitch))
    }
}
