//! Loops and vamps in the modes: the tonic is where they begin, rest or return to.

use super::band::{Band, Chord, Played};
use super::support::random::Random;
use super::{Song, shared, sure};

/// A loop: roots and kinds of its chords, the mode of its scale, whether its key is minor, and which share
/// of listeners hears the relative key instead.
struct Loop {
    chords: &'static [(i32, Kind)],
    scale: &'static [i32],
    minor: bool,
    relative: f64,
}

/// The kind of a chord.
#[derive(Clone, Copy)]
pub enum Kind {
    Major,
    Minor,
    Seventh,
    Open,
}
use Kind::{Major, Minor, Open, Seventh};

const IONIAN: &[i32] = &[0, 2, 4, 5, 7, 9, 11];
const DORIAN: &[i32] = &[0, 2, 3, 5, 7, 9, 10];
const PHRYGIAN: &[i32] = &[0, 1, 3, 5, 7, 8, 10];
const LYDIAN: &[i32] = &[0, 2, 4, 6, 7, 9, 11];
const MIXOLYDIAN: &[i32] = &[0, 2, 4, 5, 7, 9, 10];
const AEOLIAN: &[i32] = &[0, 2, 3, 5, 7, 8, 10];
const HARMONIC: &[i32] = &[0, 2, 3, 5, 7, 8, 11];

const fn minor(chords: &'static [(i32, Kind)], scale: &'static [i32], relative: f64) -> Loop {
    Loop { chords, scale, minor: true, relative }
}

const fn major(chords: &'static [(i32, Kind)], scale: &'static [i32], relative: f64) -> Loop {
    Loop { chords, scale, minor: false, relative }
}

const LOOPS: [Loop; 53] = [
    // Two chords and one.
    minor(&[(0, Minor), (5, Major)], DORIAN, 0.0),
    minor(&[(0, Minor), (5, Seventh)], DORIAN, 0.0),
    minor(&[(0, Minor), (2, Minor)], DORIAN, 0.0),
    minor(&[(0, Minor), (0, Minor), (0, Minor), (5, Seventh)], DORIAN, 0.0),
    minor(&[(0, Minor), (3, Major), (5, Major), (0, Minor)], DORIAN, 0.0),
    minor(&[(0, Minor), (10, Major), (5, Major), (0, Minor)], DORIAN, 0.0),
    minor(&[(0, Minor), (1, Major)], PHRYGIAN, 0.0),
    minor(&[(0, Minor), (1, Major)], PHRYGIAN, 0.0),
    minor(&[(0, Minor), (1, Major), (0, Minor), (0, Minor)], PHRYGIAN, 0.0),
    minor(&[(0, Minor), (0, Minor), (1, Major), (1, Major)], PHRYGIAN, 0.0),
    minor(&[(0, Minor), (1, Major), (10, Minor), (0, Minor)], PHRYGIAN, 0.0),
    minor(&[(0, Minor), (10, Major)], AEOLIAN, 0.05),
    minor(&[(0, Minor), (8, Major)], AEOLIAN, 0.05),
    minor(&[(0, Minor), (5, Minor)], AEOLIAN, 0.0),
    minor(&[(0, Minor), (7, Minor)], AEOLIAN, 0.0),
    minor(&[(0, Minor), (10, Major), (8, Major), (10, Major)], AEOLIAN, 0.05),
    minor(&[(0, Minor), (10, Major), (8, Major), (7, Major)], HARMONIC, 0.0),
    minor(&[(0, Minor), (5, Minor), (7, Seventh), (0, Minor)], HARMONIC, 0.0),
    minor(&[(0, Minor), (7, Seventh)], HARMONIC, 0.0),
    minor(&[(0, Minor), (2, Minor), (7, Seventh), (0, Minor)], HARMONIC, 0.0),
    minor(&[(0, Minor), (5, Minor), (8, Major), (7, Major)], HARMONIC, 0.0),
    minor(&[(0, Minor), (8, Major), (3, Major), (10, Major)], AEOLIAN, 0.45),
    minor(&[(0, Minor), (3, Major), (10, Major), (5, Minor)], AEOLIAN, 0.2),
    minor(&[(0, Minor), (5, Minor), (3, Major), (10, Major)], AEOLIAN, 0.4),
    minor(&[(0, Minor), (10, Major), (5, Minor), (0, Minor)], AEOLIAN, 0.0),
    minor(&[(0, Minor), (3, Major), (8, Major), (10, Major)], AEOLIAN, 0.3),
    minor(&[(0, Minor)], DORIAN, 0.05),
    minor(&[(0, Open), (3, Open), (5, Open), (0, Open)], AEOLIAN, 0.05),
    minor(&[(0, Open), (8, Open), (10, Open), (0, Open)], AEOLIAN, 0.05),
    // Drones, under a melody that tells the mode.
    minor(&[(0, Open)], DORIAN, 0.0),
    minor(&[(0, Open)], AEOLIAN, 0.0),
    minor(&[(0, Open)], PHRYGIAN, 0.0),
    major(&[(0, Open)], MIXOLYDIAN, 0.0),
    major(&[(0, Open)], MIXOLYDIAN, 0.0),
    major(&[(0, Open)], IONIAN, 0.0),
    major(&[(0, Major), (10, Major)], MIXOLYDIAN, 0.0),
    major(&[(0, Seventh), (10, Major)], MIXOLYDIAN, 0.0),
    major(&[(0, Major), (10, Major), (5, Major), (0, Major)], MIXOLYDIAN, 0.0),
    major(&[(0, Major), (10, Major), (5, Major), (5, Major)], MIXOLYDIAN, 0.0),
    major(&[(0, Major), (7, Minor)], MIXOLYDIAN, 0.0),
    major(&[(0, Major), (5, Major), (10, Major), (5, Major)], MIXOLYDIAN, 0.0),
    major(&[(0, Major), (2, Major)], LYDIAN, 0.0),
    major(&[(0, Seventh)], MIXOLYDIAN, 0.0),
    major(&[(0, Seventh), (0, Seventh), (0, Seventh), (5, Seventh)], MIXOLYDIAN, 0.0),
    major(&[(0, Seventh), (5, Seventh)], MIXOLYDIAN, 0.0),
    major(&[(0, Seventh), (5, Seventh), (7, Seventh)], MIXOLYDIAN, 0.0),
    major(&[(0, Seventh), (5, Seventh), (7, Seventh), (0, Seventh)], MIXOLYDIAN, 0.0),
    major(&[(0, Major), (5, Major)], IONIAN, 0.0),
    major(&[(0, Major), (7, Major)], IONIAN, 0.0),
    major(&[(0, Major), (5, Major), (7, Major), (5, Major)], IONIAN, 0.0),
    major(&[(0, Major), (7, Major), (9, Minor), (5, Major)], IONIAN, 0.08),
    major(&[(0, Major), (9, Minor), (5, Major), (7, Major)], IONIAN, 0.05),
    major(&[(5, Major), (7, Major), (0, Major), (9, Minor)], IONIAN, 0.3),
];

