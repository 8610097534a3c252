//! The blues: in I, though every chord is a dominant seventh.

use super::band::{Band, Chord, Played};
use super::support::random::Random;
use super::{Song, sure};

const BAR: f64 = 4.0;
const BLUES_SCALE: &[i32] = &[0, 3, 5, 6, 7, 10];
const MINOR_PENTATONIC: &[i32] = &[0, 3, 5, 7, 10];
const MAJOR_PENTATONIC: &[i32] = &[0, 2, 4, 7, 9];
const MIXOLYDIAN: &[i32] = &[0, 2, 4, 5, 7, 9, 10];
const DORIAN: &[i32] = &[0, 2, 3, 5, 7, 9, 10];
const MIXED: &[i32] = &[0, 2, 3, 4, 5, 7, 9, 10];

/// Roots of the bars.
const MAJOR: [&[i32]; 11] = [
    &[0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0],
    &[0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7],
    &[0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7],
    &[0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0],
    &[0, 0, 0, 0, 5, 5, 0, 0, 7, 7, 0, 0],
    &[0, 5, 0, 0, 5, 6, 0, 9, 2, 7, 0, 7],
    &[0, 7, 5, 5, 0, 7, 0, 7],
    &[0, 0, 5, 5, 0, 7, 0, 0],
    &[0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0],
    &[0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 7, 5, 7, 5, 0, 0],
    &[0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 0, 0, 0, 0, 7, 7, 5, 5, 0, 0, 0, 7],
];
const MINOR: [&[i32]; 5] = [
    &[0, 0, 0, 0, 5, 5, 0, 0, 8, 7, 0, 0],
    &[0, 0, 0, 0, 5, 5, 0, 0, 8, 7, 0, 7],
    &[0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0],
    &[0, 5, 0, 0, 5, 5, 0, 0, 2, 7, 0, 7],
    &[0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7],
];

/// A blues of one to six choruses.
pub fn blues(random: &mut Random, tonic: i32) -> Song {
    let minor = random.happens(0.22);
    let (kinds, scales): (&[&[i32]], &[&'static [i32]]) = if minor {
        (&MINOR, &[&[], BLUES_SCALE, MINOR_PENTATONIC, DORIAN])
    } else {
        (&MAJOR, &[&[], &[], BLUES_SCALE, MINOR_PENTATONIC, MAJOR_PENTATONIC, MIXOLYDIAN, MIXED])
    };
    let bars = random.of(kinds);
    let scale = random.of(scales);
    let band = Band::of(random, tonic, true, scale);
    let colour = random.below(5);
    let chord =
        |root: i32, quarters: f64| Chord { root, tones: tones(minor, root, colour), quarters };
    let chorus: Vec<Chord> = bars.iter().map(|&root| chord(root, BAR)).collect();
    let mut notes: Vec<Played> = Vec::new();
    let mut now = 0.0;
    if random.happens(0.15) {
        let intro: &[i32] = random.of(&[&[7, 5, 0, 7], &[0, 7], &[7]]);
        let intro: Vec<Chord> = intro.iter().map(|&root| chord(root, BAR)).collect();
        now = band.play(random, tonic, &intro, now, &mut notes);
    }
    for _ in 0..random.of(&[1, 1, 2, 2, 3, 5]) {
        now = band.play(random, tonic, &chorus, now, &mut notes);
    }
    if random.happens(0.4) {
        band.play(random, tonic, &[chord(0, BAR)], now, &mut notes);
    }
    Song { notes, keys: sure(tonic, minor) }
}

fn tones(minor: bool, root: i32, colour: usize) -> &'static [i32] {
    if root == 6 {
        return &[0, 3, 6, 9];
    }
    if minor {
        return match root {
            0 | 5 => {
                [&[0, 3, 7][..], &[0, 3, 7, 10], &[0, 3, 7, 10], &[0, 3, 7, 9], &[0, 3, 10, 14]]
                    [colour]
            }
            2 => &[0, 3, 6, 10],
            _ => &[0, 4, 7, 10],
        };
    }
    match root {
        2 if colour > 1 => &[0, 3, 7, 10],
        _ => [
            &[0, 4, 7, 10][..],
            &[0, 4, 10],
            &[0, 4, 7, 10, 14],
            &[0, 4, 7, 10],
            &[0, 4, 10, 14, 21],
        ][colour],
    }
}
