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
        let (mut rows, mut count) = ([(0, 0.0); 25], 0);
        for (first, shares) in [(0, &terms.struck), (12, &terms.held)] {
            for (class, &share) in shares.iter().enumerate() {
                if share > 0.0 {
                    rows[count] = (first + class as u8, share);
                    count += 1;
                }
            }
        }
        let mut bass = terms.bass;
        if let Some(ground) = terms.ground {
            rows[count] = (24 + ground as u8, 1.0);
            count += 1;
            bass += 12;
        }
        let preferences = &self.preferences[bass];
        let [best, next] = self.best;
        let follow_best = &self.model.follow[usize::from(best.state)];
        let follow_next = &self.model.follow[usize::from(next.state)];
        // Only differences matter, and a growing sum would lose precision.
        let change = if index == 0 { f32::NEG_INFINITY } else { self.model.change(terms) };
        let after_next = change + (next.score - best.score);
        let mut tops = [[f32::NEG_INFINITY; BLOCK]; 2];
        for block in 0..STATES / BLOCK {
            let mut sum = *in_block(preferences, block);
            for &(row, share) in &rows[..count] {
                let row = in_block(&self.model.sounding[usize::from(row)], block);
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
                let low = if score > tops[0][lane] { tops[0][lane] } else { score };
                tops[0][lane] = if score > tops[0][lane] { score } else { tops[0][lane] };
                tops[1][lane] = if low > tops[1][lane] { low } else { tops[1][lane] };
            }
        }
        self.best = self.two_best(tops);
    }

    /// The two best states by the highest and the second highest score of each lane.
    fn two_best(&self, [mut tops, seconds]: [[f32; BLOCK]; 2]) -> [Best; 2] {
        let [first, second] = two_highest(&tops, &seconds);
        let (lane, best) = self.state_of(&tops, first, STATES);
        tops[lane] = seconds[lane];
        let (_, next) = self.state_of(&tops, second, best);
        [best, next].map(|state| Best {
            score: self.scores[state],
            state: state as u8,
            began: self.began[state],
        })
    }

    /// The first lane and state with this score, other than `except`, by the highest of each lane.
    fn state_of(&self, tops: &[f32; BLOCK], score: f32, except: usize) -> (usize, usize) {
        let lane = tops.iter().position(|&top| top == score).unwrap_or(0);
        let mut state = lane;
        while state + BLOCK < STATES && (state == except || self.scores[state] != score) {
            state += BLOCK;
        }
        (lane, state)
    }
}

/// The two highest scores by the highest and the second highest of each lane. Lanes meet in pairs, which
/// compiles to vector instructions.
fn two_highest(highest: &[f32; BLOCK], second: &[f32; BLOCK]) -> [f32; 2] {
    let meet = |one: [f32; 2], other: [f32; 2]| {
        let low = if one[0] < other[0] { one[0] } else { other[0] };
        let next = if one[1] > other[1] { one[1] } else { other[1] };
        [if one[0] > other[0] { one[0] } else { other[0] }, if low > next { low } else { next }]
    };
    let of = |lane: usize| [highest[lane], second[lane]];
    let four: [[f32; 2]; 4] = std::array::from_fn(|lane| {
        let [a, b, c, d, e, f] = [0, 4, 8, 12, 16, 20].map(|from| of(from + lane));
        meet(meet(meet(a, b), meet(c, d)), meet(e, f))
    });
    meet(meet(four[0], four[1]), meet(four[2], four[3]))
}

/// The numbers of the states of a block.
fn in_block(states: &States, block: usize) -> &[f32; BLOCK] {
    &states.as_chunks().0[block]
}
