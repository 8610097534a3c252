//! Beats estimated from onsets, whatever the declared tempo.
//!
//! The network ([`beat_net`](crate::analysis::rhythm::beat_net)) says how likely each onset is a beat, and which
//! interval between beats the music around it and the piece as a whole suggest. Then the
//! [`tracker`](crate::analysis::rhythm::tracker) finds the beats among the onsets that are likely enough.

use crate::analysis::rhythm::beat_net::{BeatOdds, METERS, OnsetOdds, beat_odds};
use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::tracker::{Candidate, Row, TrackedBeat, Tracker};
use crate::error::Error;
use crate::room;

/// The constants are rounded results of comparisons on made-up performances of scores that the network was
/// not taught.
/// Log-odds below which an onset is no candidate for a beat.
const TOO_UNLIKELY: f32 = -3.0;
/// Weight of an onset's log-odds in the score of a path.
const ONSET: f32 = 1.8;
/// Weights of the log-odds of the interval that leads to a beat: by the mean over the piece, and by its tempogram.
const MEAN: f32 = 0.15;
const TEMPOGRAM: f32 = 0.3;
/// Share of the interval between known beats within which an onset is on one.
const NEAR: f64 = 0.2;
/// Candidates between two interrupt checks: well under a millisecond of work.
const CANDIDATES_BETWEEN_CHECKS: usize = 1_024;

/// The beats of a piece, and what is known of its bars.
#[derive(Clone, Debug)]
pub(crate) struct Tracking {
    /// In the order of time.
    pub(crate) beats: Vec<TrackedBeat>,
    /// Log-odds of the meters that the network tells apart.
    pub(crate) meter: [f32; METERS],
}

/// The beats that the onsets suggest; `levels` is the log-odds of each interval by the tempogram.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn track(
    onsets: &[Onset],
    levels: &Row,
    interrupted: &dyn Fn() -> bool,
) -> Result<Tracking, Error> {
    let heard = beat_odds(onsets, interrupted)?;
    let likely = onsets.iter().zip(&heard.onsets).filter(|(_, odds)| odds.beat >= TOO_UNLIKELY);
    let candidates = room::gathered(likely.map(|(onset, odds)| candidate(onset, odds)))?;
    let mut tracker = Tracker::new(&candidates, preference(&heard, levels))?;
    for index in 0..candidates.len() {
        if index % CANDIDATES_BETWEEN_CHECKS == 0 && interrupted() {
            return Err(Error::interrupted(0));
        }
        tracker.step(index);
    }
    Ok(Tracking { beats: tracker.beats(), meter: heard.meter })
}

/// Beats that are known, with what is known of their bars: by the onset that is nearest to each, if it is near.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn with_downbeats(
    mut beats: Vec<TrackedBeat>,
    onsets: &[Onset],
    interrupted: &dyn Fn() -> bool,
) -> Result<Tracking, Error> {
    let heard = beat_odds(onsets, interrupted)?;
    let near = NEAR * median_interval(&beats);
    let mut at = 0;
    for beat in &mut beats {
        let distance = |index: usize| (onsets[index].seconds - beat.seconds).abs();
        while at + 1 < onsets.len() && distance(at + 1) <= distance(at) {
            at += 1;
        }
        beat.downbeat = heard.onsets.get(at).filter(|_| distance(at) <= near).map(|o| o.downbeat);
    }
    Ok(Tracking { beats, meter: heard.meter })
}

fn candidate(onset: &Onset, odds: &OnsetOdds) -> Candidate {
    Candidate {
        beat: TrackedBeat {
            tick: onset.tick,
            seconds: onset.seconds,
            downbeat: Some(odds.downbeat),
        },
        odds: ONSET * odds.beat,
        interval: odds.interval,
    }
}

/// Score of a beat by the bin of the interval that leads to it, for the piece as a whole.
fn preference(heard: &BeatOdds, levels: &Row) -> Row {
    std::array::from_fn(|bin| MEAN * heard.interval[bin] + TEMPOGRAM * levels[bin])
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
