//! The best sequence of beats through candidates for them, by dynamic programming.
//!
//! After Ellis 2007 and the bar pointer (Whiteley, Cemgil & Godsill 2006): a state is a candidate that is
//! a beat, and the interval that leads to it. A beat scores the log-odds of its candidate. A change of
//! interval costs the squared logarithm of the ratio, so that rubato is followed and a doubling is not.
//! An interval far from the one estimated for the piece costs, so that the level is kept. Each beat
//! without a candidate costs a little. The time is linear in the number of candidates, since only those
//! of the last seconds can precede a beat. Times are seconds.

use std::sync::LazyLock;

use crate::room::{self, NoRoom};

use crate::analysis::rhythm::beat_net::INTERVAL_STEPS;
use crate::analysis::rhythm::candidates::{BINS_IN_OCTAVE, CANDIDATES, candidate_s};

/// Bins of intervals, as those of the candidates for the beat. The last one is for intervals out of
/// range, which makes their number a power of two.
const BINS: usize = CANDIDATES;
const NO_BIN: usize = BINS - 1;
/// Logarithm of the ratio of neighbouring bins.
const STEP: f64 = std::f64::consts::LN_2 / BINS_IN_OCTAVE as f64;
/// Steps by which an interval may differ from the one before.
const REACH: usize = 3;
/// The following constants are the rounded results of a search over made-up performances of scores that the network
/// was not taught, played as it was taught and more freely; the costs of idling and restarting hardly matter.
/// Standard deviation of the logarithm of the ratio of neighbouring intervals.
const RUBATO: f32 = 0.2;
/// Scores of each beat, and of each beat without an onset.
const BEAT: f32 = 0.75;
const SILENT_BEAT: f32 = -3.0;
/// Most silent beats in a row.
const MOST_SILENT: usize = 3;
/// Weight of the log-odds of the interval that leads to a beat, by the music around it.
const AROUND: f32 = 0.3;
/// Scores of losing the beat and starting anew, and of each second without a beat.
const RESTART: f32 = -5.0;
const IDLE_SECOND: f32 = -1.5;
/// Seconds between neighbouring beats at least.
const SHORTEST_S: f64 = 0.165;
/// Seconds between two onsets that may be beats with only silent beats between them.
const LONGEST_S: f64 = 2.2;
/// Candidates within [`LONGEST_S`], onsets being no nearer to each other than 40 ms: a power of two.
const WINDOW: usize = 64;
/// Resolution of gaps, in steps of a second.
const GAP_STEPS: f64 = 1_000.0;

/// An estimated beat.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrackedBeat {
    pub(crate) tick: u32,
    pub(crate) seconds: f64,
    /// Log-odds that a bar begins here; `None` where no onset is.
    pub(crate) downbeat: Option<f32>,
}

/// An onset that may be a beat.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) beat: TrackedBeat,
    /// Log-odds that it is one.
    pub(super) odds: f32,
    /// Log-odds of the interval that leads to it, by its bin, in [steps](INTERVAL_STEPS).
    pub(super) interval: [i8; BINS],
}

/// A number for each bin.
pub(super) type Row = [f32; BINS];

/// By number of silent beats in a gap, the bin of the intervals into which they divide it; [`NO_BIN`]
/// where that is out of range.
type Bins = [u8; MOST_SILENT + 1];

/// [`Bins`] by the steps of a gap.
static BINS_OF_GAP: LazyLock<Vec<Bins>> = LazyLock::new(|| {
    let bin = |seconds: f64| {
        let bin = (seconds / candidate_s(0.0)).ln() / STEP;
        if bin > -0.5 && bin < NO_BIN as f64 - 0.5 { (bin + 0.5) as u8 } else { NO_BIN as u8 }
    };
    (0..=(LONGEST_S * GAP_STEPS) as usize)
        .map(|gap| std::array::from_fn(|silent| bin(gap as f64 / GAP_STEPS / (silent + 1) as f64)))
        .collect()
});

