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
    for (tonic, sums) in sums_by_tonic(evidence).iter().rev().enumerate() {
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

/// The sums for each tonic, the highest tonic first: so the rows of a histogram, which are by semitones above the
/// tonic, are in the order of the tonics from which a pitch class is so many semitones.
fn sums_by_tonic(evidence: &[f32; EVIDENCE]) -> [[f32; SUMS]; CLASSES] {
    let mut sums = [sums_without_tonic(evidence); CLASSES];
    let histograms = evidence[..BY_CLASS].chunks_exact(CLASSES);
    for (histogram, rows) in histograms.zip(FIRST.chunks_exact(CLASSES)) {
        for (class, &value) in histogram.iter().enumerate() {
            // Many histograms have one tone or a few.
            if value != 0.0 {
                let (above, below) = rows.split_at(class + 1);
                let (first, last) = sums.split_at_mut(below.len());
                add(first.as_flattened_mut(), value, below.as_flattened());
                add(last.as_flattened_mut(), value, above.as_flattened());
            }
        }
    }
    sums
}

/// The sums of what is the same for every tonic.
fn sums_without_tonic(evidence: &[f32; EVIDENCE]) -> [f32; SUMS] {
    let mut sums = FIRST[EVIDENCE];
    for (value, row) in evidence.iter().zip(&FIRST).skip(BY_CLASS) {
        add(&mut sums, *value, row);
    }
    sums
}

/// Adds weights times a value.
fn add(sums: &mut [f32], value: f32, weights: &[f32]) {
    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
}
