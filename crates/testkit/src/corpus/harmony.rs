//! Keys, chords and progressions.

use fastrand::Rng;

/// A key.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) tonic: u8,
    pub(super) minor: bool,
}

/// A chord: its root's pitch class, and the intervals above it.
#[derive(Clone, Copy)]
pub(super) struct Chord {
    pub(super) root: u8,
    pub(super) intervals: &'static [u8],
}

/// The chords of a kind of music: each a root above the tonic and its intervals.
type Progression = &'static [(u8, &'static [u8])];

/// The progressions of a kind of music, in major and in minor.
pub(super) struct Idiom {
    major: &'static [Progression],
    minor: &'static [Progression],
}

const MAJ: &[u8] = &[0, 4, 7];
const MIN: &[u8] = &[0, 3, 7];
const DIM: &[u8] = &[0, 3, 6];
const SUS: &[u8] = &[0, 5, 7];
const SEVEN: &[u8] = &[0, 4, 7, 10];
const MAJ7: &[u8] = &[0, 4, 7, 11];
const MIN7: &[u8] = &[0, 3, 7, 10];
const HALF: &[u8] = &[0, 3, 6, 10];

pub(super) const POP: Idiom = Idiom {
    major: &[
        &[(0, MAJ), (7, MAJ), (9, MIN), (5, MAJ)],
        &[(0, MAJ), (9, MIN), (5, MAJ), (7, MAJ)],
        &[(5, MAJ), (7, MAJ), (4, MIN), (9, MIN), (2, MIN), (7, MAJ), (0, MAJ), (0, MAJ)],
        &[(0, MAJ), (5, MAJ), (7, SUS), (7, MAJ)],
        &[(9, MIN), (5, MAJ), (0, MAJ), (7, MAJ)],
    ],
    minor: &[
        &[(0, MIN), (8, MAJ), (3, MAJ), (10, MAJ)],
        &[(0, MIN), (10, MAJ), (8, MAJ), (7, MAJ)],
        &[(0, MIN), (5, MIN), (8, MAJ), (7, SEVEN)],
        &[(0, MIN), (3, MAJ), (10, MAJ), (5, MIN)],
    ],
};

pub(super) const JAZZ: Idiom = Idiom {
    major: &[
        &[(2, MIN7), (7, SEVEN), (0, MAJ7), (9, SEVEN)],
        &[(0, MAJ7), (9, MIN7), (2, MIN7), (7, SEVEN)],
        &[(0, SEVEN), (5, SEVEN), (0, SEVEN), (0, SEVEN), (5, SEVEN), (5, SEVEN)],
        &[(4, MIN7), (9, SEVEN), (2, MIN7), (7, SEVEN)],
    ],
    minor: &[
        &[(2, HALF), (7, SEVEN), (0, MIN7), (0, MIN7)],
        &[(5, MIN7), (10, SEVEN), (3, MAJ7), (8, MAJ7), (2, HALF), (7, SEVEN), (0, MIN7)],
    ],
};

pub(super) const CLASSICAL: Idiom = Idiom {
    major: &[
        &[(0, MAJ), (5, MAJ), (7, SEVEN), (0, MAJ)],
        &[(0, MAJ), (7, MAJ), (9, MIN), (4, MIN), (5, MAJ), (0, MAJ), (5, MAJ), (7, MAJ)],
        &[(0, MAJ), (2, MIN), (7, SEVEN), (0, MAJ), (5, MAJ), (11, DIM), (0, MAJ), (7, MAJ)],
    ],
    minor: &[
        &[(0, MIN), (5, MIN), (7, SEVEN), (0, MIN)],
        &[(0, MIN), (5, MIN), (10, MAJ), (3, MAJ), (8, MAJ), (2, DIM), (7, MAJ), (0, MIN)],
    ],
};

impl Key {
    pub(super) fn any(rng: &mut Rng) -> Self {
        Self { tonic: rng.u8(..12), minor: rng.u8(..10) < 4 }
    }

    /// As a file's name says it.
    pub(super) fn name(self) -> String {
        const NAMES: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
        let mode = if self.minor { "minor" } else { "major" };
        format!("{} {mode}", NAMES[usize::from(self.tonic)])
    }

    /// Sharps of its signature; flats are negative.
    pub(super) fn sharps(self) -> i8 {
        let major = if self.minor { self.tonic + 3 } else { self.tonic };
        (i32::from(major) * 7 + 5).rem_euclid(12) as i8 - 5
    }

    /// Whether the pitch is on its scale.
    pub(super) fn has(self, pitch: u8) -> bool {
        let degrees = if self.minor { [0, 2, 3, 5, 7, 8, 10] } else { [0, 2, 4, 5, 7, 9, 11] };
        degrees.contains(&((pitch + 12 - self.tonic) % 12))
    }

    /// A chord for each bar.
    pub(super) fn progression(self, idiom: &Idiom, bars: usize, rng: &mut Rng) -> Vec<Chord> {
        let choices = if self.minor { idiom.minor } else { idiom.major };
        let chords = choices[rng.usize(..choices.len())];
        let chord = |&(degree, intervals)| Chord { root: (self.tonic + degree) % 12, intervals };
        chords.iter().map(chord).cycle().take(bars).collect()
    }
}

impl Chord {
    /// Whether the pitch is one of its notes.
    pub(super) fn has(&self, pitch: u8) -> bool {
        self.intervals.contains(&((pitch + 12 - self.root) % 12))
    }

    /// Its root, at `low` or less than an octave above it.
    pub(super) fn root_from(&self, low: u8) -> u8 {
        low + (self.root + 12 - low % 12) % 12
    }

    /// All its notes in close position, at `low` or less than an octave above it.
    pub(super) fn voiced_from(&self, low: u8) -> impl Iterator<Item = u8> {
        (low..low + 12).filter(|&pitch| self.has(pitch))
    }
}

/// The pitch nearest to this one for which `fits` holds.
pub(super) fn nearest(pitch: u8, fits: impl Fn(u8) -> bool) -> u8 {
    let around = (0..12).flat_map(|distance| [pitch + distance, pitch - distance]);
    around.into_iter().find(|&candidate| fits(candidate)).unwrap_or(pitch)
}
