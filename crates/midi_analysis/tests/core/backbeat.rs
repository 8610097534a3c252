//! Declared tempos of which kick and snare say half or double.

use crate::support::{QUARTER, analyze, meta, placed, smf, tempo};
use midi_analysis::Rhythm;

const DRUMS: u8 = 9;
const KICK: u8 = 36;
const SNARE: u8 = 38;
const HAT: u8 = 42;
const TIME_SIGNATURE: u8 = 0x58;

/// A bar of drums: its quarter notes, and where in it each drum plays.
struct Groove {
    quarters: f64,
    kicks: &'static [f64],
    snares: &'static [f64],
    hats: &'static [f64],
}

/// Halves of its quarter notes are beats.
const ROCK_IN_HALVES: Groove = Groove {
    quarters: 2.0,
    kicks: &[0.0, 1.0, 1.25],
    snares: &[0.5, 1.5],
    hats: &[0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75],
};
const FOUR_ON_THE_FLOOR_IN_HALVES: Groove = Groove {
    quarters: 2.0,
    kicks: &[0.0, 0.5, 1.0, 1.5],
    snares: &[0.5, 1.5],
    hats: &[0.25, 0.75, 1.25, 1.75],
};
/// The same, and every other beat of a kick has none.
const SYNCOPATED_IN_HALVES: Groove = Groove {
    quarters: 2.0,
    kicks: &[0.0, 0.375, 1.25],
    snares: &[0.5, 1.5],
    hats: &[0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75],
};
/// Two of its quarter notes are a beat.
const FUNK_IN_PAIRS: Groove = Groove {
    quarters: 8.0,
    kicks: &[0.0, 3.0, 4.0, 5.0],
    snares: &[2.0, 6.0],
    hats: &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
};
/// Its quarter notes are beats.
const ROCK: Groove = Groove {
    quarters: 4.0,
    kicks: &[0.0, 2.0, 2.5],
    snares: &[1.0, 3.0],
    hats: &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5],
};
/// Three of its eighth notes are a beat.
const SIX_EIGHT: Groove = Groove {
    quarters: 3.0,
    kicks: &[0.0, 1.0],
    snares: &[1.5],
    hats: &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5],
};

impl Groove {
    /// The rhythm of 24 bars with a bass and a chord in each, in quarter notes of a declared tempo.
    fn heard(&self, declared: f64, meter: [u8; 4]) -> Rhythm {
        let mut notes = Vec::new();
        let mut put = |quarter: f64, quarters: f64, channel: u8, pitch: u8| {
            let ticks = |quarters: f64| (quarters * f64::from(QUARTER)).round() as u32;
            notes.push((ticks(quarter), ticks(quarters), channel, pitch));
        };
        for bar in 0..24_u8 {
            let from = f64::from(bar) * self.quarters;
            let root = [60, 57, 65, 67][usize::from(bar) % 4];
            [0, 4, 7].iter().for_each(|step| put(from, self.quarters * 0.9, 1, root + step));
            self.kicks.iter().for_each(|at| put(from + at, 0.2, 2, root - 24));
            for (drum, places) in [(KICK, self.kicks), (SNARE, self.snares), (HAT, self.hats)] {
                places.iter().for_each(|at| put(from + at, 0.1, DRUMS, drum));
            }
        }
        notes.sort_unstable();
        let head = [tempo(0, declared), meta(0, TIME_SIGNATURE, &meter)];
        analyze(&smf(0, &[[head.concat(), placed(&notes)].concat()])).rhythm
    }
}

const FOUR_FOUR: [u8; 4] = [4, 2, 24, 8];

fn assert_bpm(rhythm: &Rhythm, bpm: f64) {
    assert!(rhythm.bpm.is_some_and(|found| (found / bpm - 1.0).abs() < 0.01), "{rhythm:?}: {bpm}");
}

#[test]
fn kick_and_snare_on_halves_of_slow_quarter_notes_double_the_tempo() {
    for groove in [ROCK_IN_HALVES, FOUR_ON_THE_FLOOR_IN_HALVES, SYNCOPATED_IN_HALVES] {
        for declared in [54.0, 61.0, 67.0, 71.0] {
            assert_bpm(&groove.heard(declared, FOUR_FOUR), 2.0 * declared);
        }
    }
}

#[test]
fn a_snare_on_the_third_of_four_fast_quarter_notes_halves_the_tempo() {
    for declared in [190.0, 204.0, 218.0] {
        assert_bpm(&FUNK_IN_PAIRS.heard(declared, FOUR_FOUR), 0.5 * declared);
    }
}

#[test]
fn other_slow_and_fast_drums_keep_the_declared_tempo() {
    for declared in [60.0, 67.0, 74.0, 188.0, 200.0] {
        let rhythm = ROCK.heard(declared, FOUR_FOUR);
        assert_bpm(&rhythm, declared);
        assert!(rhythm.bpm_confidence.is_some_and(|confidence| confidence > 0.7), "{rhythm:?}");
    }
    for declared in [60.0, 72.0] {
        let rhythm = SIX_EIGHT.heard(declared, [6, 3, 36, 8]);
        assert_bpm(&rhythm, declared);
        assert!(rhythm.bpm_confidence.is_some_and(|confidence| confidence > 0.7), "{rhythm:?}");
    }
    for declared in [96.0, 120.0] {
        assert_bpm(&ROCK_IN_HALVES.heard(declared, FOUR_FOUR), declared);
    }
}
