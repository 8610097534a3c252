//! The sequence of chords that explains the segments best.
//!
//! A hidden Markov model (Raphael & Stoddard 2004; Sheh & Ellis 2003) over twelve roots and six
//! families of chords, decoded by the algorithm of Viterbi (1967). How well a chord explains a
//! segment is linear in what sounds, see [`weights`](super::weights), and grows with the root of
//! the segment's length, as what follows is not independent of what came before. A change costs
//! less where the music makes one likely, and the same between any two chords: a step then takes
//! time linear in the states.

use super::evidence::Segment;
use super::weights::{BASS, CHANGE, DEGREE, FAMILIES, PRESENCE};

/// Twelve roots of each family: `family * 12 + root`.
const STATES: usize = FAMILIES * 12;
/// Segments weigh by the square root of their length in these units, within bounds.
const UNIT_S: f64 = 0.5;
const SHORTEST_UNITS: f64 = 0.2;
const LONGEST_UNITS: f64 = 4.0;
/// Onsets closer than this are as good as simultaneous.
const SHORTEST_GAP_S: f64 = 0.03;

type States = [f32; STATES];

/// A tonic, 0 for C, and whether its key is minor.
pub(super) type Tonality = (usize, bool);

/// Segments from `first` up to `end` that one chord explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) root: usize,
    pub(super) family: usize,
}

/// The chords of all segments, ascending.
pub(super) fn decode(segments: &[Segment], key: Option<Tonality>) -> Vec<Run> {
    let tables = Tables::new(key);
    let mut score = [0.0; STATES];
    // The segment at which the chord of each state began.
    let mut since = [0_u32; STATES];
    // For each segment the best chord of the one before, and where that began.
    let mut before: Vec<(u8, u32)> = Vec::with_capacity(segments.len());
    for (index, segment) in segments.iter().enumerate() {
        let best = highest(&score);
        before.push((best as u8, since[best]));
        if index > 0 {
            let change = score[best] + likelihood_of_change(&segments[index - 1], segment);
            for (score, since) in score.iter_mut().zip(&mut since) {
                if change > *score {
                    (*score, *since) = (change, index as u32);
                }
            }
        }
        tables.add(segment, &mut score);
        // Only differences count: without this the sum loses its small digits.
        let floor = score[best];
        score.iter_mut().for_each(|score| *score -= floor);
    }
    runs(&before, highest(&score), &since)
}

/// Follows the best chord back from the end.
fn runs(before: &[(u8, u32)], last: usize, since: &[u32; STATES]) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut state, mut first, mut end) = (last, since[last] as usize, before.len());
    while end > 0 {
        runs.push(Run { first, end, root: state % 12, family: state / 12 });
        let (previous, start) = before[first];
        (state, end, first) = (previous.into(), first, start as usize);
    }
    runs.reverse();
    runs
}

fn highest(scores: &States) -> usize {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter().position(|&score| score == top).unwrap_or(0)
}

/// Logarithm of how likely the chord is to change to any one other, by what the boundary shows.
fn likelihood_of_change(before: &Segment, segment: &Segment) -> f32 {
    let bass_struck = segment.lowest_onset <= segment.bass;
    let bass_moved = bass_struck && segment.bass % 12 != before.bass % 12;
    let gap = (segment.start_s - before.start_s).max(SHORTEST_GAP_S) / UNIT_S;
    let novelty: f32 = std::iter::zip(&segment.presence, &before.presence)
        .map(|(now, then)| (now.min(1.0) - then.min(1.0)).abs())
        .sum();
    let features = [
        1.0,
        (segment.onsets as f32).ln_1p(),
        f32::from(bass_struck),
        f32::from(bass_moved),
        novelty,
        gap.ln() as f32,
    ];
    std::iter::zip(CHANGE, features).map(|(weight, feature)| weight * feature).sum()
}

/// The weights of every state, laid out for adding.
struct Tables {
    /// For each pitch class that sounds.
    presence: [States; 12],
    /// For each pitch class in the bass, the key's preference included.
    bass: [States; 12],
}

impl Tables {
    fn new(key: Option<Tonality>) -> Self {
        let mut tables = Self { presence: [[0.0; STATES]; 12], bass: [[0.0; STATES]; 12] };
        for state in 0..STATES {
            let (family, root) = (state / 12, state % 12);
            let preference = key.map_or(0.0, |(tonic, minor)| {
                DEGREE[usize::from(minor)][family][(root + 12 - tonic) % 12]
            });
            for pitch_class in 0..12 {
                let interval = (pitch_class + 12 - root) % 12;
                tables.presence[pitch_class][state] = PRESENCE[family][interval];
                tables.bass[pitch_class][state] = BASS[family][interval] + preference;
            }
        }
        tables
    }

    /// Adds to each state how well it explains the segment.
    fn add(&self, segment: &Segment, score: &mut States) {
        let mut sum = self.bass[usize::from(segment.bass % 12)];
        for (presence, row) in segment.presence.iter().zip(&self.presence) {
            if *presence > 0.0 {
                let presence = presence.min(1.0);
                sum.iter_mut().zip(row).for_each(|(sum, weight)| *sum += presence * weight);
            }
        }
        let units = segment.length_s() / UNIT_S;
        let weight = units.clamp(SHORTEST_UNITS, LONGEST_UNITS).sqrt() as f32;
        score.iter_mut().zip(&sum).for_each(|(score, sum)| *score += weight * sum);
    }
}
