//! The meter that accents suggest, and the pulses that begin bars.
//!
//! The meter is the likeliest of nine. Each is weighed together with each length that bars may have, by a logistic
//! regression, with a layer of units, on the evidence for the length
//! ([`bar_lengths`](crate::analysis::rhythm::bar_lengths)); the probability of a meter is the sum over the
//! lengths. The downbeats are found by dynamic programming over
//! positions in the bar: bass, new harmony and long notes are evidence that a bar begins (Temperley
//! 2001), and a shortened bar costs. Pulses are those of the grid: beats, or the eighths of a compound
//! meter.

use crate::analysis::rhythm::bar_lengths::{BarTerms, TERMS};
use crate::analysis::rhythm::onsets::{Onset, clamped, rough_ln};
use crate::model::time_signature::TimeSignature;
use crate::net::{Dense, rectify};
use crate::weights::meter::{
    DECLARED_BIAS, DECLARED_TERMS, DECLARED_UNITS, ESTIMATED_BIAS, ESTIMATED_TERMS, ESTIMATED_UNITS,
};

/// The meters that are distinguished, in the order of the weights.
pub(super) const METERS: [TimeSignature; 9] = [
    TimeSignature::new(4, 4),
    TimeSignature::new(3, 4),
    TimeSignature::new(2, 4),
    TimeSignature::new(6, 8),
    TimeSignature::new(3, 8),
    TimeSignature::new(2, 2),
    TimeSignature::new(9, 8),
    TimeSignature::new(12, 8),
    TimeSignature::new(3, 2),
];
/// Weights of a bass onset, of each new pitch class and of the logarithm of the length, as evidence that
/// a bar begins. The first is near what a logistic regression over annotated downbeats gave; the
/// others are set by hand.
const DOWNBEAT_BASS: f32 = 0.6;
const DOWNBEAT_FRESH: f32 = 0.3;
const DOWNBEAT_LENGTH: f32 = 0.43;
/// Cost of a shortened bar: the evidence of several downbeats, set by hand.
const SHORT_BAR: f32 = 6.0;

/// Log-odds of [`METERS`].
pub(crate) type MeterOdds = [f32; METERS.len()];

/// A meter, and how likely it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct EstimatedMeter {
    pub(crate) meter: TimeSignature,
    /// Its share of the odds, 0-1.
    pub(crate) share: f32,
    /// Log-odds over 4/4.
    pub(crate) over_common_time: f32,
}

/// Units of the regression, and those with the meters, which are also weighed directly.
const UNITS: usize = DECLARED_UNITS.len();
const SUMS: usize = METERS.len() + UNITS;

/// Log-odds of [`METERS`] for a piece with this evidence.
pub(crate) fn meter_odds(terms: &BarTerms, estimated_beats: bool) -> MeterOdds {
    let (weights, bias, units) = match estimated_beats {
        true => (&ESTIMATED_TERMS, &ESTIMATED_BIAS, &ESTIMATED_UNITS),
        false => (&DECLARED_TERMS, &DECLARED_BIAS, &DECLARED_UNITS),
    };
    let sums: Dense<TERMS, SUMS> = Dense { weights, bias };
    let by_length = terms.each_ref().map(|terms| {
        let sums = sums.of(terms);
        let (mut odds, mut active) = ([0.0; METERS.len()], [0.0; UNITS]);
        odds.copy_from_slice(&sums[..METERS.len()]);
        active.copy_from_slice(&sums[METERS.len()..]);
        rectify(&mut active);
        for (unit, weights) in active.iter().zip(units) {
            odds.iter_mut().zip(weights).for_each(|(odds, weight)| *odds += unit * weight);
        }
        odds
    });
    let top = by_length.as_flattened().iter().copied().fold(f32::NEG_INFINITY, f32::max);
    std::array::from_fn(|meter| {
        let raised = by_length.iter().map(|odds| (odds[meter] - top).exp());
        top + raised.sum::<f32>().max(f32::MIN_POSITIVE).ln()
    })
}