/// The search, candidate by candidate.
pub(super) struct Tracker<'a> {
    candidates: &'a [Candidate],
    preference: Row,
    bins: &'static [Bins],
    /// By candidate and bin of the interval that led to it: the best score so far.
    scores: Vec<Row>,
    /// By candidate, the best of its scores.
    best: Vec<f32>,
    /// Of the last [`WINDOW`] candidates, by bin of the interval to come: the best score so far.
    ahead: [Row; WINDOW],
    /// First candidate near enough to precede the current one, and the first too near.
    first: usize,
    too_near: usize,
    /// Best candidate too far back to precede the current one, and its score without idle time. Only the
    /// changes are listed, each with the candidate from which it is valid.
    lost: Vec<(usize, Option<usize>, f32)>,
}

impl<'a> Tracker<'a> {
    /// `preference` is the score of a beat by the bin of its interval, for the piece as a whole.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn new(candidates: &'a [Candidate], preference: Row) -> Result<Self, NoRoom> {
        Ok(Self {
            candidates,
            preference,
            bins: &BINS_OF_GAP,
            scores: room::list(candidates.len())?,
            best: room::list(candidates.len())?,
            ahead: [[0.0; BINS]; WINDOW],
            first: 0,
            too_near: 0,
            lost: vec![(0, None, 0.0)],
        })
    }

    /// Advances to the next candidate, `index`.
    pub(super) fn step(&mut self, index: usize) {
        let candidate = &self.candidates[index];
        self.forget(index);
        let now = candidate.beat.seconds;
        while now - self.candidates[self.too_near].beat.seconds >= SHORTEST_S {
            self.too_near += 1;
        }
        let mut scores = [self.lost[self.lost.len() - 1].2 + self.idle(index); BINS];
        for before in self.first..self.too_near {
            let ahead = &self.ahead[before % WINDOW];
            for (silent, bin) in self.bins_of(before, index).into_iter().enumerate() {
                let bin = usize::from(bin) % BINS;
                let score = ahead[bin] + SILENT_BEAT * silent as f32;
                scores[bin] = if score > scores[bin] { score } else { scores[bin] };
            }
        }
        let around = candidate.interval.map(|steps| AROUND / INTERVAL_STEPS * f32::from(steps));
        for ((score, around), whole) in scores.iter_mut().zip(around).zip(&self.preference) {
            *score += candidate.odds + BEAT + (whole + around);
        }
        scores[NO_BIN] = f32::NEG_INFINITY;
        self.ahead[index % WINDOW] = look_ahead(&scores);
        self.best.push(highest(&scores));
        self.scores.push(scores);
    }

    fn bins_of(&self, before: usize, index: usize) -> Bins {
        let gap = self.candidates[index].beat.seconds - self.candidates[before].beat.seconds;
        self.bins[((gap * GAP_STEPS + 0.5) as u32 as usize).min(self.bins.len() - 1)]
    }

    /// Score of idling from the first candidate to this one.
    fn idle(&self, index: usize) -> f32 {
        let seconds = self.candidates[index].beat.seconds - self.candidates[0].beat.seconds;
        IDLE_SECOND * seconds as f32
    }

    /// Drops candidates that are too far back, in time or in number, to precede this one.
    fn forget(&mut self, index: usize) {
        let now = self.candidates[index].beat.seconds;
        while now - self.candidates[self.first].beat.seconds > LONGEST_S
            || index - self.first >= WINDOW
        {
            let score = self.best[self.first] + RESTART - self.idle(self.first);
            if score > self.lost[self.lost.len() - 1].2 {
                self.lost.push((index, Some(self.first), score));
            }
            self.first += 1;
        }
    }

    /// The beats of the best path, traced back from its end by recomputing the origin of each score.
    pub(super) fn beats(&self) -> Vec<TrackedBeat> {
        let mut beats = Vec::new();
        let end_score = |index: &usize| self.best[*index] - self.idle(*index);
        let end = (0..self.best.len()).max_by(|a, b| end_score(a).total_cmp(&end_score(b)));
        let mut state = end.map(|index| (index, best_bin(&self.scores[index])));
        while let Some((index, bin)) = state {
            let beat = self.candidates[index].beat;
            beats.push(beat);
            state = match self.origin(index, bin) {
                Some((before, silent)) => {
                    let earlier = self.candidates[before].beat;
                    let parts = silent + 1;
                    beats
                        .extend((1..=silent).rev().map(|step| between(earlier, beat, step, parts)));
                    Some((before, bin_before(&self.scores[before], bin).0))
                }
                None => self.lost_at(index).1.map(|lost| (lost, best_bin(&self.scores[lost]))),
            };
        }
        beats.reverse();
        beats
    }

    /// The entry of [`Tracker::lost`] that is valid at a candidate.
    fn lost_at(&self, index: usize) -> (usize, Option<usize>, f32) {
        self.lost[self.lost.partition_point(|(from, ..)| *from <= index) - 1]
    }

    /// The previous candidate of a state and the silent beats between them; `None` where it starts anew.
    fn origin(&self, index: usize, bin: usize) -> Option<(usize, u32)> {
        let mut best = (self.lost_at(index).2 + self.idle(index), None);
        let now = self.candidates[index].beat.seconds;
        let near = |before: &usize| now - self.candidates[*before].beat.seconds <= LONGEST_S;
        for before in (0..index).rev().take(WINDOW - 1).take_while(near) {
            for (silent, other) in self.bins_of(before, index).into_iter().enumerate() {
                if usize::from(other) != bin {
                    continue;
                }
                let score = bin_before(&self.scores[before], bin).1 + SILENT_BEAT * silent as f32;
                if score > best.0 {
                    best = (score, Some((before, silent as u32)));
                }
            }
        }
        best.1
    }
}

