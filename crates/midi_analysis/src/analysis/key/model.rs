//! From evidence to the probability of each key.
//!
//! A multinomial logistic regression that is invariant to transposition: each mode has one weight for
//! each number of evidence relative to the tonic, and the same weights apply to all twelve tonics.

use crate::analysis::key::layout::{CLASSES, EVIDENCE, KEYS};
use crate::analysis::key::softmax::softmax;
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
