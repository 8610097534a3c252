//! From evidence to the probability of each key.
//!
//! A multinomial logistic regression that knows one thing of music: transposed music is in the
//! transposed key. So there is one weight for each piece of evidence relative to the tonic in each
//! mode, and the same weights judge all twelve tonics.

use super::evidence::{CLASSES, EVIDENCE};
use super::path::KEYS;
use crate::weights::key::WEIGHTS;

/// The probability of each key: the major ones from C upwards, then the minor ones.
pub(super) fn probabilities(evidence: &[f64; EVIDENCE]) -> [f64; KEYS] {
    let mut scores = [0.0; KEYS];
    for (mode, weights) in WEIGHTS.iter().enumerate() {
        for tonic in 0..CLASSES {
            let sum: f64 = evidence
                .chunks_exact(CLASSES)
                .zip(weights.chunks_exact(CLASSES))
                .map(|(values, weights)| dot_from(values, weights, tonic))
                .sum();
            scores[mode * CLASSES + tonic] = sum + f64::from(weights[EVIDENCE]);
        }
    }
    softmax(scores)
}

/// The sum of the products of weights by scale degree with values by pitch class.
fn dot_from(values: &[f64], weights: &[f32], tonic: usize) -> f64 {
    let from_tonic = values[tonic..].iter().chain(&values[..tonic]);
    from_tonic.zip(weights).map(|(value, weight)| value * f64::from(*weight)).sum()
}

pub(super) fn softmax(scores: [f64; KEYS]) -> [f64; KEYS] {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised = scores.map(|score| (score - top).exp());
    let sum: f64 = raised.iter().sum();
    raised.map(|value| value / sum)
}
