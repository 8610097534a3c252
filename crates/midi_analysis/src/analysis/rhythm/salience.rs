//! How likely a beat falls on an onset, by its own traits.
//!
//! As in Lerdahl & Jackendoff 1983 and Temperley 2001, its weight rises with the number of its notes, their length, a low
//! bass, loudness, and the silence after it.
//!
//! Each trait is measured relative to the surrounding onsets, so that the dynamics and the density of a passage do not
//! matter. Onsets are weighed side by side, in vector registers.

use std::array;

use fearless_simd::{Level, dispatch};

use crate::analysis::rhythm::onsets::{Onset, clamped, class_count, rough_ln};

/// Onsets on each side that an onset is measured against.
const NEIGHBOURS: usize = 8;
/// Preceding onsets whose pitch classes are not new.
const RECENT: usize = 3;

/// Weights of a logistic regression of "a beat falls here" on the traits of an onset, over hand-
/// annotated piano performances and played pop (between the two fits, rounded).
const WEIGHT_CHORD: f32 = 1.3;
const WEIGHT_LOWEST: f32 = 0.9;
const WEIGHT_LENGTH: f32 = 0.45;
const WEIGHT_GAP: f32 = 0.3;
/// For each 16 steps of velocity above the surroundings.
const WEIGHT_LOUD: f32 = 0.35;
/// Set by hand, as other traits of the fits are left out here.
const BIAS: f32 = -1.1;
/// Weights of a bass drum and a snare; set by hand.
const WEIGHT_KICK: f32 = 1.0;
const WEIGHT_SNARE: f32 = 0.8;
/// Least mean interval between onsets: denser passages do not sound denser.
const SHORTEST_INTERVAL_S: f32 = 0.03;
/// Semitones by which surrounding notes may be lower than an onset that counts as the bass.
const BASS_TOLERANCE: u8 = 1;

/// Onsets that are weighed side by side, and those with their neighbours.
const SIDE: usize = 16;
const WITH_NEIGHBOURS: usize = SIDE + 2 * NEIGHBOURS;
type Column = [f32; SIDE];

/// What is known of neighbouring onsets, each with what is around it.
struct Surroundings {
    seconds: [f64; WITH_NEIGHBOURS],
    /// By onset the sum of the velocities around it.
    loudness: Column,
    /// Onsets of the piece before the first of these, and from it to the last.
    before: f32,
    after: f32,
}

/// Measures all onsets against those around.
pub(super) fn weigh(onsets: &mut [Onset]) {
    let [Some(first), Some(last)] = [onsets.first(), onsets.last()] else { return };
    let seconds = surrounded(onsets, [first.seconds, last.seconds], |onset| onset.seconds);
    let velocities = surrounded(onsets, [0; 2], |onset| u32::from(onset.velocity));
    let lowest = lowest_around(surrounded(onsets, [u8::MAX; 2], |onset| onset.lowest));
    mark_fresh(onsets);
    mark_bass(onsets, &lowest);
    let (level, last) = (Level::new(), (onsets.len() - 1) as f32);
    let mut loudness: u32 = velocities[..2 * NEIGHBOURS].iter().sum();
    let mut velocities = velocities[2 * NEIGHBOURS..].iter().zip(&velocities);
    for (side, from) in onsets.chunks_mut(SIDE).zip((0..).step_by(SIDE)) {
        let Some(&seconds) = seconds[from..].first_chunk() else { return };
        let around = Surroundings {
            seconds,
            loudness: array::from_fn(|_| {
                let Some((latest, earliest)) = velocities.next() else { return 0.0 };
                let sum = loudness + latest;
                loudness = sum - earliest;
                sum as f32
            }),
            before: from as f32,
            after: last - from as f32,
        };
        dispatch!(level, _ => weigh_side(side, &around));
    }
}

/// What the onsets have, with the edges as often as there are neighbours before the first, and after the last for as many
/// as are weighed side by side.
fn surrounded<T: Copy>(onsets: &[Onset], edges: [T; 2], of: impl Fn(&Onset) -> T) -> Vec<T> {
    let mut all = Vec::with_capacity(onsets.len() + WITH_NEIGHBOURS);
    all.extend([edges[0]; NEIGHBOURS]);
    all.extend(onsets.iter().map(of));
    all.extend([edges[1]; NEIGHBOURS + SIDE]);
    all
}

/// The lowest among each pitch that is not at the edge and its neighbours, by minima over windows that double in length.
fn lowest_around(mut lowest: Vec<u8>) -> Vec<u8> {
    let mut minimum = |ahead: usize| {
        let pairs = lowest.iter().zip(&lowest[ahead..]);
        lowest = pairs.map(|(now, later)| *now.min(later)).collect();
    };
    let mut length = 1;
    while length < 2 * NEIGHBOURS {
        minimum(length);
        length *= 2;
    }
    minimum(1);
    lowest
}

