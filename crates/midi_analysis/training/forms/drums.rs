//! Drums: a beat, and a fill before what is new.

use super::band::Played;
use super::support::random::Random;

/// Their part, which is also their channel.
pub const DRUMS: u8 = 9;
const KICK: i32 = 36;
const SNARE: i32 = 38;
const HAT: i32 = 42;
const TOMS: [i32; 3] = [48, 45, 41];

/// A beat: in eighths of a bar, what is struck besides the hat.
pub struct Beat {
    kicks: Vec<usize>,
    snares: Vec<usize>,
    hats: usize,
}

impl Beat {
    pub fn of(random: &mut Random, bar: f64) -> Self {
        let eighths = (2.0 * bar) as usize;
        let third = random.below(eighths);
        let waltz = eighths == 6;
        Self {
            kicks: if waltz { vec![0] } else { vec![0, 4, third] },
            snares: if waltz { vec![2, 4] } else { vec![2, 6] },
            hats: random.of(&[1, 1, 2]),
        }
    }

    /// One bar, with a fill in its second half if there is one.
    pub fn play(&self, bar: f64, from: f64, fill: bool, to: &mut Vec<Played>) {
        let eighths = (2.0 * bar) as usize;
        let played = if fill { eighths / 2 } else { eighths };
        let mut strike = |at: f64, pitch: i32| {
            to.push(Played { start: from + at, quarters: 0.2, pitch, part: DRUMS });
        };
        for eighth in 0..played {
            let at = eighth as f64 / 2.0;
            if eighth.is_multiple_of(self.hats) {
                strike(at, HAT);
            }
            if self.kicks.contains(&eighth) {
                strike(at, KICK);
            }
            if self.snares.contains(&eighth) {
                strike(at, SNARE);
            }
        }
        for sixteenth in 2 * played..2 * eighths {
            strike(sixteenth as f64 / 4.0, TOMS[(sixteenth / 3) % TOMS.len()]);
        }
    }
}
