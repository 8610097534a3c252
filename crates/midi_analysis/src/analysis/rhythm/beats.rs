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

/// The constants are rounded results of a search over made-up performances of scores that the network was not taught,
/// played as it was taught and more freely.
/// Log-odds below which an onset is no candidate for a beat.
const TOO_UNLIKELY: f32 = -3.0;
/// Weight of an onset's log-odds in the score of a path.
const ONSET: f32 = 1.8;
/// Weights of the log-odds of the interval that leads to a beat: by the mean over the piece, and by its tempogram.
const MEAN: f32 = 0.15;
const TEMPOGRAM: f32 = 0.15;
/// Share of the interval between known beats within which an onset is on one.
const NEAR: f64 = 0.2;
/// Ratio of the intervals of neighbouring levels at least: three beats in the time of two.
const LEVEL: f64 = 1.5;
/// Ratio within which an interval is near another.
const ALIKE: f64 = 1.3;
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
    let near = NEAR * usual_interval(&beats);
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

/// Seconds between beats as most are, 0 without any. Those count that are near the median of the most that may be of one
/// level: passages whose beats were found at another do not.
pub(crate) fn usual_interval(beats: &[TrackedBeat]) -> f64 {
    let mut intervals: Vec<f64> =
        beats.windows(2).map(|pair| pair[1].seconds - pair[0].seconds).collect();
    intervals.sort_unstable_by(f64::total_cmp);
    let (mut most, mut end) = (0..0, 0);
    for (start, least) in intervals.iter().enumerate() {
        while intervals.get(end).is_some_and(|interval| *interval <= LEVEL * least) {
            end += 1;
        }
        if end - start > most.len() {
            most = start..end;
        }
    }
    let middle = median(&intervals[most]);
    let from = intervals.partition_point(|interval| *interval * ALIKE < middle);
    let to = intervals.partition_point(|interval| *interval <= middle * ALIKE);
    median(&intervals[from..to])
}

/// The lower of two; 0 of none.
fn median(rising: &[f64]) -> f64 {
    rising.get(rising.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// Share of the intervals within a twelfth of the usual one, 0-1.
pub(crate) fn steadiness(beats: &[TrackedBeat]) -> f32 {
    let usual = usual_interval(beats);
    let intervals = beats.len().saturating_sub(1).max(1);
    let steady = beats
        .windows(2)
        .filter(|pair| (pair[1].seconds - pair[0].seconds - usual).abs() * 12.0 <= usual)
        .count();
    steady as f32 / intervals as f32
}

#[cfg(test)]
mod tests {
    use super::usual_interval;
    use crate::analysis::rhythm::tracker::TrackedBeat;

    fn beats(intervals: &[f64]) -> Vec<TrackedBeat> {
        let mut seconds = 0.0;
        let mut beats = vec![TrackedBeat { tick: 0, seconds, downbeat: None }];
        for interval in intervals {
            seconds += interval;
            beats.push(TrackedBeat { tick: 0, seconds, downbeat: None });
        }
        beats
    }

    #[test]
    fn passages_at_another_level_do_not_change_the_usual_interval() {
        let level = |interval: f64, count: usize| vec![interval; count];
        let intervals = [level(0.5, 40), level(1.0, 20), level(0.25, 10)].concat();
        assert!((usual_interval(&beats(&intervals)) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn the_usual_interval_follows_rubato() {
        let intervals: Vec<f64> = (0..99).map(|n| 0.5 + f64::from(n % 9 - 4) * 0.02).collect();
        assert!((usual_interval(&beats(&intervals)) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn no_beats_have_no_interval() {
        assert_eq!(usual_interval(&[]), 0.0);
        assert_eq!(usual_interval(&beats(&[])), 0.0);
        assert_eq!(usual_interval(&beats(&[f64::NAN])), 0.0);
    }
}
