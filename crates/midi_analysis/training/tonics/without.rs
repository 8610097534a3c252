//! Music without a key, or with so little of it that one can only guess.

use super::band::Played;
use super::support::random::Random;
use super::{KEYS, Song, shared};

/// Rows, symmetrical scales, clusters and pitches at random: every key is as likely.
pub fn atonal(random: &mut Random) -> Song {
    let length = random.of(&[12, 24, 48, 96, 300]);
    let low = random.between(36, 60);
    let start = random.between(0, 11);
    let kind = random.below(8);
    let mut row: Vec<i32> = (0..12).collect();
    (1..12).rev().for_each(|last| row.swap(last, random.below(last + 1)));
    let symmetrical: &[i32] = random.of(&[
        &[0, 2, 4, 6, 8, 10][..],
        &[0, 1, 3, 4, 6, 7, 9, 10],
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        &[0, 3, 6, 9],
        &[0, 4, 8],
        &[0, 1, 4, 5, 8, 9],
    ]);
    let mut notes: Vec<Played> = Vec::new();
    let mut now = 0.0;
    for n in 0..length {
        let quarters = if kind < 4 { 1.0 } else { random.of(&[0.25, 0.5, 1.0, 2.0]) };
        let turn = row[n % 12];
        let form = if n / 12 % 2 == 1 { (12 - turn) % 12 } else { turn };
        let count = symmetrical.len();
        let pitches: Vec<i32> = match kind {
            0 | 1 | 4 => vec![form + start % 12],
            2 => vec![start + symmetrical[n % count] + 12 * (n / count % 2) as i32],
            3 => vec![start + symmetrical[(count - 1) - n % count]],
            5 => vec![start + symmetrical[random.below(count)] + 12 * random.between(0, 2)],
            6 => vec![random.between(0, 35)],
            _ => {
                let root = random.between(0, 23);
                let width = random.between(1, 3);
                (0..random.between(3, 5)).map(|n| root + n * width).collect()
            }
        };
        for pitch in pitches {
            notes.push(Played { start: now, quarters, pitch: low + pitch, part: 0 });
        }
        now += quarters;
    }
    Song { notes, keys: [1.0 / KEYS as f64; KEYS] }
}

/// A single chord, an arpeggio or a scale, a few times.
pub fn fragment(random: &mut Random, tonic: i32) -> Song {
    const MAJOR: [&[i32]; 5] =
        [&[0, 4, 7], &[0, 4, 7, 11], &[0, 4, 7, 9], &[0, 4, 7, 12], &[0, 2, 4, 5, 7, 9, 11, 12]];
    const MINOR: [&[i32]; 5] =
        [&[0, 3, 7], &[0, 3, 7, 10], &[0, 3, 7, 9], &[0, 3, 7, 12], &[0, 2, 3, 5, 7, 8, 10, 12]];
    let minor = random.happens(0.4);
    let tones = random.of(if minor { &MINOR } else { &MAJOR });
    let together = random.happens(0.5) && tones.len() < 8;
    let quarters = random.of(&[0.5, 1.0, 4.0]);
    let low = 48 + tonic;
    let mut notes = Vec::new();
    let mut now = 0.0;
    for turn in 0..random.of(&[1, 2, 4, 8]) {
        for index in 0..tones.len() {
            let down = turn % 2 == 1 && tones.len() == 8;
            let tone = tones[if down { tones.len() - 1 - index } else { index }];
            notes.push(Played { start: now, quarters, pitch: low + tone, part: 0 });
            now += if together { 0.0 } else { quarters };
        }
        now += if together { quarters } else { 0.0 };
    }
    let doubt = if minor { 0.2 } else { 0.08 };
    Song { notes, keys: shared(tonic, minor, doubt) }
}
