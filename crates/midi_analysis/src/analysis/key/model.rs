//! From evidence to the probability of each key.
//!
//! A network of one hidden layer that is invariant to transposition: the same weights see the evidence from
//! each of the twelve tonics, and give a score for major and one for minor. A score is a weighted sum of the
//! evidence and of hidden units, which tell kinds of music apart: a seventh on the tonic is rare in a
//! song, and the rule in a blues.
//!
//! How firm the scores are depends on the material: those of songs are often of the relative key, those of a
//! score in the classical style hardly ever. A smaller network gives the factor that makes them probabilities
//! (Guo et al. 2017, "On calibration of modern neural networks", with a temperature that is not constant).

use crate::analysis::key::layout::{BY_CLASS, CLASSES, EVIDENCE, KEYS, OF_MATERIAL};
use crate::analysis::key::softmax::softmax;
use crate::weights::key::{FIRMNESS_FIRST, FIRMNESS_SECOND, FIRST, SECOND};

/// Hidden units.
const HIDDEN: usize = SECOND.len();
/// Bounds of the factor of the scores.
const LEAST_FIRM: f32 = 0.1;
const MOST_FIRM: f32 = 3.0;
/// Sums of the evidence: the hidden units, then major and minor.
const SUMS: usize = FIRST[0].len();

/// The probability of each key: the major ones from C upwards, then the minor ones.
pub(super) fn probabilities(evidence: &[f32; EVIDENCE]) -> [f32; KEYS] {
    let mut scores = [0.0; KEYS];
    let heard = heard(evidence);
    let without_tonic = sums_without_tonic(evidence);
    for tonic in 0..CLASSES {
        let mut sums = without_tonic;
        for number in &heard {
            // The class may be below the tonic.
            let above = number.class + CLASSES - tonic;
            let above = if above < CLASSES { above } else { above - CLASSES };
            add(&mut sums, number.value, &FIRST[number.row_of_tonic + above]);
        }
        let (hidden, of_modes) = sums.split_at(HIDDEN);
        for (mode, sum) in of_modes.iter().enumerate() {
            let of_hidden = hidden.iter().zip(&SECOND).map(|(sum, row)| sum.max(0.0) * row[mode]);
            scores[mode * CLASSES + tonic] = sum + of_hidden.sum::<f32>();
        }
    }
    let factor = firmness(&evidence[BY_CLASS..]);
    softmax(&scores.map(|score| score * factor))
}

/// The factor of the scores.
fn firmness(material: &[f32]) -> f32 {
    let mut sums = FIRMNESS_FIRST[OF_MATERIAL];
    for (value, row) in material.iter().zip(&FIRMNESS_FIRST) {
        sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
    }
    let sum: f32 =
        sums.iter().zip(&FIRMNESS_SECOND).map(|(sum, weight)| sum.max(0.0) * weight).sum();
    (1.0 + sum + FIRMNESS_SECOND[sums.len()]).clamp(LEAST_FIRM, MOST_FIRM)
}

/// A number by pitch class.
struct Number {
    /// The row of the weights of its histogram for the tonic.
    row_of_tonic: usize,
    class: usize,
    value: f32,
}

/// The numbers by pitch class that are not 0: many histograms have one tone or a few.
fn heard(evidence: &[f32; EVIDENCE]) -> Vec<Number> {
    let numbers = evidence[..BY_CLASS].iter().enumerate().filter(|(_, value)| **value != 0.0);
    let number = |(index, &value): (usize, &f32)| {
        let class = index % CLASSES;
        Number { row_of_tonic: index - class, class, value }
    };
    numbers.map(number).collect()
}

/// The sums of what is the same for every tonic.
fn sums_without_tonic(evidence: &[f32; EVIDENCE]) -> [f32; SUMS] {
    let mut sums = FIRST[EVIDENCE];
    for (value, row) in evidence.iter().zip(&FIRST).skip(BY_CLASS) {
        add(&mut sums, *value, row);
    }
    sums
}

// Alone, it compiles to vector instructions.
#[inline(never)]
fn add(sums: &mut [f32; SUMS], value: f32, row: &[f32; SUMS]) {
    sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
}
