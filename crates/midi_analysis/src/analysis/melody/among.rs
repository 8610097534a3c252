//! What tells a melody from what accompanies it where notes begin together: the numbers that describe a note by its
//! place among those that begin or sound with it, its length, and its loudness.
//!
//! Lengths of time are given as `t / (t + scale)`, which is 0 for none and 1 for an endless one.

use crate::analysis::melody::heard::{ATTACK_S, Heard, Part};
use crate::analysis::melody::pitches::{FAR, OCTAVE, Pitches, bounded, octaves, squashed};

/// A note that ends this soon after an attack does not sound with it: players of a line slur.
const SLUR_S: f64 = 0.05;
const PITCHES: usize = 128;
const VELOCITY_UNIT: f32 = 32.0;
/// The scales of lengths of notes.
const SHORT_S: f64 = 0.3;
const LONG_S: f64 = 2.0;
/// The scale of the distance from the start and from the end.
const INTRO_S: f64 = 15.0;
/// The scale of silence before the next attack, and the longest time to it.
const GAP_S: f64 = 0.05;
const MOST_S: f64 = 10.0;
/// Pitch near the middle of most music, E4.
pub(super) const CENTRE: f32 = 64.0;
/// Most neighbours in an attack that a note is compared with.
const MOST_TOGETHER: usize = 8;
/// Numbers that describe a note among others.
pub(super) const AMONG: usize = 30;

/// What is known of a part as a whole.
pub(super) struct Whole {
    mean_pitch: f32,
    mean_velocity: f32,
    spread_velocity: f32,
    notes_an_attack: f32,
    start_s: f64,
    end_s: f64,
    /// By pitch: the share of notes below it.
    below: [f32; PITCHES],
}

impl Whole {
    pub(super) fn of(part: &Part) -> Self {
        let mut pitches = [0_u32; PITCHES];
        let (mut velocity, mut squares, mut pitch) = (0_u64, 0_u64, 0_u64);
        for heard in &part.notes {
            pitches[usize::from(heard.note.pitch & 0x7f)] += 1;
            pitch += u64::from(heard.note.pitch);
            velocity += u64::from(heard.note.velocity);
            squares += u64::from(heard.note.velocity).pow(2);
        }
        let count = part.notes.len().max(1) as f64;
        let mean = velocity as f64 / count;
        let spread = (squares as f64 / count - mean * mean).max(0.0).sqrt();
        let mut below = [0.0; PITCHES];
        let mut passed = 0_u32;
        for (below, count_at) in below.iter_mut().zip(pitches) {
            *below = ((f64::from(passed) + 0.5 * f64::from(count_at)) / count) as f32;
            passed += count_at;
        }
        Self {
            mean_pitch: (pitch as f64 / count) as f32,
            mean_velocity: mean as f32,
            spread_velocity: spread as f32,
            notes_an_attack: (count / part.attacks.len().max(1) as f64) as f32,
            below,
            start_s: part.notes.first().map_or(0.0, |heard| heard.start_s),
            end_s: part.notes.last().map_or(0.0, |heard| heard.start_s),
        }
    }
}

/// Share of the neighbours in an attack that end with a note.
fn together(notes: &[Heard], heard: &Heard) -> f32 {
    let notes = &notes[..notes.len().min(MOST_TOGETHER)];
    let with = notes.iter().filter(|other| (other.end_s - heard.end_s).abs() < 0.03).count();
    if notes.len() > 1 { (with as f32 - 1.0) / (notes.len() as f32 - 1.0) } else { 0.0 }
}

/// Pitches that sound.
pub(super) struct Sounding {
    pitches: Pitches,
    ends: [f64; PITCHES],
}

impl Default for Sounding {
    fn default() -> Self {
        Self { pitches: Pitches::default(), ends: [0.0; PITCHES] }
    }
}

impl Sounding {
    /// Leaves out what has ended.
    fn advance(&mut self, now: f64) {
        let mut left = self.pitches.0;
        while left != 0 {
            let pitch = left.trailing_zeros();
            left &= left - 1;
            if self.ends[pitch as usize] <= now + SLUR_S {
                self.pitches.0 &= !(1 << pitch);
            }
        }
    }

