//! From scores of keys to their probabilities.

use crate::analysis::key::layout::KEYS;

/// Probabilities that are proportional to the exponentials of the scores.
pub(super) fn softmax(scores: &[f32; KEYS]) -> [f32; KEYS] {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised = scores.map(|score| (score - top).exp());
    let sum: f32 = raised.iter().sum();
    raised.map(|value| value / sum)
}
