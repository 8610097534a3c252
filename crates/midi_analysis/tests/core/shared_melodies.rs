//! Melodies that several voices share: in parallel, or one after the other.

use crate::support::{QUARTER, placed, program, quantity, read, smf};

const Q: u32 = QUARTER as u32;
/// Steps of a major scale, eight notes for each two bars.
const STEPS: [i32; 32] = [
    4, 5, 6, 7, 8, 7, 6, 4, 5, 4, 3, 5, 4, 2, 3, 1, 4, 5, 6, 7, 9, 8, 7, 6, 5, 7, 6, 4, 3, 5, 4, 4,
];
/// A third, a fourth, a sixth, an octave and a tenth below, and a chord.
const BELOW: [&[i32]; 6] = [&[2], &[3], &[5], &[7], &[9], &[2, 4]];

/// Pitch of a step in G major.
fn major(step: i32) -> u8 {
    const SCALE: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
    (67 + 12 * step.div_euclid(7) + SCALE[step.rem_euclid(7) as usize]) as u8
}

fn tune() -> Vec<u8> {
    STEPS.iter().map(|&step| major(step)).collect()
}

fn melody(file: &[u8]) -> Vec<u8> {
    read(file).melody().expect("the file has notes").map(|note| note.pitch).collect()
}

/// A track of notes (start, ticks, pitch, velocity) on one channel.
fn played(notes: &[(u32, u32, u8, u8)]) -> Vec<u8> {
    let mut messages: Vec<(u32, [u8; 3])> = notes
        .iter()
        .flat_map(|&(start, ticks, pitch, velocity)| {
            [(start, [0x90, pitch, velocity]), (start + ticks, [0x80, pitch, 0])]
        })
        .collect();
    messages.sort_unstable();
    let mut now = 0;
    let mut track = Vec::new();
    for (tick, message) in messages {
        track.extend(quantity(tick - now));
        track.extend(message);
        now = tick;
    }
    track
}

/// Numbers below a bound that look like chance.
struct Chance(u32);

impl Chance {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % bound
    }
}

/// The tune with other lines below it, over broken chords: all in one track, each note up to so many ticks late, and
/// louder or softer by up to as much as given.
fn parallel(below: &[i32], late: u32, louder: u32) -> Vec<u8> {
    let mut chance = Chance(late + 7);
    let mut notes = Vec::new();
    let mut add = |start: u32, ticks: u32, pitch: u8, velocity: u32| {
        let velocity = velocity + chance.below(2 * louder + 1) - louder;
        notes.push((start + chance.below(late + 1), ticks, pitch, velocity as u8));
    };
    for (beat, &step) in (0..).zip(&STEPS) {
        for &down in below {
            add(beat * Q, Q - 8, major(step - down), 78);
        }
        add(beat * Q, Q - 8, major(step), 84);
        let root = [43, 38, 40, 36][beat as usize / 4 % 4];
        for (half, up) in [(0, 0), (1, 7)] {
            add(beat * Q + half * Q / 2, Q / 2, root + up, 60);
        }
    }
    smf(0, &[played(&notes)])
}

#[test]
fn the_upper_of_lines_in_parallel_is_the_melody_however_they_are_played() {
    for below in BELOW {
        // At 120 quarter notes a minute four ticks are 21 ms.
        for (late, louder) in [(0, 0), (0, 16), (1, 10), (4, 16)] {
            let found = melody(&parallel(below, late, louder));
            assert_eq!(found, tune(), "{below:?} below, {late} late, {louder} louder");
        }
    }
}

/// The tune twice, each beat of it played by the instrument with the number that is given, on tracks of their own,
/// and what else is played.
fn handed(to: impl Fn(u32) -> usize, others: &[Vec<u8>]) -> Vec<u8> {
    const PROGRAMS: [u8; 3] = [73, 68, 71];
    let mut instruments = [const { Vec::new() }; PROGRAMS.len()];
    for (beat, pitch) in (0..).zip([tune(), tune()].concat()) {
        let number = to(beat);
        instruments[number].push((beat * Q, Q - 6, number as u8, pitch));
    }
    let tracks = instruments.iter().enumerate().filter(|(_, notes)| !notes.is_empty());
    let tracks = tracks
        .map(|(number, notes)| [program(number as u8, PROGRAMS[number]), placed(notes)].concat());
    smf(1, &tracks.chain(others.iter().cloned()).collect::<Vec<_>>())
}

/// Chords of a bar each below the tune.
fn chords() -> Vec<u8> {
    let bar = |bar: u32| {
        let root = [43, 50, 52, 48][bar as usize % 4];
        [0, 4, 7].map(|up| (4 * bar * Q, 4 * Q, 5, root + up))
    };
    placed(&(0..16).flat_map(bar).collect::<Vec<_>>())
}

#[test]
fn a_tune_that_passes_between_instruments_is_one_melody() {
    let whole = [tune(), tune()].concat();
    let rules: [fn(u32) -> usize; 5] = [
        |beat| beat as usize / 16 % 2,
        |beat| beat as usize / 8 % 2,
        |beat| beat as usize / 32,
        |beat| beat as usize / 16 % 3,
        |beat| usize::from((16..40).contains(&beat)),
    ];
    for (number, rule) in rules.into_iter().enumerate() {
        assert_eq!(melody(&handed(rule, &[chords()])), whole, "rule {number}");
        assert_eq!(melody(&handed(rule, &[])), whole, "rule {number}, alone");
    }
}

#[test]
fn what_fills_rests_or_plays_below_is_not_the_melody() {
    // The tune rests for a bar in eight.
    let rests = |beat: u32| beat % 32 >= 28;
    let sung: Vec<_> = (0..)
        .zip([tune(), tune()].concat())
        .filter(|&(beat, _)| !rests(beat))
        .map(|(beat, pitch)| (beat * Q, Q - 6, 0, pitch))
        .collect();
    let fill: Vec<_> = (56..64)
        .chain(120..128)
        .map(|half| (half * Q / 2, Q / 2 - 6, 1, 64 + (half % 4) as u8 * 2))
        .collect();
    let counter: Vec<_> =
        (0..32).map(|two| (two * 2 * Q, 2 * Q, 1, 57 + (two * 5 % 13) as u8)).collect();
    let bass: Vec<_> = (0..64).map(|beat| (beat * Q, Q, 1, 36 + (beat % 5) as u8)).collect();
    let expected: Vec<u8> = sung.iter().map(|&(.., pitch)| pitch).collect();
    for other in [fill, counter, bass] {
        let other = [program(1, 24), placed(&other)].concat();
        let tracks = [[program(0, 73), placed(&sung)].concat(), other, chords()];
        assert_eq!(melody(&smf(1, &tracks)), expected);
    }
}
