//! The bars of tracked beats: the meter, and the beats that begin bars.
//!
//! For each number of beats in a bar the best division of the beats is found by dynamic programming
//! ([`positions_in_bar`]): the network says how likely a bar begins at each beat, and a shortened bar costs. The
//! meter is the likeliest by how well its bars fit, and by what the network says of the piece as a whole.

use crate::analysis::rhythm::beat_unit::is_compound;
use crate::analysis::rhythm::beats::Tracking;
use crate::analysis::rhythm::downbeats::{EstimatedMeter, METERS, MeterOdds, positions_in_bar};
use crate::analysis::rhythm::tracker::TrackedBeat;
use crate::model::time_signature::TimeSignature;

/// Log-odds of a bar where no onset is, and what is added to those of the network; set by hand.
const SILENT: f32 = -1.5;
const BIAS: f32 = 0.3;
/// Bounds of the log-odds.
const SUREST: f32 = 5.0;
/// Weights in the log-odds of a meter: of those of the network, of those of the accents, and of how well the bars
/// fit; rounded results of comparisons on made-up music and scores that neither was taught.
const NETWORK: f32 = 0.15;
const ACCENTS: f32 = 1.0;
const FIT: f32 = 1.0;
/// Cost of a shortened bar: the evidence of several downbeats, set by hand.
const SHORT_BAR: f32 = 6.0;
/// Most beats in a bar of the meters that are told apart.
const MOST_IN_BAR: usize = 4;

/// Beats in a bar of a meter.
pub(crate) fn beats_in_bar(meter: TimeSignature) -> usize {
    usize::from(meter.numerator) / if is_compound(meter) { 3 } else { 1 }
}

/// The likeliest meter of estimated beats; `accents` is the log-odds that the accents give.
pub(crate) fn meter_of(tracking: &Tracking, accents: &MeterOdds) -> EstimatedMeter {
    let evidence = evidence(&tracking.beats);
    let fits: [f32; MOST_IN_BAR] = std::array::from_fn(|before| fit(&evidence, before + 1));
    EstimatedMeter::likeliest(&std::array::from_fn(|index| {
        let length = beats_in_bar(METERS[index]).clamp(1, MOST_IN_BAR);
        NETWORK * tracking.meter[index] + ACCENTS * accents[index] + FIT * fits[length - 1]
    }))
}

/// Position in the bar, from 0, of each beat.
pub(crate) fn bar_positions(beats: &[TrackedBeat], length: usize) -> Vec<u8> {
    positions_in_bar(&evidence(beats), length, SHORT_BAR)
}

/// Mean evidence, by beat, of the downbeats of bars of so many beats.
fn fit(evidence: &[f32], length: usize) -> f32 {
    let positions = positions_in_bar(evidence, length, SHORT_BAR);
    let downbeats = positions.iter().zip(evidence).filter(|(position, _)| **position == 0);
    downbeats.map(|(_, odds)| odds).sum::<f32>() / evidence.len().max(1) as f32
}

/// Log-odds of each beat that a bar begins there.
fn evidence(beats: &[TrackedBeat]) -> Vec<f32> {
    let odds = |odds: f32| odds.clamp(-SUREST, SUREST) + BIAS;
    beats.iter().map(|beat| beat.downbeat.map_or(SILENT, odds)).collect()
}
