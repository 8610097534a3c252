//! How likely an estimated meter is, given its share of the odds.
//!
//! A logistic regression of "it is right" on the log-odds of the share, over pieces that the weights of the meter were
//! not learned from: the collections of songs, piano music, scores, pop and drumming in turn, of which each was heard
//! by weights that were learned from the others. Music of another kind is heard less well than the share says on
//! estimated beats, and drums and 4/4 are heard better.

use crate::analysis::rhythm::declared_meter::COMMON_TIME;
use crate::analysis::rhythm::downbeats::EstimatedMeter;
use crate::analysis::rhythm::onsets::{Onset, has_drums};
use crate::analysis::rhythm::tempo_confidence::log_odds;
use crate::net::logistic;

/// Bias and weight of the log-odds, on the declared grid and on estimated beats.
const ON_DECLARED: (f32, f32) = (0.28, 0.82);
const ON_ESTIMATED: (f32, f32) = (-0.16, 0.63);
/// Log-odds of 4/4, and of music with drums.
const COMMON: f32 = 0.27;
const DRUMS: f32 = 1.36;

/// Probability of the meter, 0-1.
pub(crate) fn meter_confidence(
    estimated: EstimatedMeter,
    on_estimated_beats: bool,
    onsets: &[Onset],
) -> f32 {
    let (bias, weight) = if on_estimated_beats { ON_ESTIMATED } else { ON_DECLARED };
    let drums = if has_drums(onsets) { DRUMS } else { 0.0 };
    let common = if estimated.meter == COMMON_TIME { COMMON } else { 0.0 };
    logistic(bias + weight * log_odds(estimated.share) + common + drums)
}
