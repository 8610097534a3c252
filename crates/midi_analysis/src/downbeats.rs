//! The meter that accents suggest, and which pulses begin a bar.
//!
//! The meter is the likeliest of nine by a multinomial logistic regression on how accents repeat
//! ([`accents`](crate::accents)); which pulse is the downbeat, by dynamic programming over positions
//! in the bar, where bass, new harmony and long notes begin bars (Temperley 2001) and a bar cut
//! short costs. Pulses are the grid's: beats, or the eighths of a compound meter.

use crate::accents::FEATURES;
use crate::meter_weights::{MeterWeights, ON_DECLARED_GRID, ON_HEARD_BEATS};
use crate::onsets::Onset;

/// The meters that can be heard, as notators write them, in the order of the weights.
const METERS: [(u8, u8); 9] =
    [(4, 4), (3, 4), (2, 4), (6, 8), (3, 8), (2, 2), (9, 8), (12, 8), (3, 2)];
/// Weight of a bass onset, of each new pitch class and of a doubling of length, as evidence that a
/// bar begins. The first is near what a logistic regression over annotated downbeats gave; the
/// others are set by hand.
const DOWNBEAT_BASS: f32 = 0.6;
const DOWNBEAT_FRESH: f32 = 0.3;
const DOWNBEAT_LENGTH: f32 = 0.3;
/// What a bar cut short costs: the evidence of several downbeats, set by hand.
const CUT_BAR: f32 = 6.0;

/// A meter, and how likely it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HeardMeter {
    pub(crate) meter: (u8, u8),
    /// Probability, 0-1.
    pub(crate) confidence: f32,
    /// Log-odds over 4/4.
    pub(crate) over_common_time: f32,
}

/// The likeliest meter of a piece with these features.
pub(crate) fn hear_meter(features: &[f32; FEATURES], heard_beats: bool) -> HeardMeter {
    let weights: &MeterWeights = if heard_beats { &ON_HEARD_BEATS } else { &ON_DECLARED_GRID };
    let mut odds = weights[FEATURES];
    for (row, feature) in weights.iter().zip(features) {
        odds.iter_mut().zip(row).for_each(|(odds, weight)| *odds += weight * feature);
    }
    let best =
        (0..METERS.len()).fold(0, |best, next| if odds[next] > odds[best] { next } else { best });
    let total: f32 = odds.iter().map(|each| (each - odds[best]).exp()).sum();
    HeardMeter {
        meter: METERS[best],
        confidence: 1.0 / total,
        over_common_time: odds[best] - odds[0],
    }
}

/// Whether beats of the meter are three of its denominator's note values.
pub(crate) fn is_compound((numerator, denominator): (u8, u8)) -> bool {
    numerator > 3 && numerator % 3 == 0 && denominator >= 8
}

/// Quarter notes in a beat of the meter.
pub(crate) fn quarters_in_beat(meter: (u8, u8)) -> f64 {
    let written = 4.0 / f64::from(meter.1);
    if is_compound(meter) { 3.0 * written } else { written }
}

/// How much each of `count` pulses looks like a downbeat; `place` gives an onset's pulse.
pub(crate) fn downbeat_evidence(
    onsets: &[Onset],
    count: usize,
    pulse_s: f64,
    mut place: impl FnMut(usize) -> Option<usize>,
) -> Vec<f32> {
    let mut evidence = vec![0.0; count];
    let mut recent = [0_u16; 3];
    for (index, onset) in onsets.iter().enumerate() {
        let known = recent.iter().fold(0, |all, classes| all | classes);
        let fresh = (onset.classes & !known).count_ones() as f32;
        recent = [onset.classes, recent[0], recent[1]];
        let Some(slot) = place(index).and_then(|pulse| evidence.get_mut(pulse)) else { continue };
        let length = (f64::from(onset.length) / pulse_s.max(1e-3)).clamp(0.5, 8.0).log2() as f32;
        *slot += DOWNBEAT_FRESH * fresh + DOWNBEAT_LENGTH * length;
        if onset.is_bass || onset.kick {
            *slot += DOWNBEAT_BASS;
        }
    }
    evidence
}

/// Position in the bar, from 0, of each pulse, bars being `length` pulses long.
pub(crate) fn positions_in_bar(evidence: &[f32], length: usize) -> Vec<u8> {
    let length = length.clamp(1, usize::from(u8::MAX));
    let mean = evidence.iter().sum::<f32>() / evidence.len().max(1) as f32;
    let mut scores = vec![0.0_f32; length];
    let mut next = scores.clone();
    // The position before each pulse that begins a bar; every other one follows its predecessor.
    let mut before = Vec::with_capacity(evidence.len());
    for value in evidence {
        let (mut best, mut from) = (scores[length - 1], length - 1);
        for (position, score) in scores.iter().enumerate() {
            if score - CUT_BAR > best {
                (best, from) = (score - CUT_BAR, position);
            }
        }
        next[1..].copy_from_slice(&scores[..length - 1]);
        next[0] = best + value - mean;
        before.push(from as u8);
        std::mem::swap(&mut scores, &mut next);
    }
    let mut position =
        (0..length).fold(0, |best, p| if scores[p] > scores[best] { p } else { best });
    let mut positions = vec![0; evidence.len()];
    for (index, slot) in positions.iter_mut().enumerate().rev() {
        *slot = position as u8;
        position = if position == 0 { before[index].into() } else { position - 1 };
    }
    positions
}