impl EstimatedMeter {
    /// The likeliest of [`METERS`].
    pub(super) fn likeliest(odds: &MeterOdds) -> Self {
        Self::at(highest(odds), odds)
    }

    /// The likeliest of those of [`METERS`] that may be.
    pub(super) fn likeliest_of(odds: &MeterOdds, may_be: impl Fn(TimeSignature) -> bool) -> Self {
        let mut possible = *odds;
        let impossible = possible.iter_mut().zip(METERS).filter(|(_, meter)| !may_be(*meter));
        impossible.for_each(|(odds, _)| *odds = f32::NEG_INFINITY);
        Self::at(highest(&possible), odds)
    }

    fn at(best: usize, odds: &MeterOdds) -> Self {
        let total: f32 = odds.iter().map(|each| (each - odds[best]).exp()).sum();
        Self { meter: METERS[best], share: 1.0 / total, over_common_time: odds[best] - odds[0] }
    }
}

/// Evidence for each of `count` pulses that it is a downbeat; `pulse_of` gives the pulse of an onset.
pub(crate) fn downbeat_evidence(
    onsets: &[Onset],
    count: usize,
    pulse_s: f64,
    mut pulse_of: impl FnMut(&Onset) -> Option<usize>,
) -> Vec<f32> {
    let mut evidence = vec![0.0; count];
    let pulses = (pulse_s.max(1e-3) as f32).recip();
    for onset in onsets {
        let Some(slot) = pulse_of(onset).and_then(|pulse| evidence.get_mut(pulse)) else {
            continue;
        };
        let length = rough_ln(clamped(onset.length * pulses, 0.5, 8.0));
        *slot += DOWNBEAT_FRESH * f32::from(onset.fresh)
            + DOWNBEAT_LENGTH * length
            + DOWNBEAT_BASS * f32::from(u8::from(onset.is_bass | onset.kick));
    }
    evidence
}

/// Position in the bar, from 0, of each pulse, bars being `length` pulses long; the evidence is relative to its
/// mean.
pub(crate) fn relative_positions_in_bar(mut evidence: Vec<f32>, length: usize) -> Vec<u8> {
    let mean = evidence.iter().sum::<f32>() / evidence.len().max(1) as f32;
    evidence.iter_mut().for_each(|value| *value -= mean);
    positions_in_bar(&evidence, length, SHORT_BAR)
}

/// Position in the bar, from 0, of each pulse, bars being `length` pulses long, of which a shortened one costs
/// `short_bar`.
pub(super) fn positions_in_bar(evidence: &[f32], length: usize, short_bar: f32) -> Vec<u8> {
    let length = length.clamp(1, usize::from(u8::MAX));
    // By phase (the pulse at which bars begin, modulo their length): the best score so far.
    let mut scores = vec![0.0_f32; length];
    // The phase that precedes each pulse if a bar begins there.
    let mut before = Vec::with_capacity(evidence.len());
    for (value, phase) in evidence.iter().zip((0..length).cycle()) {
        let best = highest(&scores);
        let from = if scores[best] - short_bar > scores[phase] { best } else { phase };
        let cost = if from == phase { 0.0 } else { short_bar };
        scores[phase] = scores[from] - cost + value;
        before.push(from as u8);
    }
    let mut begins = highest(&scores);
    let mut positions = vec![0; evidence.len()];
    for (positions, before) in positions.chunks_mut(length).zip(before.chunks(length)).rev() {
        for (phase, (slot, before)) in positions.iter_mut().zip(before).enumerate().rev() {
            let upbeat = if phase < begins { length } else { 0 };
            *slot = (phase + upbeat - begins) as u8;
            if phase == begins {
                begins = (*before).into();
            }
        }
    }
    positions
}

fn highest(scores: &[f32]) -> usize {
    (0..scores.len()).fold(0, |best, next| if scores[next] > scores[best] { next } else { best })
}
