//! The sequence of chords that fits the segments best.
//!
//! A hidden Markov model (Raphael & Stoddard 2004; Sheh & Ellis 2003) over twelve roots and six
//! families of chords, decoded by the algorithm of Viterbi (1967). How well a chord fits a segment is
//! linear in the notes that sound, and is multiplied by the square root of the segment's length, since
//! successive moments are not independent. A change of chord costs less where the music makes one likely,
//! and between chords that often follow each other. Only the two best chords so far are asked what may
//! follow them, so a step takes time linear in the number of states; more change next to nothing.
//!
//! Scores are whole numbers of 16 bits, eight of which a processor adds at once: nats in [`NAT`] parts, within
//! 32 nats of the best chord. One that is further below has to begin anew in any case.

use super::evidence::Segment;
use super::ground::Ground;
use super::model::{Model, NAT, SHARE, STATES, States, in_parts};
use super::places::Place;
use super::terms::{Terms, TermsOf};
use crate::error::{Error, check};
use crate::model::key::Key;
use crate::room::{self, NoRoom};

/// Numbers that a processor adds at once.
const LANES: usize = 8;
/// The states are in so many rows of lanes.
const ROWS: usize = STATES / LANES;
/// Segments between two interrupt checks.
const SEGMENTS_BETWEEN_CHECKS: usize = 1 << 12;

/// Segments from `first` up to `end` in which one chord sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) root: usize,
    pub(super) family: usize,
}

/// The chords of all segments, ascending, by what sounds in them, where they begin and the `grounds` of bars.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn decode(
    segments: &[Segment],
    places: &[Place],
    grounds: &[Ground],
    key: Option<Key>,
    model: &Model,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Run>, Error> {
    let mut lattice = Lattice {
        model,
        preferences: model.preferences(key),
        scores: States::NONE,
        best: [Best::default(); 2],
    };
    let mut steps: Vec<Step> = room::list(segments.len())?;
    let mut terms = TermsOf::new(grounds);
    for (index, (segment, place)) in segments.iter().zip(places).enumerate() {
        if index % SEGMENTS_BETWEEN_CHECKS == 0 {
            check(interrupted)?;
        }
        let terms = terms.next(segment, place);
        let change = if index == 0 { i16::MIN } else { in_parts(model.change(&terms), NAT) };
        steps.push(lattice.step(segment, &terms, change));
    }
    Ok(runs(model, &steps, lattice.best[0].state)?)
}

/// A state, and the score of the best path to it, or from it.
#[derive(Clone, Copy, Default)]
struct Best {
    state: u8,
    score: i16,
}

/// How each state is reached in a segment.
struct Step {
    /// Whether its chord begins here: by lane, one bit for each row, the last row in the lowest.
    begins: [u16; LANES],
    /// The two best states before, and what a change from each is worth.
    from: [Best; 2],
}

impl Step {
    /// The lane of a state, and its bit.
    fn bit(state: u8) -> (usize, u16) {
        let (row, lane) = (usize::from(state) / LANES, usize::from(state) % LANES);
        (lane, 1 << (ROWS - 1 - row))
    }

    /// The state before one that begins here.
    fn before(&self, model: &Model, state: u8) -> u8 {
        let [best, next] = self.from;
        let worth = |from: Best| {
            from.score.saturating_add(model.follow[usize::from(from.state)].0[usize::from(state)])
        };
        if worth(next) > worth(best) { next.state } else { best.state }
    }
}

/// Follows the best path back from its last state.
fn runs(model: &Model, steps: &[Step], mut state: u8) -> Result<Vec<Run>, NoRoom> {
    let (mut runs, mut end) = (Vec::new(), steps.len());
    let (mut lane, mut bit) = Step::bit(state);
    for (first, step) in steps.iter().enumerate().rev() {
        if first == 0 || step.begins[lane] & bit != 0 {
            let (family, root) = (usize::from(state) / 12, usize::from(state) % 12);
            room::push(&mut runs, Run { first, end, root, family })?;
            state = step.before(model, state);
            (lane, bit) = Step::bit(state);
            end = first;
        }
    }
    runs.reverse();
    Ok(runs)
}

