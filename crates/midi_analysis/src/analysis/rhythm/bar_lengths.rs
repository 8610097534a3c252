//! The evidence for each length that bars may have.
//!
//! The terms of a length are relative to it: how accents repeat after its parts and multiples, how uneven its places
//! are, how long gaps and notes are compared with it, and its seconds. So they mean nearly the same whatever unit the
//! lengths are counted in, and one function of them serves all lengths.

use crate::analysis::rhythm::accents::{Accents, KINDS, SLOTS};
use crate::analysis::rhythm::events::AMOUNTS;
use crate::analysis::rhythm::onsets::{Onset, clamped, rough_ln};

/// Lengths of a bar, in slots: from one unit to eight.
const LENGTHS: [usize; 7] = [12, 18, 24, 36, 48, 72, 96];
/// Number of lengths.
pub(crate) const BAR_LENGTHS: usize = LENGTHS.len();
/// Parts and multiples of a bar after which accents may repeat.
const PARTS: [(usize, usize); 13] = [
    (1, 8),
    (1, 6),
    (1, 4),
    (1, 3),
    (3, 8),
    (1, 2),
    (2, 3),
    (3, 4),
    (1, 1),
    (3, 2),
    (2, 1),
    (3, 1),
    (4, 1),
];
const LONGEST_LAG: usize = LENGTHS[BAR_LENGTHS - 1] * 4;
/// Half a bar, a bar, two: over these the places are compared.
const FOLDS: [(usize, usize); 3] = [(1, 2), (1, 1), (2, 1)];
/// Bounds between gaps that are told apart, in 84ths of a bar: between its 32nd, 24th, 16th, 12th, 8th, 6th part and so
/// on.
const BOUNDS: [usize; 11] = [3, 4, 6, 8, 12, 17, 24, 35, 49, 71, 101];
const BOUND: usize = 84;
/// Seconds of a moderate bar, as a logarithm to base 2, and onsets of a bar of moderate density, as a natural one.
const MODERATE: f32 = 0.8;
const DENSE: f32 = 2.0;
/// Terms of a length: those of the repetition, of the places, of gaps and lengths of notes, of the bar's seconds and
/// onsets, and of its units.
pub(crate) const TERMS: usize =
    KINDS * PARTS.len() + AMOUNTS * FOLDS.len() + 2 * (BOUNDS.len() + 1) + 4 + BAR_LENGTHS;

/// The terms of each length.
pub(crate) type BarTerms = [[f32; TERMS]; BAR_LENGTHS];

/// Whether a lag is a part or multiple of a length, and whether a length is folded by so many slots.
const IS_LAG: [bool; LONGEST_LAG + 1] = marked(&PARTS);
const IS_FOLD: [bool; LONGEST_LAG + 1] = marked(&FOLDS);
const LAGS: [usize; number(&IS_LAG)] = listed(&IS_LAG);
const FOLDED: [usize; number(&IS_FOLD)] = listed(&IS_FOLD);

/// The part of a length, in slots.
const fn part(length: usize, (numerator, denominator): (usize, usize)) -> usize {
    (2 * length * numerator + denominator) / (2 * denominator)
}

const fn marked(parts: &[(usize, usize)]) -> [bool; LONGEST_LAG + 1] {
    let mut marked = [false; LONGEST_LAG + 1];
    let mut index = 0;
    while index < LENGTHS.len() * parts.len() {
        marked[part(LENGTHS[index / parts.len()], parts[index % parts.len()])] = true;
        index += 1;
    }
    marked
}

const fn number(marked: &[bool]) -> usize {
    let (mut count, mut index) = (0, 0);
    while index < marked.len() {
        count += marked[index] as usize;
        index += 1;
    }
    count
}

const fn listed<const COUNT: usize>(marked: &[bool]) -> [usize; COUNT] {
    let mut list = [0; COUNT];
    let (mut count, mut index) = (0, 0);
    while count < COUNT {
        if marked[index] {
            list[count] = index;
            count += 1;
        }
        index += 1;
    }
    list
}

/// Units in a bar of each length.
#[cfg(feature = "training")]
pub(crate) fn units_in_bar(length: usize) -> f64 {
    LENGTHS[length] as f64 / SLOTS as f64
}

