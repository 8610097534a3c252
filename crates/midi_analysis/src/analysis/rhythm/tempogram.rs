//! The interval that a listener takes for the beat: the level of the pulse, estimated over the whole
//! piece before its beats are tracked.
//!
//! A tempogram (Grosche & Müller 2011) consists of histograms of the intervals between onsets on a
//! logarithmic axis, one for each kind of accent. Half a beat is a common interval, bass and harmony
//! change at bars, and the shortest notes are a fourth of a beat: these are shifts along the axis, the
//! same at every tempo. So the log-odds of a candidate are a weighted sum of the histograms, by
//! distance from the candidate, and of a curve of preferred tempos (Parncutt 1994). The weights are
//! learned (`scripts/train tempo`).

use std::sync::LazyLock;

use crate::analysis::rhythm::candidates::{
    BELOW, BINS_IN_OCTAVE, CANDIDATES, FIRST_CANDIDATE, GAPS, MODERATE, POWERS, SHIFTED,
    SHORTEST_GAP_S, SORTS,
};
use crate::analysis::rhythm::onsets::{Onset, clamped};
use crate::weights::tempo::{CURVE, SHIFTS};

/// Onsets in an excerpt, and how many onsets are counted, in excerpts spread over the piece.
const EXCERPT: usize = 256;
const MOST_ONSETS: usize = 2_048;
/// Most earlier onsets with which an onset is paired.
const MOST_PAIRS: usize = 30;
const HEAVIEST: f32 = 0.1;

/// By kind of accent and gap: the square root of the gap's share.
pub(crate) type Tempogram = [[f32; GAPS]; SORTS];

/// Bins of gaps by their milliseconds.
static BIN_OF_GAP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let bin = |ms: usize| BINS_IN_OCTAVE as f64 * (ms as f64 / 1e3 / SHORTEST_GAP_S).log2();
    let bins = (0..).map(|ms| bin(ms.max(1)).round());
    bins.take_while(|&bin| bin < GAPS as f64).map(|bin| bin.max(0.0) as u8).collect()
});

/// The tempogram of a piece.
pub(crate) fn tempogram(onsets: &[Onset]) -> Tempogram {
    let mut histograms = [[0.0; GAPS]; SORTS];
    let mut accents: [Vec<(f32, f32)>; SORTS] = Default::default();
    for excerpt in onsets.chunks(EXCERPT).step_by(onsets.len() / MOST_ONSETS + 1) {
        accents.iter_mut().for_each(Vec::clear);
        for onset in excerpt {
            let at = (onset.seconds - excerpt[0].seconds) as f32;
            let weight = clamped(0.56 + 0.2 * onset.salience, 0.02, 1.0);
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

/// Log-odds of each candidate that it is the beat.
pub(crate) fn odds(tempogram: &Tempogram) -> [f32; CANDIDATES] {
    std::array::from_fn(|candidate| {
        let terms = terms(tempogram, candidate);
        let weights = SHIFTS.as_flattened().iter().chain(&CURVE);
        terms.iter().zip(weights).map(|(term, weight)| term * weight).sum()
    })
}

/// The terms of a candidate's log-odds: for each kind of accent the shares of the gaps around it, and
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