/// A loop of one of the modes.
pub fn looped(random: &mut Random, tonic: i32) -> Song {
    let kind = &LOOPS[random.below(LOOPS.len())];
    let alone = matches!(kind.chords, [(_, Open)]);
    let scale = if alone || random.happens(0.45) { kind.scale } else { &[] };
    let (notes, rests) = turns(random, tonic, kind.chords, scale);
    let doubt = if rests { kind.relative / 4.0 } else { kind.relative };
    let keys = if doubt > 0.0 { shared(tonic, kind.minor, doubt) } else { sure(tonic, kind.minor) };
    Song { notes, keys }
}

/// Chords that are played a few times, and whether they come to rest on the tonic.
pub fn turns(
    random: &mut Random,
    tonic: i32,
    chords: &[(i32, Kind)],
    scale: &'static [i32],
) -> (Vec<Played>, bool) {
    let blues = matches!(chords[0].1, Seventh);
    let band = Band::of(random, tonic, blues, scale);
    let colour = random.below(3);
    let quarters = random.of(&[2.0, 4.0, 4.0, 4.0, 8.0]);
    let chord = |&(root, kind): &(i32, Kind)| Chord { root, tones: tones(kind, colour), quarters };
    let first = chords[0].1;
    let chords: Vec<Chord> = chords.iter().map(chord).collect();
    let mut notes: Vec<Played> = Vec::new();
    let mut now = 0.0;
    for _ in 0..random.of(&[1, 2, 2, 4, 4, 8, 12]) {
        now = band.play(random, tonic, &chords, now, &mut notes);
    }
    let rests = random.happens(0.3);
    if rests {
        let last = Chord { quarters: 4.0, ..chord(&(0, first)) };
        let home = chords.iter().find(|chord| chord.root == 0).copied().unwrap_or(last);
        band.play(random, tonic, &[home], now, &mut notes);
    }
    (notes, rests)
}

fn tones(kind: Kind, colour: usize) -> &'static [i32] {
    match kind {
        Major => [&[0, 4, 7][..], &[0, 4, 7], &[0, 4, 7, 14]][colour],
        Minor => [&[0, 3, 7][..], &[0, 3, 7, 10], &[0, 3, 7]][colour],
        Seventh => [&[0, 4, 7, 10][..], &[0, 4, 7, 10], &[0, 4, 7, 10, 14]][colour],
        Open => &[0, 7],
    }
}
