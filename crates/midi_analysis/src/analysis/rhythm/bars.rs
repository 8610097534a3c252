//! The bars of tracked beats: the meter, and the beats that begin bars.
//!
//! The network says how likely a bar begins at each beat. The meter is the likeliest by how well bars of its length
//! fit, by the accents, and by what the network says of the piece as a whole. The best division of the beats into
//! bars is then found by dynamic programming over the lengths of bars, as in a semi-Markov chain: another length than
//! that of the bar before costs, and so does one that is unlikely in the piece. So a passage whose beats were found at
//! another level, or a beat too many, does not put the rest out of step.

use crate::analysis::rhythm::beat_unit::is_compound;
use crate::analysis::rhythm::beats::Tracking;
use crate::analysis::rhythm::downbeats::{METERS, MeterOdds, positions_in_bar};
use crate::analysis::rhythm::tracker::TrackedBeat;
use crate::model::time_signature::TimeSignature;

/// The constants are rounded results of comparisons on made-up performances of scores that the network was not
/// taught, unless they are said to be set by hand.
/// Log-odds of a bar where no onset is, set by hand, and what is added to those of the network.
const SILENT: f32 = -1.5;
const BIAS: f32 = 1.1;
/// Bounds of the log-odds.
const SUREST: f32 = 5.0;
/// Weights in the log-odds of a meter: of those of the network, and of how well the bars fit; those of the accents count
/// once.
const TRACKED: Weights = Weights { network: 0.5, fit: 2.0, four: 0.0 };
const STEADY: Weights = Weights { network: 0.15, fit: 1.0, four: 0.5 };
/// Cost of a bar that is shorter or longer than the one before, and that of a bar whose length is unlikely, by the
/// log-odds of the likeliest length over it, up to a bound.
const CHANGE: f32 = 2.0;
const UNLIKELY: f32 = 0.1;
const MOST_UNLIKELY: f32 = 7.0;
/// Cost of a bar of another length than the meter's: in one tempo, set by hand, and as little else as is needed for the
/// meter's to be the commonest one.
const OTHER_IF_STEADY: f32 = 4.0;
const OTHER: (f32, f32) = (0.25, 16.0);
const OTHER_STEP: f32 = 1.5;
/// Cost of a shortened bar where the meter is known: the evidence of several downbeats, set by hand.
const SHORT_BAR: f32 = 6.0;
/// Most beats in a bar of the meters that are told apart.
const MOST_IN_BAR: usize = 4;

/// Beats in a bar of a meter.
pub(crate) fn beats_in_bar(meter: TimeSignature) -> usize {
    usize::from(meter.numerator) / if is_compound(meter) { 3 } else { 1 }
}

struct Weights {
    network: f32,
    fit: f32,
    /// Log-odds of four beats, which more music has than of the sets that the accents are learned from.
    four: f32,
}

/// Log-odds of the meters of estimated beats, which are those of a constant tempo or not; `accents` is those that the
/// accents give.
pub(crate) fn meter_odds(tracking: &Tracking, is_steady: bool, accents: &MeterOdds) -> MeterOdds {
    let weights = if is_steady { STEADY } else { TRACKED };
    let evidence = evidence(&tracking.beats);
    let fits: [f32; MOST_IN_BAR] = std::array::from_fn(|before| fit(&evidence, before + 1));
    std::array::from_fn(|index| {
        let length = beats_in_bar(METERS[index]).clamp(1, MOST_IN_BAR);
        let four = if length == MOST_IN_BAR { weights.four } else { 0.0 };
        let network = weights.network * tracking.meter[index];
        network + accents[index] + weights.fit * fits[length - 1] + four
    })
}

/// The length of the bars that fit tracked beats best, where it is not to be had by dividing or joining bars of the
/// meter that is likely by these odds: three beats rather than two or four, or the reverse.
pub(crate) fn other_length(
    beats: &[TrackedBeat],
    meter: TimeSignature,
    odds: &MeterOdds,
) -> Option<usize> {
    let expected = beats_in_bar(meter).clamp(1, MOST_IN_BAR);
    let found = commonest_length(&positions(&evidence(beats), &length_costs(odds)[..expected]));
    (found > 1 && (found == 3) != (expected == 3)).then_some(found)
}

