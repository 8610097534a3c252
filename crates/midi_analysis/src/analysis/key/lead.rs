//! How probable a key is by the pitch classes of a span alone: by how much more they correlate with the
//! profile of that key than with that of any other (Krumhansl 1990).
//!
//! The confidence is a logistic regression of "the key of the best profile is right" on that lead; its
//! weights are those of `weights/key_confidence.toml`.

use crate::analysis::key::layout::{CLASSES, KEYS};
use crate::analysis::key::profiles::{MAJOR, MINOR};
use crate::model::key::Key;
use crate::weights::key_confidence::{AT_NO_LEAD, PER_LEAD};

/// Probability that the key is right, 0-1.
pub(super) fn confidence(classes: &[f64; CLASSES], key: Key) -> f32 {
    (1.0 / (1.0 + (-(AT_NO_LEAD + PER_LEAD * lead(&correlations(classes), key.index()))).exp()))
        as f32
}

/// By how much the correlation of a key is above that of the best other key.
fn lead(correlations: &[f64; KEYS], key: usize) -> f64 {
    let others = correlations.iter().enumerate().filter(|&(other, _)| other != key);
    correlations[key] - others.map(|(_, r)| *r).fold(f64::NEG_INFINITY, f64::max)
}

/// The key whose profile fits best, and its lead.
#[cfg(feature = "training")]
pub(super) fn best(classes: &[f64; CLASSES]) -> (Key, f64) {
    let correlations = correlations(classes);
    let better = |best, next| if correlations[next] > correlations[best] { next } else { best };
    let best = (0..KEYS).fold(0, better);
    (Key::from_index(best), lead(&correlations, best))
}

/// Correlation of the pitch classes with the profile of each key.
fn correlations(classes: &[f64; CLASSES]) -> [f64; KEYS] {
    let classes = standardised(classes);
    let profiles = [MAJOR, MINOR].map(|profile| standardised(&profile));
    std::array::from_fn(|key| {
        let (profile, tonic) = (&profiles[key / CLASSES], key % CLASSES);
        (0..CLASSES)
            .map(|degree| classes[(tonic + degree) % CLASSES] * profile[degree])
            .sum::<f64>()
    })
}

/// Shifted to mean 0 and scaled to length 1, so that a dot product is Pearson's correlation.
fn standardised(values: &[f64; CLASSES]) -> [f64; CLASSES] {
    let mean = values.iter().sum::<f64>() / CLASSES as f64;
    let length = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>().sqrt();
    values.map(|value| if length > 0.0 { (value - mean) / length } else { 0.0 })
}