fn mark_fresh(onsets: &mut [Onset]) {
    let mut recent = [0_u16; RECENT];
    for onset in onsets {
        let known = recent.iter().fold(0, |all, classes| all | classes);
        onset.fresh = class_count(onset.classes & !known);
        recent = [onset.classes, recent[0], recent[1]];
    }
}

fn mark_bass(onsets: &mut [Onset], lowest: &[u8]) {
    for (onset, &lowest) in onsets.iter_mut().zip(lowest) {
        onset.above_lowest = f32::from(onset.lowest) - f32::from(lowest);
        onset.is_bass = onset.lowest <= lowest.saturating_add(BASS_TOLERANCE) && onset.lowest < 128;
    }
}

/// Measures onsets that are side by side.
#[inline(always)]
fn weigh_side(side: &mut [Onset], around: &Surroundings) {
    let (mut notes, mut velocities, mut lengths) = ([0_u16; SIDE], [0_u8; SIDE], [0.0; SIDE]);
    let [mut pitched, mut bass, mut kick, mut snare] = [[0_u8; SIDE]; 4];
    for (place, onset) in side.iter().enumerate().take(SIDE) {
        (notes[place], velocities[place]) = (onset.notes, onset.velocity);
        (lengths[place], pitched[place]) = (onset.length, (onset.classes != 0).into());
        bass[place] = onset.is_bass.into();
        (kick[place], snare[place]) = (onset.kick.into(), onset.snare.into());
    }
    let [mut intervals, mut louder, mut salience] = [[0.0; SIDE]; 3];
    let seconds = &around.seconds;
    for place in 0..SIDE {
        let (before, after) = (around.before + place as f32, around.after - place as f32);
        let neighbours = before.min(NEIGHBOURS as f32) + clamped(after, 0.0, NEIGHBOURS as f32);
        let span = (seconds[place + 2 * NEIGHBOURS] - seconds[place]) as f32;
        let interval = (span / neighbours.max(1.0)).max(SHORTEST_INTERVAL_S);
        // After the last there is none.
        let next = (seconds[place + NEIGHBOURS + 1] - seconds[place + NEIGHBOURS]) as f32;
        let next = if next > 0.0 { next } else { interval };
        let rate = interval.recip();
        let chord = rough_ln(f32::from(notes[place]));
        let gap = rough_ln(clamped(next * rate, 0.1, 10.0));
        let length = rough_ln(clamped(lengths[place] * rate, 0.1, 20.0));
        intervals[place] = interval;
        louder[place] = f32::from(velocities[place]) - around.loudness[place] / (neighbours + 1.0);
        salience[place] = BIAS
            + WEIGHT_CHORD * chord
            + WEIGHT_GAP * gap
            + WEIGHT_LOUD / 16.0 * louder[place]
            + WEIGHT_LENGTH * length * f32::from(pitched[place])
            + WEIGHT_LOWEST * f32::from(bass[place])
            + WEIGHT_KICK * f32::from(kick[place])
            + WEIGHT_SNARE * f32::from(snare[place]);
    }
    for (place, onset) in side.iter_mut().enumerate().take(SIDE) {
        onset.interval = intervals[place];
        onset.louder = louder[place];
        onset.salience = salience[place];
    }
}

#[cfg(test)]
mod tests {
    use super::{NEIGHBOURS, SHORTEST_INTERVAL_S, weigh};
    use crate::analysis::rhythm::onsets::Onset;

    /// Onsets at uneven distances, some of them nearer than sounds dense.
    fn uneven(count: u32) -> Vec<Onset> {
        let onset = |number: u32| Onset {
            velocity: (number * 37 % 128) as u8,
            lowest: (30 + number * 11 % 60) as u8,
            notes: 1,
            ..Onset::new(number, f64::from(number * number % 7 + number * 5) * 0.006)
        };
        (0..count).map(onset).collect()
    }

    #[test]
    fn each_onset_is_measured_against_those_around_it_in_pieces_of_any_length() {
        for count in [1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 33, 100] {
            let mut onsets = uneven(count);
            weigh(&mut onsets);
            for (index, onset) in onsets.iter().enumerate() {
                let until = (index + NEIGHBOURS + 1).min(onsets.len());
                let around = &onsets[index.saturating_sub(NEIGHBOURS)..until];
                let number = around.len() as f32;
                let span = (around[around.len() - 1].seconds - around[0].seconds) as f32;
                let interval = (span / (number - 1.0).max(1.0)).max(SHORTEST_INTERVAL_S);
                let sum: u32 = around.iter().map(|each| u32::from(each.velocity)).sum();
                let lowest = around.iter().map(|each| each.lowest).min().unwrap_or_default();
                assert_eq!(onset.interval, interval, "{index} of {count}");
                assert_eq!(onset.louder, f32::from(onset.velocity) - sum as f32 / number);
                assert_eq!(onset.above_lowest, f32::from(onset.lowest - lowest));
                assert!(onset.salience.is_finite());
            }
        }
    }

    #[test]
    fn nothing_is_weighed_without_onsets() {
        weigh(&mut []);
    }
}
