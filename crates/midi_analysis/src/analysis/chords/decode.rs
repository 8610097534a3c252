//! The sequence of chords that fits the segments best.
//!
//! A hidden Markov model (Raphael & Stoddard 2004; Sheh & Ellis 2003) over twelve roots and six
//! families of chords, decoded by the algorithm of Viterbi (1967). How well a chord fits a segment is
//! linear in the notes that sound, and is multiplied by the square root of the segment's length, since
//! successive moments are not independent. A change of chord costs less where the music makes one likely,
//! and between chords that often follow each other. Only the two best chords so far are asked what may
//! follow them, so a step takes time linear in the number of states; more change next to nothing.

use super::evidence::Segment;
use super::ground::Ground;
use super::model::{Model, STATES, States};
use super::terms::{Terms, TermsOf};
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::{Error, check};
use crate::model::key::Key;
use crate::room::{self, NoRoom};

/// States whose sums a processor holds in registers at once.
const BLOCK: usize = 24;
/// Pitch classes that begin, that began before, and a ground; rounded up.
const MOST_ROWS: usize = 28;
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

/// The chords of all segments, ascending, by what sounds in them and by the `grounds` of bars.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn decode(
    segments: &[Segment],
    key: Option<Key>,
    beats: &BeatGrid,
    grounds: &[Ground],
    model: &Model,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Run>, Error> {
    let mut lattice = Lattice {
        model,
        preferences: model.preferences(key),
        scores: [0.0; STATES],
        began: [0; STATES],
        best: [Best::default(); 2],
    };
    // For each segment the best chords of the one before.
    let mut before: Vec<[Best; 2]> = room::list(segments.len())?;
    let mut terms = TermsOf::new(beats, grounds);
    for (index, segment) in segments.iter().enumerate() {
        if index % SEGMENTS_BETWEEN_CHECKS == 0 {
            check(interrupted)?;
        }
        before.push(lattice.best);
        lattice.step(index as u32, &terms.next(segment));
    }
    Ok(runs(&before, lattice.best[0])?)
}

/// A chord that sounds up to a segment.
#[derive(Clone, Copy, Default)]
struct Best {
    score: f32,
    state: u8,
    began: Began,
}

/// Twice the segment at which a chord began, and 1 more if the second best came before it.
type Began = u32;

/// Follows the best chord back from the end.
fn runs(before: &[[Best; 2]], last: Best) -> Result<Vec<Run>, NoRoom> {
    let mut runs = Vec::new();
    let (mut best, mut end) = (last, before.len());
    while end > 0 {
        let (family, root) = (usize::from(best.state) / 12, usize::from(best.state) % 12);
        let (first, other) = ((best.began >> 1) as usize, (best.began & 1) as usize);
        room::push(&mut runs, Run { first, end, root, family })?;
        best = before[first][other];
        end = first;
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
    /// Where the chord of each state began.
    began: [Began; STATES],
    /// The two best states.
    best: [Best; 2],
}

impl Lattice<'_> {
    /// Advances to the next segment.
    fn step(&mut self, index: u32, terms: &Terms) {
        // The rows of weights of what sounds, and how much of the segment it fills.
        let (mut rows, mut count) = ([(0_u32, 0.0_f32); MOST_ROWS], 0);
        let mut push = |row: usize, share: f32| {
            rows[count] = (row as u32, share);
            count += 1;
        };
        for (first, notes) in [(0, &terms.struck), (12, &terms.held)] {
            let mut left = (terms.sounding >> first) & 0xfff;
            while left != 0 {
                let class = left.trailing_zeros() as usize % 12;
                push(first + class, notes[class]);
                left &= left - 1;
            }
        }
        let mut bass = terms.bass;
        if let Some(ground) = terms.ground {
            push(24 + ground, 1.0);
            bass += 12;
        }
        let preferences = &self.preferences[bass];
        let [best, next] = self.best;
        let follow_best = &self.model.follow[usize::from(best.state)];
        let follow_next = &self.model.follow[usize::from(next.state)];
        // Only differences matter, and a growing sum would lose precision.
        let change = if index == 0 { f32::NEG_INFINITY } else { self.model.change(terms) };
        let after_next = change + (next.score - best.score);
        let mut tops = [f32::NEG_INFINITY; BLOCK];
        for block in 0..STATES / BLOCK {
            let mut sum = *in_block(preferences, block);
            for &(row, share) in &rows[..count] {
                let row = in_block(&self.model.sounding[row as usize], block);
                for lane in 0..BLOCK {
                    sum[lane] += share * row[lane];
                }
            }
            let (follow_best, follow_next) =
                (in_block(follow_best, block), in_block(follow_next, block));
            let (scores, _) = self.scores.as_chunks_mut::<BLOCK>();
            let (began, _) = self.began.as_chunks_mut::<BLOCK>();
            let (scores, began) = (&mut scores[block], &mut began[block]);
            for lane in 0..BLOCK {
                let held = scores[lane] - best.score;
                let (first, other) = (change + follow_best[lane], after_next + follow_next[lane]);
                let changed = if other > first { other } else { first };
                // Masks instead of branches that the processor could not predict.
                let mask = u32::from(changed > held).wrapping_neg();
                let mark = (index << 1) | u32::from(other > first);
                began[lane] = (began[lane] & !mask) | (mark & mask);
                let score = if changed > held { changed } else { held } + terms.weight * sum[lane];
                scores[lane] = score;
                tops[lane] = if score > tops[lane] { score } else { tops[lane] };
            }
        }
        self.best = self.two_best(tops);
    }

    /// The two best states by the highest score of each lane.
    fn two_best(&self, mut tops: [f32; BLOCK]) -> [Best; 2] {
        let (lane, best) = self.state_of(&tops, STATES);
        // What is left of the lane.
        tops[lane] = (lane..STATES)
            .step_by(BLOCK)
            .filter(|&state| state != best)
            .fold(f32::NEG_INFINITY, |top, state| greater(self.scores[state], top));
        let (_, next) = self.state_of(&tops, best);
        [best, next].map(|state| Best {
            score: self.scores[state],
            state: state as u8,
            began: self.began[state],
        })
    }

    /// The first lane and state with the highest score, other than `except`, by the highest of each lane.
    fn state_of(&self, tops: &[f32; BLOCK], except: usize) -> (usize, usize) {
        let score = highest(tops);
        let lane = tops.iter().position(|&top| top == score).unwrap_or(0);
        let mut state = lane;
        while state + BLOCK < STATES && (state == except || self.scores[state] != score) {
            state += BLOCK;
        }
        (lane, state)
    }
}

/// The highest of all lanes, which meet in fours, as vector instructions do.
fn highest(tops: &[f32; BLOCK]) -> f32 {
    let four: [f32; 4] = std::array::from_fn(|lane| {
        let [a, b, c, d, e, f] = [0, 4, 8, 12, 16, 20].map(|from| tops[from + lane]);
        greater(greater(greater(a, b), greater(c, d)), greater(e, f))
    });
    greater(greater(four[0], four[1]), greater(four[2], four[3]))
}

/// The greater of two numbers: one instruction, unlike `max` of numbers that may be NaN.
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The numbers of the states of a block.
fn in_block(states: &States, block: usize) -> &[f32; BLOCK] {
    &states.as_chunks().0[block]
}
