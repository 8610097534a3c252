//! From scores of keys to their probabilities.

use crate::analysis::key::layout::KEYS;

/// Probabilities that are proportional to the exponentials of the scores.
pub(super) fn softmax(scores: [f64; KEYS]) -> [f64; KEYS] {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised = scores.map(|score| (score - top).exp());
    let sum: f64 = raised.iter().sum();
    raised.map(|value| value / sum)
}
