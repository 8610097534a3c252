//! What a note follows, or what follows it: how soon its pitch and those near it are heard, and the line of the
//! highest notes.

use crate::analysis::melody::heard::Heard;
use crate::analysis::melody::pitches::{FAR, OCTAVE, Pitches, bounded, squashed_or_one};

const PITCHES: usize = 128;
const VELOCITY_UNIT: f32 = 32.0;
/// The scale of how soon attacks follow one another, and of how soon a pitch returns.
const SHORT_S: f64 = 0.3;
const LONG_S: f64 = 2.0;
/// Weights of the newest attack in the running means of the highest notes.
const GAINS: [f32; 3] = [0.5, 0.15, 0.03];
/// The same in the running mean of their velocities.
const LOUD_GAIN: f32 = 0.1;
/// Numbers that describe a note in one direction.
pub(super) const SIDE: usize = 10;

/// When each pitch was last heard, in one direction of time.
pub(super) struct Times {
    last: [f64; PITCHES],
    before: [f64; PITCHES],
    means: [f32; 3],
    loud: f32,
    attack: Pitches,
    attack_s: f64,
}

impl Times {
    pub(super) fn new(first: Option<&Heard>) -> Self {
        let pitch = first.map_or(60.0, |heard| f32::from(heard.note.pitch));
        Self {
            last: [f64::INFINITY; PITCHES],
            before: [f64::INFINITY; PITCHES],
            means: [pitch; 3],
            loud: first.map_or(64.0, |heard| f32::from(heard.note.velocity)),
            attack: Pitches::default(),
            attack_s: f64::INFINITY,
        }
    }

    fn since(&self, pitch: usize, now: f64) -> f64 {
        (now - self.last[pitch]).abs()
    }

    /// Describes a note by what lies on this side of it.
    pub(super) fn describe(&self, heard: &Heard, to: &mut [f32]) {
        let pitch = usize::from(heard.note.pitch & 0x7f);
        let now = heard.start_s;
        for (to, mean) in to.iter_mut().zip(self.means) {
            *to = bounded((f32::from(heard.note.pitch) - mean) / OCTAVE);
        }
        let since = self.since(pitch, now);
        to[3] = squashed_or_one(since, LONG_S);
        let gap = (self.last[pitch] - self.before[pitch]).abs();
        to[4] =
            if gap.is_finite() && gap + since > 0.0 { (since / (gap + since)) as f32 } else { 0.0 };
        let near = [pitch.wrapping_sub(2), pitch.wrapping_sub(1), pitch + 1, pitch + 2];
        let near = near.into_iter().filter(|&near| near < PITCHES);
        let near = near.fold(f64::INFINITY, |least, near| least.min(self.since(near, now)));
        to[5] = squashed_or_one(near, LONG_S);
        to[6] = if self.attack.0 == 0 { FAR } else { self.attack.to_nearest(heard.note.pitch) };
        to[7] = squashed_or_one((now - self.attack_s).abs(), SHORT_S);
        to[8] = (f32::from(heard.note.velocity) - self.loud) / VELOCITY_UNIT;
        to[9] = if self.attack.0 == 0 {
            0.0
        } else {
            bounded(self.attack.to_highest(heard.note.pitch))
        };
    }

    /// Goes on to the next attack in this direction.
    pub(super) fn pass(&mut self, notes: &[Heard]) {
        let Some(top) = notes.first() else { return };
        self.attack = Pitches::default();
        self.attack_s = top.start_s;
        for heard in notes {
            let pitch = usize::from(heard.note.pitch & 0x7f);
            self.attack.add(heard.note.pitch);
            self.before[pitch] = self.last[pitch];
            self.last[pitch] = heard.start_s;
        }
        for (mean, gain) in self.means.iter_mut().zip(GAINS) {
            *mean += gain * (f32::from(top.note.pitch) - *mean);
        }
        self.loud += LOUD_GAIN * (f32::from(top.note.velocity) - self.loud);
    }
}