/// Position in the bar, from 0, of each beat, in bars of which the most common are those of a meter; its odds and those
/// of the others say what other bars are likely between them.
pub(crate) fn likely_positions(
    beats: &[TrackedBeat],
    is_steady: bool,
    meter: TimeSignature,
    odds: &MeterOdds,
) -> Vec<u8> {
    let length = beats_in_bar(meter).clamp(1, MOST_IN_BAR);
    let (evidence, likely) = (evidence(beats), length_costs(odds));
    let with_others_at = |cost: f32| {
        let mut costs = likely;
        costs[..length - 1].iter_mut().for_each(|other| *other += cost);
        positions(&evidence, &costs[..length])
    };
    let mut found = with_others_at(if is_steady { OTHER_IF_STEADY } else { 0.0 });
    let mut cost = OTHER.0;
    while cost <= OTHER.1 && commonest_length(&found) != length {
        found = with_others_at(cost);
        cost *= OTHER_STEP;
    }
    found
}

/// Position in the bar, from 0, of each beat, where the meter is known.
pub(crate) fn known_positions(beats: &[TrackedBeat], meter: TimeSignature) -> Vec<u8> {
    positions_in_bar(&evidence(beats), beats_in_bar(meter), SHORT_BAR)
}

/// Cost of a bar by its number of beats, from one.
fn length_costs(odds: &MeterOdds) -> [f32; MOST_IN_BAR] {
    let mut by_length = [f32::NEG_INFINITY; MOST_IN_BAR];
    for (meter, odds) in METERS.iter().zip(odds) {
        let length = &mut by_length[beats_in_bar(*meter).clamp(1, MOST_IN_BAR) - 1];
        *length = length.max(*odds);
    }
    let most = by_length.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    by_length.map(|odds| UNLIKELY * (most - odds).min(MOST_UNLIKELY))
}

/// Position in the bar of each beat, for the best bars of at most as many beats as there are `costs`.
fn positions(evidence: &[f32], costs: &[f32]) -> Vec<u8> {
    const BEGIN: u8 = u8::MAX;
    let longest = costs.len();
    // By the beat that begins a bar, and the length of the bar less one: the best score, and the bar before.
    let mut scores: Vec<[f32; MOST_IN_BAR]> = Vec::with_capacity(evidence.len());
    let mut before: Vec<[u8; MOST_IN_BAR]> = Vec::with_capacity(evidence.len());
    for (index, value) in evidence.iter().enumerate() {
        let until = |bar: usize| match index.checked_sub(bar + 1) {
            Some(start) => scores[start][bar],
            None => f32::NEG_INFINITY,
        };
        let best =
            (0..longest).fold(0, |best, bar| if until(bar) > until(best) { bar } else { best });
        let mut score = [f32::NEG_INFINITY; MOST_IN_BAR];
        let mut from = [BEGIN; MOST_IN_BAR];
        for (bar, cost) in costs.iter().enumerate() {
            let begin = if index < longest { 0.0 } else { f32::NEG_INFINITY };
            let ways =
                [(begin, BEGIN), (until(bar), bar as u8), (until(best) - CHANGE, best as u8)];
            let way =
                ways.into_iter().fold(ways[0], |best, way| if way.0 > best.0 { way } else { best });
            score[bar] = way.0 + value - cost;
            from[bar] = way.1;
        }
        scores.push(score);
        before.push(from);
    }
    let mut positions = vec![0; evidence.len()];
    let ends = (0..longest).filter_map(|bar| {
        let reaching = evidence.len().saturating_sub(bar + 1)..evidence.len();
        reaching.map(|start| (scores[start][bar], start, bar)).max_by(|a, b| a.0.total_cmp(&b.0))
    });
    let Some((_, mut start, mut bar)) = ends.max_by(|a, b| a.0.total_cmp(&b.0)) else {
        return positions;
    };
    let mut end = evidence.len();
    loop {
        positions[start..end].iter_mut().zip(0..).for_each(|(slot, position)| *slot = position);
        end = start;
        let earlier = before[start][bar];
        if earlier == BEGIN {
            break;
        }
        bar = earlier.into();
        start -= bar + 1;
    }
    // The beats before the first bar are the last of one.
    let upbeat = positions[..end].iter_mut().rev().zip((0..longest as u8).rev());
    upbeat.for_each(|(slot, position)| *slot = position);
    positions
}

/// The length of the bars that most beats are in; of equals the longest.
fn commonest_length(positions: &[u8]) -> usize {
    let mut beats = [0; MOST_IN_BAR];
    for bar in positions.chunk_by(|_, next| *next != 0) {
        beats[bar.len().min(MOST_IN_BAR) - 1] += bar.len();
    }
    1 + (0..MOST_IN_BAR).fold(0, |best, next| if beats[next] >= beats[best] { next } else { best })
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