/// The best path to each state so far.
struct Lattice<'m> {
    model: &'m Model,
    /// By the pitch class of the bass, where the bar has no ground, and where it has one.
    preferences: [States; 24],
    scores: States,
    /// The two best states.
    best: [Best; 2],
}

impl Lattice<'_> {
    /// Advances to the next segment, at whose start a change of chord is worth so much.
    fn step(&mut self, segment: &Segment, terms: &Terms, change: i16) -> Step {
        let mut fits = States::NONE;
        self.fit(segment, terms, &mut fits);
        let [best, next] = self.best;
        let [after_best, after_next] =
            [best, next].map(|from| &self.model.follow[usize::from(from.state)].0);
        let change_from_next = change.saturating_add(next.score.saturating_sub(best.score));
        let mut begins = [0; LANES];
        // The best of each lane, and the second best.
        let (mut tops, mut seconds) = ([i16::MIN; LANES], [i16::MIN; LANES]);
        for row in 0..ROWS {
            for lane in 0..LANES {
                let state = row * LANES + lane;
                // Only differences matter, and a growing sum would have no room.
                let held = self.scores.0[state].saturating_sub(best.score);
                let first = change.saturating_add(after_best[state]);
                let other = change_from_next.saturating_add(after_next[state]);
                let begun = first.max(other);
                let score = held.max(begun).saturating_add(fits.0[state]);
                self.scores.0[state] = score;
                begins[lane] = (begins[lane] << 1) | u16::from(begun > held);
                seconds[lane] = seconds[lane].max(score.min(tops[lane]));
                tops[lane] = tops[lane].max(score);
            }
        }
        self.best = self.two_best(tops, &seconds);
        let from = [Best { score: change, ..best }, Best { score: change_from_next, ..next }];
        Step { begins, from }
    }

    /// Adds to `fits` how well each chord fits what sounds.
    // Into a place that the caller has, since the result is not copied then.
    fn fit(&self, segment: &Segment, terms: &Terms, fits: &mut States) {
        let whole = in_parts(terms.weight, SHARE);
        let mut bass = terms.bass;
        if let Some(ground) = terms.ground {
            add(fits, whole, &self.model.sounding[24 + ground]);
            bass += 12;
        }
        add(fits, whole, &self.preferences[bass]);
        let shares = segment.shares.as_flattened();
        let mut left = segment.sounding;
        while left != 0 {
            let row = left.trailing_zeros() as usize % 24;
            add(fits, in_parts(terms.weight * shares[row], SHARE), &self.model.sounding[row]);
            left &= left - 1;
        }
    }

    /// The two best states by the two highest scores of each lane.
    fn two_best(&self, mut tops: [i16; LANES], seconds: &[i16; LANES]) -> [Best; 2] {
        let best = self.highest(&tops, STATES);
        let lane = usize::from(best.state) % LANES;
        tops[lane] = seconds[lane];
        [best, self.highest(&tops, best.state.into())]
    }

    /// The first lane and state with the highest score, other than `except`, by the highest of each lane.
    fn highest(&self, tops: &[i16; LANES], except: usize) -> Best {
        let score = tops.iter().copied().fold(i16::MIN, i16::max);
        let mut state = tops.iter().position(|&top| top == score).unwrap_or(0);
        while state + LANES < STATES && (state == except || self.scores.0[state] != score) {
            state += LANES;
        }
        Best { state: state as u8, score }
    }
}

/// Adds a row of weights, times a share.
fn add(sums: &mut States, share: i16, row: &States) {
    for (sum, weight) in sums.0.iter_mut().zip(&row.0) {
        let product = (i32::from(share) * i32::from(*weight)) >> 16;
        *sum = sum.saturating_add(product as i16);
    }
}
