//! The interval that a listener takes for the beat: the level of the pulse, estimated over the whole
//! piece before its beats are found.
//!
//! A tempogram (Grosche & Müller 2011) consists of histograms of the intervals between onsets on a
//! logarithmic axis, one for each kind of accent. Half a beat is a common interval, bass and harmony
//! change at bars, a snare strikes every other beat, and the shortest notes are a fourth of a beat: these
//! are shifts along the axis, the same at every tempo. So the log-odds of a candidate are a function of the
//! histograms around it, the same for all candidates, and of a curve of preferred tempos (Parncutt 1994).
//! The function is a sum of the histograms' shares, and of a layer of units that say which of them
//! belong together. The weights are learned (`scripts/train tempo`).

use std::sync::LazyLock;

use crate::analysis::rhythm::candidates::{
    BELOW, BINS_IN_OCTAVE, CANDIDATES, FIRST_CANDIDATE, GAPS, MODERATE, SHIFTED, SHORTEST_GAP_S,
    SORTS, TERMS,
};
use crate::analysis::rhythm::onsets::{Onset, clamped};
use crate::weights::tempo::{DIRECT, UNIT_BIASES, UNIT_TERMS, UNITS};

/// Onsets in an excerpt, and how many onsets are counted, in excerpts spread over the piece.
const EXCERPT: usize = 256;
const MOST_ONSETS: usize = 2_048;
/// Most earlier onsets with which an onset is paired, and most earlier drums.
const MOST_PAIRS: usize = 30;
const MOST_DRUMS: usize = 8;
const HEAVIEST: f32 = 0.1;
/// Steps of velocity above the surroundings from which an onset is loud, and from which no louder one
/// counts more.
const LOUD: f32 = 3.0;
const LOUDEST: f32 = 30.0;
/// Onsets on each side that loudness is measured against.
const AROUND: usize = 8;

/// The kind of accent that all onsets are, of which neighbours are paired.
const NEIGHBOURS: usize = 1;
/// Terms that are multiplied side by side.
const LANES: usize = 8;

/// By kind of accent and gap: the square root of the gap's share.
pub(crate) type Tempogram = [[f32; GAPS]; SORTS];
/// Log-odds by candidate.
pub(crate) type Odds = [f32; CANDIDATES];

/// Bins of gaps by their milliseconds.
static BIN_OF_GAP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let bin = |ms: usize| BINS_IN_OCTAVE as f64 * (ms as f64 / 1e3 / SHORTEST_GAP_S).log2();
    let bins = (0..).map(|ms| bin(ms.max(1)).round());
    bins.take_while(|&bin| bin < GAPS as f64).map(|bin| bin.max(0.0) as u8).collect()
});

/// The tempogram of a piece.
pub(crate) fn tempogram(onsets: &[Onset]) -> Tempogram {
    const PAIRS: [usize; SORTS] =
        [MOST_PAIRS, 1, MOST_PAIRS, MOST_PAIRS, 1, MOST_DRUMS, MOST_DRUMS, MOST_PAIRS, 1];
    let mut histograms = [[0.0; GAPS]; SORTS];
    let mut accents: [Vec<(f32, f32)>; SORTS] = Default::default();
    let step = onsets.len() / MOST_ONSETS + 1;
    for (number, excerpt) in onsets.chunks(EXCERPT).enumerate().step_by(step) {
        accents.iter_mut().for_each(Vec::clear);
        for (index, onset) in excerpt.iter().enumerate() {
            let at = (onset.seconds - excerpt[0].seconds) as f32;
            let weight = clamped(0.56 + 0.2 * onset.salience, 0.02, 1.0);
            let bass = onset.is_bass | onset.kick;
            let loud = loudness(onsets, number * EXCERPT + index);
            let is = [
                onset.salience > -1.0,
                true,
                bass,
                onset.fresh > 1,
                onset.salience > HEAVIEST,
                onset.kick,
                onset.snare,
                loud > LOUD,
                bass,
            ];
            let weights = [
                weight,
                1.0,
                weight,
                weight * f32::from(onset.fresh),
                1.0,
                1.0,
                1.0,
                clamped(loud, 0.0, LOUDEST) / LOUDEST,
                1.0,
            ];
            for ((accents, is), weight) in accents.iter_mut().zip(is).zip(weights) {
                if is {
                    accents.push((at, weight));
                }
            }
        }
        for ((accents, histogram), most) in accents.iter().zip(&mut histograms).zip(PAIRS) {
            count_gaps(accents, most, histogram);
        }
    }
    histograms.map(|histogram| {
        let whole = histogram.iter().sum::<f32>().max(1e-6).recip();
        histogram.map(|share| (share * whole).sqrt())
    })
}

