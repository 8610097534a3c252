//! The sequence of chords that fits the segments best.
//!
//! A hidden Markov model (Raphael & Stoddard 2004; Sheh & Ellis 2003) over twelve roots and six
//! families of chords, decoded by the algorithm of Viterbi (1967). How well a chord fits a segment is
//! linear in the notes that sound, and is multiplied by the square root of the segment's length, since
//! successive moments are not independent. The [weights](crate::weights::chords) were learned as those of
//! a conditional random field (Lafferty, McCallum & Pereira 2001); one serves all twelve roots. A change
//! of chord costs less where the music makes one likely, and the same for any two chords, so a step
//! takes time linear in the number of states.

use std::sync::LazyLock;

use super::evidence::Segment;
use super::family::Family;
use crate::error::{Error, check};
use crate::model::key::Key;
use crate::room::{self, NoRoom};
use crate::weights::chords::{BASS, CHANGE, DEGREE, PRESENCE};

/// By family, in the order of [`Family::ALL`], and by semitones above the root or the tonic.
type Table = [[f32; 12]; FAMILIES];
/// Families of chords.
const FAMILIES: usize = Family::ALL.len();

/// Segments weigh by the square root of their length in these units, within bounds.
const UNIT_S: f64 = 0.5;
const SHORTEST_UNITS: f64 = 0.2;
const LONGEST_UNITS: f64 = 4.0;
/// Least gap between segments: smaller gaps count as this.
const SHORTEST_GAP_S: f64 = 0.03;

/// Each family and root is a state; the roots of a family are contiguous.
const STATES: usize = FAMILIES * 12;
/// A number for each state.
type States = [f32; STATES];
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

/// The chords of all segments, ascending.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn decode(
    segments: &[Segment],
    key: Option<Key>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Run>, Error> {
    let mut lattice = Lattice {
        preferences: preferences(key),
        scores: [0.0; STATES],
        since: [0; STATES],
        top: 0.0,
    };
    // For each segment the best chord of the one before, and where that began.
    let mut before: Vec<(u8, u32)> = room::list(segments.len())?;
    let mut last: Option<(&Segment, [f32; 12])> = None;
    for (index, segment) in segments.iter().enumerate() {
        if index % SEGMENTS_BETWEEN_CHECKS == 0 {
            check(interrupted)?;
        }
        before.push(lattice.best());
        let presence = segment.presence.map(|presence| if presence < 1.0 { presence } else { 1.0 });
        let change = last.as_ref().map_or(f32::NEG_INFINITY, |(before, presence_before)| {
            likelihood_of_change((before, presence_before), (segment, &presence))
        });
        lattice.step(index as u32, segment, &presence, change);
        last = Some((segment, presence));
    }
    Ok(runs(&before, lattice.best())?)
}

/// Follows the best chord back from the end.
fn runs(before: &[(u8, u32)], last: (u8, u32)) -> Result<Vec<Run>, NoRoom> {
    let mut runs = Vec::new();
    let ((mut state, mut first), mut end) = (last, before.len());
    while end > 0 {
        let (family, root) = (usize::from(state) / 12, usize::from(state) % 12);
        room::push(&mut runs, Run { first: first as usize, end, root, family })?;
        end = first as usize;
        (state, first) = before[end];
    }
    runs.reverse();
    Ok(runs)
}

/// The best path to each state so far.
struct Lattice {
    /// By the pitch class of the bass.
    preferences: [States; 12],
    scores: States,
    /// The segment at which the chord of each state began.
    since: [u32; STATES],
    /// The highest score.
    top: f32,
}

impl Lattice {
    /// The best state, and where its chord began.
    fn best(&self) -> (u8, u32) {
        let holds =
            |block: &[f32]| block.iter().fold(false, |found, &score| found | (score == self.top));
        let block = self.scores.chunks_exact(BLOCK).position(holds).unwrap_or(0) * BLOCK;
        let within = self.scores[block..block + BLOCK].iter().position(|&score| score == self.top);
        let state = block + within.unwrap_or(0);
        (state as u8, self.since[state])
    }

