//! Loops in major that borrow chords of the minor key: the chord of the tonic is major, so the key is too.

use super::loops::Kind::{self, Major, Minor};
use super::loops::turns;
use super::support::random::Random;
use super::{Song, divided};

/// A loop, and which share of listeners takes the tonic for the dominant of a minor key instead.
struct Loop {
    chords: &'static [(i32, Kind)],
    dominant: f64,
}

const fn over(chords: &'static [(i32, Kind)], dominant: f64) -> Loop {
    Loop { chords, dominant }
}

const LOOPS: [Loop; 26] = [
    over(&[(0, Major), (8, Major), (10, Major), (0, Major)], 0.0),
    over(&[(0, Major), (0, Major), (8, Major), (10, Major)], 0.0),
    over(&[(8, Major), (10, Major), (0, Major), (0, Major)], 0.0),
    over(&[(8, Major), (10, Major), (0, Major)], 0.0),
    over(&[(0, Major), (8, Major), (10, Major)], 0.0),
    over(&[(0, Major), (10, Major), (8, Major), (10, Major)], 0.0),
    over(&[(0, Major), (5, Major), (8, Major), (10, Major)], 0.0),
    over(&[(0, Major), (8, Major), (5, Major), (0, Major)], 0.0),
    over(&[(0, Major), (8, Major), (3, Major), (10, Major)], 0.05),
    over(&[(0, Major), (3, Major), (10, Major), (5, Major)], 0.0),
    over(&[(0, Major), (3, Major), (5, Major), (0, Major)], 0.0),
    over(&[(0, Major), (3, Major), (8, Major), (10, Major)], 0.05),
    over(&[(0, Major), (3, Major)], 0.0),
    over(&[(0, Major), (8, Major)], 0.1),
    over(&[(0, Major), (5, Major), (5, Minor), (0, Major)], 0.0),
    over(&[(5, Major), (5, Minor), (0, Major), (0, Major)], 0.0),
    over(&[(0, Major), (4, Major), (5, Major), (5, Minor)], 0.0),
    over(&[(0, Major), (5, Minor), (0, Major), (7, Major)], 0.0),
    over(&[(0, Major), (9, Minor), (5, Minor), (0, Major)], 0.0),
    over(&[(0, Major), (10, Major), (5, Minor), (0, Major)], 0.15),
    // The dominant of a minor key and its tonic are the same two chords.
    over(&[(0, Major), (5, Minor)], 0.5),
    over(&[(0, Major), (5, Minor)], 0.5),
    over(&[(0, Major), (0, Major), (0, Major), (5, Minor)], 0.3),
    over(&[(0, Major), (5, Minor), (5, Minor), (0, Major)], 0.4),
    over(&[(0, Major), (1, Major)], 0.3),
    over(&[(0, Major), (1, Major), (0, Major), (0, Major)], 0.2),
];

/// What the lead plays: the major scale's pentatonic, that of the blues, and both modes at once.
const SCALES: [&[i32]; 6] =
    [&[], &[], &[], &[0, 2, 4, 7, 9], &[0, 3, 5, 7, 10], &[0, 2, 3, 4, 5, 7, 8, 10]];

/// A loop of borrowed chords; that it comes to rest on the major tonic settles most doubt.
pub fn borrowed(random: &mut Random, tonic: i32) -> Song {
    let Loop { chords, dominant } = &LOOPS[random.below(LOOPS.len())];
    let scale = random.of(&SCALES);
    let (notes, rests) = turns(random, tonic, chords, scale);
    let share = if rests { dominant / 3.0 } else { *dominant };
    Song { notes, keys: divided((tonic, false), (tonic + 5, true), share) }
}