/// The evidence of onsets at `positions`, in units of `unit_s` seconds.
pub(crate) fn bar_terms(onsets: &[Onset], positions: &[f32], unit_s: f64) -> BarTerms {
    let accents = Accents::of(onsets, positions, unit_s);
    let repeated = accents.repeated(&LAGS);
    let uneven = accents.unevenness(&FOLDED);
    let of_lag = |lag: usize| LAGS.binary_search(&lag).map_or([0.0; KINDS], |at| repeated[at]);
    let of_fold =
        |slots: usize| FOLDED.binary_search(&slots).map_or([0.0; AMOUNTS], |at| uneven[at]);
    let unit_s = unit_s.clamp(0.1, 4.0) as f32;
    let dense = accents.sounding() as f32 / accents.slots as f32;
    std::array::from_fn(|index| {
        let length = LENGTHS[index];
        let mut terms = [0.0; TERMS];
        let mut at = terms.iter_mut();
        let mut put = |value: f32| {
            if let Some(term) = at.next() {
                *term = value;
            }
        };
        PARTS.iter().flat_map(|&share| of_lag(part(length, share))).for_each(&mut put);
        FOLDS.iter().flat_map(|&share| of_fold(part(length, share))).for_each(&mut put);
        let mut before = [0.0; 2];
        for bound in BOUNDS {
            let now = accents.shorter(part(length, (bound, BOUND)).max(1));
            now.iter().zip(before).for_each(|(now, before)| put(now - before));
            before = now;
        }
        before.iter().for_each(|before| put(1.0 - before));
        let bar_s = rough_ln(unit_s * length as f32 / SLOTS as f32) / std::f32::consts::LN_2;
        let slow = bar_s - MODERATE;
        [slow, slow * slow, slow * slow * slow].into_iter().for_each(&mut put);
        put(rough_ln(clamped(dense * length as f32, 0.3, 60.0)) - DENSE);
        (0..BAR_LENGTHS).for_each(|other| put(f32::from(u8::from(other == index))));
        terms
    })
}

#[cfg(test)]
mod tests {
    use super::{AMOUNTS, BAR_LENGTHS, FOLDS, KINDS, LENGTHS, PARTS, TERMS, bar_terms};
    use crate::analysis::rhythm::onsets::Onset;

    /// A waltz: a bass at the first of three beats, chords on the others.
    fn waltz() -> Vec<Onset> {
        let onset = |beat: u32| Onset {
            tick: beat * 480,
            seconds: f64::from(beat) * 0.5,
            lowest: if beat.is_multiple_of(3) { 40 } else { 60 },
            highest: if beat.is_multiple_of(3) { 40 } else { 67 },
            notes: if beat.is_multiple_of(3) { 1 } else { 2 },
            velocity: 80,
            classes: if beat.is_multiple_of(3) { 0x10 } else { 0x81 },
            kick: false,
            snare: false,
            length: 0.375,
            salience: if beat.is_multiple_of(3) { 1.0 } else { -0.5 },
            louder: 0.0,
            above_lowest: 0.0,
            interval: 0.5,
            is_bass: beat.is_multiple_of(3),
            fresh: 1,
        };
        (0..240).map(onset).collect()
    }

    #[test]
    fn accents_repeat_after_a_bar() {
        let onsets = waltz();
        let positions: Vec<f32> = (0_u16..240).map(f32::from).collect();
        let terms = bar_terms(&onsets, &positions, 0.5);
        // The bass after a bar: of three beats always, of four never.
        let bass = |slots: usize| {
            let length = LENGTHS.iter().position(|&length| length == slots);
            length.map_or(f32::NAN, |length| terms[length][8 * KINDS + 1])
        };
        assert!(bass(36) > 0.95, "{}", bass(36));
        assert!(bass(48) < 0.05, "{}", bass(48));
    }

    #[test]
    fn terms_are_the_same_in_any_unit() {
        let onsets = waltz();
        let in_beats: Vec<f32> = (0_u16..240).map(f32::from).collect();
        let in_halves: Vec<f32> = (0_u16..240).map(|beat| f32::from(beat) * 2.0).collect();
        let (one, other) =
            (bar_terms(&onsets, &in_beats, 0.5), bar_terms(&onsets, &in_halves, 0.25));
        for (length, slots) in LENGTHS.iter().enumerate() {
            let Some(double) = LENGTHS.iter().position(|&other| other == 2 * slots) else {
                continue;
            };
            // How uneven places are depends on how many the grid has.
            let (from, until) = (KINDS * PARTS.len(), TERMS - BAR_LENGTHS);
            for term in (0..from).chain(from + AMOUNTS * FOLDS.len()..until) {
                let (here, there) = (one[length][term], other[double][term]);
                assert!((here - there).abs() < 0.05, "{slots} {term}: {here} {there}");
            }
        }
    }

    #[test]
    fn terms_of_anything_are_numbers() {
        let mut onsets = waltz();
        onsets.truncate(3);
        onsets[1].length = f32::NAN;
        onsets[2].salience = f32::INFINITY;
        for positions in [[0.0, f32::NAN, 2.0], [0.0, 1e30, f32::INFINITY], [-5.0, -4.0, -3.0]] {
            for unit_s in [0.0, 0.5, f64::INFINITY] {
                bar_terms(&onsets, &positions, unit_s);
            }
        }
    }
}