    /// Advances to the next segment. `change` is the logarithm of how likely a change to any one other
    /// chord is there.
    fn step(&mut self, index: u32, segment: &Segment, presence: &[f32; 12], change: f32) {
        let (classes, count) = sounding(presence);
        let preferences = &self.preferences[usize::from(segment.bass % 12)];
        let units = segment.length_s() / UNIT_S;
        let weight = units.clamp(SHORTEST_UNITS, LONGEST_UNITS).sqrt() as f32;
        let (before, mut tops) = (self.top, [f32::NEG_INFINITY; BLOCK]);
        for from in (0..STATES).step_by(BLOCK) {
            let mut sum = [0.0; BLOCK];
            let block = from..from + BLOCK;
            sum.copy_from_slice(&preferences[block.clone()]);
            for &(class, presence) in &classes[..count] {
                let row = &PRESENCE_BY_CLASS[class][block.clone()];
                sum.iter_mut().zip(row).for_each(|(sum, row)| *sum += presence * row);
            }
            let scores = &mut self.scores[block.clone()];
            let since = &mut self.since[block];
            for lane in 0..BLOCK {
                // Only differences matter, and a growing sum would lose precision.
                let held = scores[lane] - before;
                // Masks instead of branches that the processor could not predict.
                let changed = u32::from(change > held).wrapping_neg();
                since[lane] = (since[lane] & !changed) | (index & changed);
                let score = if change > held { change } else { held } + weight * sum[lane];
                scores[lane] = score;
                tops[lane] = if score > tops[lane] { score } else { tops[lane] };
            }
        }
        self.top = tops.into_iter().fold(f32::NEG_INFINITY, f32::max);
    }
}

/// Logarithm of how likely the chord is to change to any one other between two segments, each with how
/// much of it each pitch class fills.
fn likelihood_of_change(
    (before, presence_before): (&Segment, &[f32; 12]),
    (segment, presence): (&Segment, &[f32; 12]),
) -> f32 {
    let bass_struck = segment.lowest_onset <= segment.bass;
    let bass_moved = bass_struck && segment.bass % 12 != before.bass % 12;
    let gap = ((segment.start_s - before.start_s).max(SHORTEST_GAP_S) / UNIT_S) as f32;
    // Four independent lanes, which compile to vector instructions.
    let mut novelty = [0.0_f32; 4];
    for (now, then) in presence.chunks_exact(4).zip(presence_before.chunks_exact(4)) {
        for (sum, (now, then)) in novelty.iter_mut().zip(now.iter().zip(then)) {
            *sum += (now - then).abs();
        }
    }
    let onsets = segment.onsets as usize;
    let features = [
        1.0,
        LOG_ONSETS.get(onsets).copied().unwrap_or_else(|| (1.0 + onsets as f32).ln()),
        f32::from(bass_struck),
        f32::from(bass_moved),
        novelty.iter().sum(),
        gap.ln(),
    ];
    std::iter::zip(CHANGE, features).map(|(weight, feature)| weight * feature).sum()
}

/// Logarithm of one more than the number of onsets.
static LOG_ONSETS: LazyLock<[f32; 32]> =
    LazyLock::new(|| std::array::from_fn(|onsets| (1.0 + onsets as f32).ln()));

/// Weights of every state for each pitch class, laid out for adding.
static PRESENCE_BY_CLASS: [States; 12] = by_pitch_class(&PRESENCE);
static BASS_BY_CLASS: [States; 12] = by_pitch_class(&BASS);

const fn by_pitch_class(weights: &Table) -> [States; 12] {
    let mut table = [[0.0; STATES]; 12];
    let mut index = 0;
    while index < FAMILIES * 12 * 12 {
        let (family, class, root) = (index / 144, index / 12 % 12, index % 12);
        table[class][family * 12 + root] = weights[family][(class + 12 - root) % 12];
        index += 1;
    }
    table
}

/// How well each chord fits the key and each bass.
fn preferences(key: Option<Key>) -> [States; 12] {
    let of_key: States = std::array::from_fn(|state| {
        key.map_or(0.0, |key| {
            let degree = (state + 12 - key.tonic.index()) % 12;
            DEGREE[usize::from(key.mode.is_minor())][state / 12][degree]
        })
    });
    let mut preferences = BASS_BY_CLASS;
    for of_bass in &mut preferences {
        of_bass.iter_mut().zip(&of_key).for_each(|(bass, key)| *bass += key);
    }
    preferences
}

/// The pitch classes that sound and how much of the segment they fill, and how many they are.
fn sounding(presence: &[f32; 12]) -> ([(usize, f32); 12], usize) {
    let (mut classes, mut count) = ([(0, 0.0); 12], 0);
    for (class, &presence) in presence.iter().enumerate() {
        if presence > 0.0 {
            classes[count] = (class, presence);
            count += 1;
        }
    }
    (classes, count)
}
