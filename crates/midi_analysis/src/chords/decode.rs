//! The sequence of chords that explains the segments best.
//!
//! A hidden Markov model (Raphael & Stoddard 2004; Sheh & Ellis 2003) over twelve roots and six
//! families of chords, decoded by the algorithm of Viterbi (1967). How well a chord explains a
//! segment is linear in what sounds, see [`weights`](super::weights), and grows with the root of
//! the segment's length, as what follows is not independent of what came before. A change costs
//! less where the music makes one likely, and the same between any two chords: a step then takes
//! time linear in the states.

use super::evidence::Segment;
use super::weights::{BASS, CHANGE, DEGREE, FAMILIES, PRESENCE, Table};

/// Segments weigh by the square root of their length in these units, within bounds.
const UNIT_S: f64 = 0.5;
const SHORTEST_UNITS: f64 = 0.2;
const LONGEST_UNITS: f64 = 4.0;
/// Onsets closer than this are as good as simultaneous.
const SHORTEST_GAP_S: f64 = 0.03;

type Roots = [f32; 12];
/// A number for each chord, by family and root.
type States = [Roots; FAMILIES];
/// Family and root.
type State = (usize, usize);

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
    let preferences = preferences(key);
    let mut score: States = [[0.0; 12]; FAMILIES];
    // The segment at which the chord of each state began.
    let mut since = [[0_u32; 12]; FAMILIES];
    // For each segment the best chord of the one before, and where that began.
    let mut before: Vec<(u8, u8, u32)> = Vec::with_capacity(segments.len());
    for (index, segment) in segments.iter().enumerate() {
        let (family, root) = highest(&score);
        before.push((family as u8, root as u8, since[family][root]));
        let best = score[family][root];
        if index > 0 {
            let change = best + likelihood_of_change(&segments[index - 1], segment);
            for (score, since) in std::iter::zip(&mut score, &mut since) {
                // Masks in place of branches, which nothing could predict.
                for (since, &score) in since.iter_mut().zip(&*score) {
                    let changed = u32::from(change > score).wrapping_neg();
                    *since = (*since & !changed) | (index as u32 & changed);
                }
                for score in score {
                    // Only differences count: without this the sum loses its small digits.
                    *score = if change > *score { change } else { *score } - best;
                }
            }
        }
        explain(segment, &preferences, &mut score);
    }
    runs(&before, highest(&score), &since)
}

/// Follows the best chord back from the end.
fn runs(before: &[(u8, u8, u32)], last: State, since: &[[u32; 12]; FAMILIES]) -> Vec<Run> {
    let mut runs = Vec::new();
    let ((mut family, mut root), mut end) = (last, before.len());
    let mut first = since[family][root] as usize;
    while end > 0 {
        runs.push(Run { first, end, root, family });
        let (previous_family, previous_root, start) = before[first];
        (family, root) = (previous_family.into(), previous_root.into());
        (end, first) = (first, start as usize);
    }
    runs.reverse();
    runs
}

fn highest(scores: &States) -> State {
    // Twelve lanes, which a processor compares side by side.
    let mut lanes = [f32::NEG_INFINITY; 12];
    for family in scores {
        for (lane, &score) in lanes.iter_mut().zip(family) {
            *lane = if score > *lane { score } else { *lane };
        }
    }
    let (mut root, mut top) = (0, lanes[0]);
    for (index, &lane) in lanes.iter().enumerate() {
        if lane > top {
            (root, top) = (index, lane);
        }
    }
    (scores.iter().position(|family| family[root] == top).unwrap_or(0), root)
}

/// Logarithm of how likely the chord is to change to any one other, by what the boundary shows.
fn likelihood_of_change(before: &Segment, segment: &Segment) -> f32 {
    let bass_struck = segment.lowest_onset <= segment.bass;
    let bass_moved = bass_struck && segment.bass % 12 != before.bass % 12;
    let gap = ((segment.start_s - before.start_s).max(SHORTEST_GAP_S) / UNIT_S) as f32;
    let novelty: f32 = std::iter::zip(&segment.presence, &before.presence)
        .map(|(now, then)| (now.min(1.0) - then.min(1.0)).abs())
        .sum();
    let features = [
        1.0,
        (1.0 + segment.onsets as f32).ln(),
        f32::from(bass_struck),
        f32::from(bass_moved),
        novelty,
        gap.ln(),
    ];
    std::iter::zip(CHANGE, features).map(|(weight, feature)| weight * feature).sum()
}

/// Weights of every root for each pitch class, laid out for adding: by family, then pitch class.
static PRESENCE_BY_CLASS: [[Roots; 12]; FAMILIES] = by_pitch_class(&PRESENCE);
static BASS_BY_CLASS: [[Roots; 12]; FAMILIES] = by_pitch_class(&BASS);

const fn by_pitch_class(weights: &Table) -> [[Roots; 12]; FAMILIES] {
    let mut table = [[[0.0; 12]; 12]; FAMILIES];
    let mut index = 0;
    while index < FAMILIES * 12 * 12 {
        let (family, class, root) = (index / 144, index / 12 % 12, index % 12);
        table[family][class][root] = weights[family][(class + 12 - root) % 12];
        index += 1;
    }
    table
}

/// How much each chord belongs to the key.
fn preferences(key: Option<Tonality>) -> States {
    std::array::from_fn(|family| {
        std::array::from_fn(|root| {
            key.map_or(0.0, |(tonic, minor)| {
                DEGREE[usize::from(minor)][family][(root + 12 - tonic) % 12]
            })
        })
    })
}

/// Adds to each state how well it explains the segment.
fn explain(segment: &Segment, preferences: &States, score: &mut States) {
    let (classes, count) = sounding(segment);
    let units = segment.length_s() / UNIT_S;
    let weight = units.clamp(SHORTEST_UNITS, LONGEST_UNITS).sqrt() as f32;
    for family in 0..FAMILIES {
        let mut sum = preferences[family];
        add(&mut sum, 1.0, &BASS_BY_CLASS[family][usize::from(segment.bass % 12)]);
        for &(class, presence) in &classes[..count] {
            add(&mut sum, presence, &PRESENCE_BY_CLASS[family][class]);
        }
        add(&mut score[family], weight, &sum);
    }
}

/// The pitch classes that sound and how much of the segment they fill, and how many they are.
fn sounding(segment: &Segment) -> ([(usize, f32); 12], usize) {
    let (mut classes, mut count) = ([(0, 0.0); 12], 0);
    for (class, &presence) in segment.presence.iter().enumerate() {
        if presence > 0.0 {
            classes[count] = (class, presence.min(1.0));
            count += 1;
        }
    }
    (classes, count)
}

#[inline(always)]
fn add(sum: &mut Roots, weight: f32, row: &Roots) {
    sum.iter_mut().zip(row).for_each(|(sum, row)| *sum += weight * row);
}