/// Cost of a change of the interval by so many steps.
fn change_cost(steps: usize) -> f32 {
    let z = steps as f32 * STEP as f32 / RUBATO;
    0.5 * z * z
}

fn highest(scores: &Row) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 8];
    for part in scores.chunks_exact(lanes.len()) {
        for (best, &score) in lanes.iter_mut().zip(part) {
            *best = if score > *best { score } else { *best };
        }
    }
    lanes.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// The likeliest bin, the first of equals.
fn best_bin(scores: &Row) -> usize {
    (0..BINS).fold(0, |best, bin| if scores[bin] > scores[best] { bin } else { best })
}

/// The best bin of the interval that leads to a candidate if one of `bin` follows, and the score.
fn bin_before(scores: &Row, bin: usize) -> (usize, f32) {
    let from = bin.saturating_sub(REACH);
    let to = (bin + REACH + 1).min(BINS);
    (from..to)
        .map(|other| (other, scores[other] - change_cost(other.abs_diff(bin))))
        .fold((from, f32::NEG_INFINITY), |best, other| if other.1 > best.1 { other } else { best })
}

/// For each next interval the best score over the intervals that may precede it.
fn look_ahead(scores: &Row) -> Row {
    let mut padded = [f32::NEG_INFINITY; BINS + 2 * REACH];
    padded[REACH..REACH + BINS].copy_from_slice(scores);
    let mut best = *scores;
    for shift in 0..=2 * REACH {
        let cost = change_cost(shift.abs_diff(REACH));
        for (best, score) in best.iter_mut().zip(&padded[shift..shift + BINS]) {
            let score = score - cost;
            *best = if score > *best { score } else { *best };
        }
    }
    best
}

/// The beat at `step` of `parts` equal parts between two others.
fn between(from: TrackedBeat, to: TrackedBeat, step: u32, parts: u32) -> TrackedBeat {
    let ticks = u64::from(to.tick - from.tick) * u64::from(step) / u64::from(parts);
    let seconds = (to.seconds - from.seconds) * f64::from(step) / f64::from(parts);
    TrackedBeat { tick: from.tick + ticks as u32, seconds: from.seconds + seconds, downbeat: None }
}
