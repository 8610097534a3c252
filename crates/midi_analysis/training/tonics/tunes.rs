//! Tunes of eight-bar strains over chords, as of dances and songs, in major, minor and the modes; and phrases
//! of a single line.

use super::band::{Band, Chord, LEAD, Played};
use super::support::random::Random;
use super::{Song, shared, sure};

/// Share of listeners who hear a tune in the key of its second strain, with which it ends.
const ENDS_AWAY: f64 = 0.4;

const MAJOR: &[i32] = &[0, 4, 7];
const MINOR: &[i32] = &[0, 3, 7];
const SEVENTH: &[i32] = &[0, 4, 7, 10];

struct Mode {
    scale: &'static [i32],
    minor: bool,
    /// Chords that begin a strain, that go on, and that close it before the tonic.
    chords: &'static [(i32, &'static [i32])],
    closes: &'static [(i32, &'static [i32])],
}

const MODES: [Mode; 5] = [
    Mode {
        scale: &[0, 2, 4, 5, 7, 9, 11],
        minor: false,
        chords: &[
            (0, MAJOR),
            (0, MAJOR),
            (5, MAJOR),
            (7, MAJOR),
            (7, SEVENTH),
            (9, MINOR),
            (2, MINOR),
        ],
        closes: &[(7, SEVENTH), (7, MAJOR)],
    },
    Mode {
        scale: &[0, 2, 3, 5, 7, 8, 11],
        minor: true,
        chords: &[
            (0, MINOR),
            (0, MINOR),
            (5, MINOR),
            (7, MAJOR),
            (7, SEVENTH),
            (3, MAJOR),
            (8, MAJOR),
        ],
        closes: &[(7, SEVENTH), (7, MAJOR)],
    },
    Mode {
        scale: &[0, 2, 3, 5, 7, 8, 10],
        minor: true,
        chords: &[(0, MINOR), (0, MINOR), (10, MAJOR), (3, MAJOR), (5, MINOR), (7, MINOR)],
        closes: &[(7, MINOR), (10, MAJOR), (7, SEVENTH)],
    },
    Mode {
        scale: &[0, 2, 3, 5, 7, 9, 10],
        minor: true,
        chords: &[(0, MINOR), (0, MINOR), (10, MAJOR), (5, MAJOR), (7, MINOR), (10, MAJOR)],
        closes: &[(10, MAJOR), (7, MINOR)],
    },
    Mode {
        scale: &[0, 2, 4, 5, 7, 9, 10],
        minor: false,
        chords: &[(0, MAJOR), (0, MAJOR), (10, MAJOR), (5, MAJOR), (7, MINOR), (10, MAJOR)],
        closes: &[(10, MAJOR), (5, MAJOR)],
    },
];

/// Strains, each repeated, with or without chords, in the key of the first one. A second may be in the
/// relative key; where the tune ends in it, some listeners hear it as the key of the whole.
pub fn tune(random: &mut Random, tonic: i32) -> Song {
    let mode = &MODES[random.of(&[0, 0, 0, 0, 1, 1, 2, 3, 4])];
    let (other, away) = if mode.minor { (&MODES[0], 3) } else { (&MODES[random.of(&[1, 2])], 9) };
    let band = Band::of(random, tonic, false, mode.scale);
    let bar = random.of(&[2.0, 3.0, 4.0]);
    let alone = random.happens(0.25);
    let turns = random.happens(0.3);
    let mut notes: Vec<Played> = Vec::new();
    let mut now = 0.0;
    let strains = random.of(&[1, 2, 2, 3]);
    for number in 0..strains {
        let (mode, tonic) =
            if turns && number == 1 { (other, tonic + away) } else { (mode, tonic) };
        let strain = strain(random, mode, bar);
        for _ in 0..2 {
            now = band.play(random, tonic, &strain, now, &mut notes);
            close(&mut notes, tonic, now, bar);
        }
    }
    if alone {
        notes.retain(|note| note.part == LEAD);
    }
    let doubt = if turns && strains == 2 { ENDS_AWAY } else { 0.0 };
    Song { notes, keys: shared(tonic, mode.minor, doubt) }
}

fn strain(random: &mut Random, mode: &Mode, bar: f64) -> [Chord; 8] {
    let chord = |(root, tones): (i32, &'static [i32])| Chord { root, tones, quarters: bar };
    let mut strain = [chord(mode.chords[0]); 8];
    let first = usize::from(random.happens(0.7));
    strain[first..6].iter_mut().for_each(|each| *each = chord(random.of(mode.chords)));
    strain[6] = chord(random.of(mode.closes));
    strain
}

/// A single line of a few steps that begins in the chord of the tonic and ends on the tonic.
pub fn phrase(random: &mut Random, tonic: i32) -> Song {
    let mode = &MODES[random.of(&[0, 0, 0, 1, 1, 1, 2])];
    let third = if mode.minor { 3 } else { 4 };
    let steps = mode.scale.len() as i32;
    // The degree, counted on beyond the octave.
    let mut degree = random.of(&[0, 0, 2, 4]);
    let start = [0, 2, third, 5, 7][degree as usize];
    let low = 54 + (tonic + 6) % 12;
    let count = random.between(7, 32);
    let pitch = |degree: i32| {
        low + degree.div_euclid(steps) * 12 + mode.scale[degree.rem_euclid(steps) as usize]
    };
    let mut notes = vec![Played { start: 0.0, quarters: 1.0, pitch: low + start, part: LEAD }];
    let mut now = 1.0;
    for left in (1..count).rev() {
        degree = match left {
            1 => 0,
            2 => random.of(&[-1, -1, 1]),
            _ => (degree + random.of(&[-2, -1, -1, -1, 1, 1, 1, 2, 4])).clamp(-4, 9),
        };
        let quarters = random.of(&[0.5, 1.0, 1.0, 1.0, 2.0]);
        notes.push(Played { start: now, quarters, pitch: pitch(degree), part: LEAD });
        now += quarters;
    }
    Song { notes, keys: sure(tonic, mode.minor) }
}

/// Lets the last notes of the lead, in the bar before `end`, rest on the tonic.
fn close(notes: &mut [Played], tonic: i32, end: f64, bar: f64) {
    for note in notes.iter_mut().filter(|note| note.part == LEAD && note.start >= end - bar / 2.0) {
        note.pitch = 60 + (tonic + 12 - 60).rem_euclid(12) + if note.pitch > 72 { 12 } else { 0 };
    }
}
