//! Which interval a listener takes for the beat: the level of the pulse, decided over the whole of a
//! piece before its beats are followed.
//!
//! Histograms of the intervals between onsets on a logarithmic axis (a tempogram; Grosche & Müller
//! 2011), one for each sort of accent. That half the beat is common, that bass and harmony change at
//! bars, that the densest notes are a fourth of it, are shifts along this axis, the same at every
//! tempo; so a candidate's log-odds are the histograms weighed by their distance from it, and a
//! curve of preferred tempos (Parncutt 1994). The weights are learned (`scripts/train tempo`).

use std::sync::LazyLock;

use crate::analysis::rhythm::onsets::{Onset, held};
use crate::weights::tempo::{CURVE, SHIFTS};

/// Sorts of accent: all pairs of heavy onsets, neighbours, pairs of bass onsets, pairs of new
/// harmonies, neighbours among the heaviest.
pub(crate) const SORTS: usize = 5;
/// Bins of an octave, and all of them: from 50 milliseconds to 4.4 seconds.
pub(crate) const BINS_IN_OCTAVE: usize = 8;
pub(crate) const GAPS: usize = 52;
const SHORTEST_GAP_S: f64 = 0.05;
/// The candidates for the beat are these bins: 0.17 to 2.5 seconds.
pub(crate) const CANDIDATES: usize = 32;
pub(crate) const FIRST_CANDIDATE: usize = 14;
/// Bins from the shortest gap that is weighed for a candidate to the candidate, and how many.
pub(crate) const BELOW: usize = 22;
pub(crate) const SHIFTED: usize = 42;
/// Powers of the distance from a moderate tempo, in octaves, that make the curve.
pub(crate) const POWERS: usize = 4;
const MODERATE: f32 = 14.8;
/// Onsets in a stretch, and how many onsets are listened to, in stretches spread over the piece.
const STRETCH: usize = 256;
const MOST_ONSETS: usize = 2_048;
/// Onsets before one that it is paired with at most.
const MOST_PAIRS: usize = 30;
const HEAVIEST: f32 = 0.1;

/// By sort and gap: the square root of its share.
pub(crate) type Tempogram = [[f32; GAPS]; SORTS];

/// Bins of gaps by their milliseconds.
static BIN_OF_GAP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let bin = |ms: usize| BINS_IN_OCTAVE as f64 * (ms as f64 / 1e3 / SHORTEST_GAP_S).log2();
    let bins = (0..).map(|ms| bin(ms.max(1)).round());
    bins.take_while(|&bin| bin < GAPS as f64).map(|bin| bin.max(0.0) as u8).collect()
});

/// Seconds of a candidate.
pub(crate) fn candidate_s(candidate: f64) -> f64 {
    let bin = FIRST_CANDIDATE as f64 + candidate;
    SHORTEST_GAP_S * (bin / BINS_IN_OCTAVE as f64).exp2()
}

/// The tempogram of a piece.
pub(crate) fn tempogram(onsets: &[Onset]) -> Tempogram {
    let mut histograms = [[0.0; GAPS]; SORTS];
    let mut accents: [Vec<(f32, f32)>; SORTS] = Default::default();
    for stretch in onsets.chunks(STRETCH).step_by(onsets.len() / MOST_ONSETS + 1) {
        accents.iter_mut().for_each(Vec::clear);
        for onset in stretch {
            let at = (onset.seconds - stretch[0].seconds) as f32;
            let weight = held(0.56 + 0.2 * onset.salience, 0.02, 1.0);
            let fresh = f32::from(onset.fresh);
            let is = [
                onset.salience > -1.0,
                true,
                onset.is_bass | onset.kick,
                onset.fresh > 1,
                onset.salience > HEAVIEST,
            ];
            let weights = [weight, 1.0, weight, weight * fresh, 1.0];
            for ((accents, is), weight) in accents.iter_mut().zip(is).zip(weights) {
                if is {
                    accents.push((at, weight));
                }
            }
        }
        for (sort, (accents, histogram)) in accents.iter().zip(&mut histograms).enumerate() {
            count_gaps(accents, if matches!(sort, 1 | 4) { 1 } else { MOST_PAIRS }, histogram);
        }
    }
    histograms.map(|histogram| {
        let whole = histogram.iter().sum::<f32>().max(1e-6).recip();
        histogram.map(|share| (share * whole).sqrt())
    })
}

fn count_gaps(accents: &[(f32, f32)], most: usize, histogram: &mut [f32; GAPS]) {
    let bins: &[u8] = &BIN_OF_GAP;
    for (index, &(now, weight)) in accents.iter().enumerate() {
        for &(before, other) in accents[index.saturating_sub(most)..index].iter().rev() {
            let Some(&bin) = bins.get(((now - before) * 1e3 + 0.5) as u32 as usize) else { break };
            histogram[usize::from(bin)] += weight * other;
        }
    }
}

/// Log-odds of each candidate to be the beat.
pub(crate) fn odds(tempogram: &Tempogram) -> [f32; CANDIDATES] {
    std::array::from_fn(|candidate| {
        let terms = terms(tempogram, candidate);
        let weights = SHIFTS.as_flattened().iter().chain(&CURVE);
        terms.iter().zip(weights).map(|(term, weight)| term * weight).sum()
    })
}

/// What a candidate's odds are a weighted sum of: of each sort the share of each gap around it, and
/// the powers of its distance from a moderate tempo.
pub(crate) fn terms(tempogram: &Tempogram, candidate: usize) -> [f32; SORTS * SHIFTED + POWERS] {
    let mut terms = [0.0; SORTS * SHIFTED + POWERS];
    let at = FIRST_CANDIDATE + candidate;
    for (row, histogram) in terms.chunks_exact_mut(SHIFTED).zip(tempogram) {
        let known = &histogram[at.saturating_sub(BELOW)..];
        let row = &mut row[BELOW.saturating_sub(at)..];
        row.iter_mut().zip(known).for_each(|(term, share)| *term = *share);
    }
    let distance = (candidate as f32 - MODERATE) / BINS_IN_OCTAVE as f32;
    let mut power = 1.0;
    for term in &mut terms[SORTS * SHIFTED..] {
        power *= distance;
        *term = power;
    }
    terms
}