/// Steps of velocity by which an onset is louder than those around it.
fn loudness(onsets: &[Onset], index: usize) -> f32 {
    let around = &onsets[index.saturating_sub(AROUND)..(index + AROUND + 1).min(onsets.len())];
    let sum: u32 = around.iter().map(|onset| u32::from(onset.velocity)).sum();
    f32::from(onsets[index].velocity) - sum as f32 / around.len() as f32
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

/// Share of the gaps between neighbouring onsets that are shorter than so many seconds.
pub(crate) fn shorter(tempogram: &Tempogram, seconds: f64) -> f32 {
    let bins = BINS_IN_OCTAVE as f64 * (seconds / SHORTEST_GAP_S).log2();
    let below = (bins.max(0.0) as usize).min(GAPS);
    tempogram[NEIGHBOURS][..below].iter().map(|share| share * share).sum()
}

/// Log-odds of each candidate that it is the beat.
pub(crate) fn odds(tempogram: &Tempogram) -> Odds {
    // The direct weights, and those of each unit: three at a time fill the registers.
    const ALL: usize = 1 + UNIT_TERMS.len();
    let weights: [&[f32; TERMS]; ALL] =
        std::array::from_fn(|at| at.checked_sub(1).map_or(&DIRECT, |unit| &UNIT_TERMS[unit]));
    std::array::from_fn(|candidate| {
        let terms = Known::of(&terms(tempogram, candidate));
        let mut sums = [0.0; ALL];
        let (threes, last) = sums.as_chunks_mut::<3>();
        let (weights, last_weights) = weights.as_chunks::<3>();
        threes.iter_mut().zip(weights).for_each(|(sums, weights)| *sums = terms.weighted(weights));
        last.iter_mut().zip(last_weights).for_each(|(sum, each)| [*sum] = terms.weighted(&[each]));
        let [direct, sums @ ..] = sums;
        let units = sums.iter().zip(UNIT_BIASES).zip(UNITS);
        direct + units.map(|((sum, bias), weight)| weight * (sum + bias).max(0.0)).sum::<f32>()
    })
}

/// The terms that are not 0, by eights: much music has few kinds of gaps.
struct Known {
    /// Of the first `count` the place of the eight among all.
    eights: [(u16, [f32; LANES]); TERMS / LANES],
    count: usize,
    /// Those left over.
    last: [f32; TERMS % LANES],
}

impl Known {
    fn of(terms: &[f32; TERMS]) -> Self {
        let mut known = Self {
            eights: [(0, [0.0; LANES]); TERMS / LANES],
            count: 0,
            last: [0.0; TERMS % LANES],
        };
        let (eights, last) = terms.as_chunks::<LANES>();
        for (place, eight) in (0..).zip(eights) {
            known.eights[known.count] = (place, *eight);
            known.count += usize::from(eight.iter().any(|&term| term != 0.0));
        }
        known.last.copy_from_slice(last);
        known
    }

    /// The sums of the terms, by each of some weights.
    #[inline]
    fn weighted<const SUMS: usize>(&self, weights: &[&[f32; TERMS]; SUMS]) -> [f32; SUMS] {
        // Several sums for each, so that they are added side by side.
        let mut sums = [[0.0_f32; LANES]; SUMS];
        let split = weights.map(|weights| weights.as_chunks::<LANES>());
        for (place, eight) in &self.eights[..self.count] {
            for (sums, (weights, _)) in sums.iter_mut().zip(&split) {
                let Some(weights) = weights.get(usize::from(*place)) else { continue };
                for ((sum, term), weight) in sums.iter_mut().zip(eight).zip(weights) {
                    *sum += term * weight;
                }
            }
        }
        std::array::from_fn(|at| {
            let last = self.last.iter().zip(split[at].1);
            let last: f32 = last.map(|(term, weight)| term * weight).sum();
            sums[at].iter().sum::<f32>() + last
        })
    }
}

/// The terms of a candidate's log-odds: for each kind of accent the shares of the gaps around it, and the
/// powers of its distance from a moderate tempo.
pub(crate) fn terms(tempogram: &Tempogram, candidate: usize) -> [f32; TERMS] {
    let mut terms = [0.0; TERMS];
    let at = FIRST_CANDIDATE + candidate;
    for (row, histogram) in terms.chunks_exact_mut(SHIFTED).zip(tempogram) {
        let known = &histogram[at.saturating_sub(BELOW)..];
        let row = &mut row[BELOW.saturating_sub(at)..];
        row.iter_mut().zip(known).for_each(|(term, share)| *term = *share);
    }
    let distance = (candidate as f32 - MODERATE) / (2 * BINS_IN_OCTAVE) as f32;
    let mut power = 1.0;
    for term in &mut terms[SORTS * SHIFTED..] {
        power *= distance;
        *term = power;
    }
    terms
}
