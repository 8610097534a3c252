//! Beats estimated from onsets, whatever the declared tempo.
//!
//! The level of the pulse is estimated first, over the whole piece
//! ([`tempogram`](crate::analysis::rhythm::tempogram)); then the
//! [`tracker`](crate::analysis::rhythm::tracker) finds the beats among the onsets that are heavy enough.

use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::tempogram::Odds;
use crate::analysis::rhythm::tracker::{Candidate, Row, TrackedBeat, Tracker, best_bin};
use crate::error::Error;

/// The constants are the rounded results of a search over a part of annotated performances.
/// Score of a beat by its interval: the spread in bins around the interval estimated for the piece, the
/// weight of the distance and its greatest cost; the weight of the interval's own log-odds, and their
/// greatest cost.
const SPREAD: f32 = 3.0;
const PREFERENCE: f32 = 0.4;
const FARTHEST: f32 = -1.5;
const LIKELIHOOD: f32 = 0.1;
const UNLIKELIEST: f32 = -1.0;
/// Log-odds below which an onset is no candidate for a beat.
const TOO_LIGHT: f32 = -1.5;
/// The same in a dense passage, where so many onsets on each side are within so many seconds: many are
/// passing notes, and comparing them takes time.
const TOO_LIGHT_WHERE_DENSE: f32 = 0.0;
const AROUND: usize = 6;
const DENSE_S: f64 = 2.0;
/// Candidates between two interrupt checks: well under a millisecond of work.
const CANDIDATES_BETWEEN_CHECKS: usize = 1_024;

/// The beats that the onsets suggest, in the order of time; `odds` are those of the tempogram.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn track(
    onsets: &[Onset],
    odds: &Odds,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<TrackedBeat>, Error> {
    let last = onsets.len().saturating_sub(1);
    let dense = |index: usize| {
        let (from, to) = (index.saturating_sub(AROUND), (index + AROUND).min(last));
        onsets[to].seconds - onsets[from].seconds < DENSE_S
    };
    let is_candidate = |(index, onset): &(usize, &Onset)| {
        onset.salience >= if dense(*index) { TOO_LIGHT_WHERE_DENSE } else { TOO_LIGHT }
    };
    let candidates: Vec<Candidate> = onsets
        .iter()
        .enumerate()
        .filter(is_candidate)
        .map(|(_, onset)| Candidate {
            beat: TrackedBeat { tick: onset.tick, seconds: onset.seconds },
            odds: onset.salience,
        })
        .collect();
    let mut tracker = Tracker::new(&candidates, preferences(odds))?;
    for index in 0..candidates.len() {
        if index % CANDIDATES_BETWEEN_CHECKS == 0 && interrupted() {
            return Err(Error::interrupted(0));
        }
        tracker.step(index);
    }
    Ok(tracker.beats())
}

/// Score of a beat by the bin of its interval: it rises with the likelihood of the bin, and with its
/// proximity to the likeliest one.
fn preferences(odds: &Odds) -> Row {
    let likeliest = best_bin(odds);
    std::array::from_fn(|bin| {
        let z = (bin as f32 - likeliest as f32) / SPREAD;
        let far = (-0.5 * PREFERENCE * z * z).max(FARTHEST);
        far + (LIKELIHOOD * (odds[bin] - odds[likeliest])).max(UNLIKELIEST)
    })
}

/// Seconds between beats: the median, the lower of two; 0 without any.
pub(crate) fn median_interval(beats: &[TrackedBeat]) -> f64 {
    let mut intervals: Vec<f64> =
        beats.windows(2).map(|pair| pair[1].seconds - pair[0].seconds).collect();
    if intervals.is_empty() {
        return 0.0;
    }
    let middle = (intervals.len() - 1) / 2;
    *intervals.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Share of the intervals within a twelfth of their median, 0-1.
pub(crate) fn steadiness(beats: &[TrackedBeat]) -> f32 {
    let median = median_interval(beats);
    let intervals = beats.len().saturating_sub(1).max(1);
    let steady = beats
        .windows(2)
        .filter(|pair| (pair[1].seconds - pair[0].seconds - median).abs() * 12.0 <= median)
        .count();
    steady as f32 / intervals as f32
}