    /// Adds the next attack to what sounds, the next one after it being at the second `next_s`.
    pub(super) fn strike<'a>(
        &mut self,
        notes: &'a [Heard],
        next_s: f64,
        whole: &'a Whole,
    ) -> Struck<'a> {
        let start_s = notes.iter().map(|heard| heard.start_s).fold(f64::INFINITY, f64::min);
        self.advance(start_s);
        let held = self.pitches;
        let mut struck = Struck {
            notes,
            whole,
            start_s,
            next_s,
            held,
            attack: Pitches::default(),
            twice: Pitches::default(),
            all: held,
            loudest: 0,
            longest_s: 0.0,
        };
        for heard in notes {
            let pitch = heard.note.pitch;
            if struck.attack.has(pitch.into()) {
                struck.twice.add(pitch);
            }
            struck.attack.add(pitch);
            struck.loudest = struck.loudest.max(heard.note.velocity);
            struck.longest_s = struck.longest_s.max(heard.end_s - start_s);
            let end = &mut self.ends[usize::from(pitch & 0x7f)];
            *end = if held.has(pitch.into()) { end.max(heard.end_s) } else { heard.end_s };
        }
        self.pitches.0 |= struck.attack.0;
        struck.all = self.pitches;
        struck
    }
}

/// An attack, and what is held when it comes.
pub(super) struct Struck<'a> {
    pub(super) notes: &'a [Heard],
    whole: &'a Whole,
    start_s: f64,
    next_s: f64,
    held: Pitches,
    attack: Pitches,
    /// Pitches that the attack has twice.
    twice: Pitches,
    /// What sounds from then on.
    all: Pitches,
    loudest: u8,
    longest_s: f64,
}

impl Struck<'_> {
    /// Describes a note of the attack.
    pub(super) fn describe(&self, heard: &Heard) -> [f32; AMONG] {
        let Self { notes, whole, start_s, next_s, held, attack, all, .. } = *self;
        let note = &heard.note;
        let pitch = i32::from(note.pitch);
        let length = heard.end_s - heard.start_s;
        let velocity = f32::from(note.velocity);
        let flag = |holds: bool| f32::from(u8::from(holds));
        let share = |part: f64, all: f64| if all > 0.0 { (part / all) as f32 } else { 0.0 };
        [
            (f32::from(note.pitch) - CENTRE) / OCTAVE,
            (f32::from(note.pitch) - whole.mean_pitch) / OCTAVE,
            whole.below[usize::from(note.pitch & 0x7f)],
            bounded(attack.to_highest(note.pitch)),
            octaves(attack.above(note.pitch)),
            octaves(attack.below(note.pitch)),
            octaves(held.above(note.pitch)),
            octaves(held.below(note.pitch)),
            bounded(all.to_highest(note.pitch)),
            bounded(all.over_lowest(note.pitch)),
            notes.len().min(MOST_TOGETHER) as f32 / 4.0,
            held.0.count_ones().min(8) as f32 / 4.0,
            squashed(length, SHORT_S),
            squashed(length, LONG_S),
            if self.longest_s > 0.0 { share(length, self.longest_s) } else { 1.0 },
            (velocity - f32::from(self.loudest)) / VELOCITY_UNIT,
            (velocity - whole.mean_velocity) / VELOCITY_UNIT,
            whole.spread_velocity / VELOCITY_UNIT,
            ((heard.start_s - start_s) / ATTACK_S) as f32,
            flag(self.twice.has(pitch)),
            flag(attack.has(pitch - 12)),
            flag(attack.has(pitch + 12)),
            (whole.notes_an_attack / 4.0).min(FAR),
            flag(held.has(pitch)),
            squashed(start_s - whole.start_s, INTRO_S),
            squashed(whole.end_s - start_s, INTRO_S),
            squashed(next_s - heard.end_s, GAP_S),
            squashed(heard.end_s - next_s, SHORT_S),
            together(notes, heard),
            share(length, length + (next_s - heard.start_s).min(MOST_S)),
        ]
    }
}
