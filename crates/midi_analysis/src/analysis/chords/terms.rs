//! A segment in the numbers that the [weights](super::model) are multiplied with.

use std::sync::LazyLock;

use super::evidence::Segment;
use super::ground::Ground;
use super::places::Place;

/// Numbers that say how likely a change of chord is.
pub(super) const CHANGES: usize = 11;

/// Segments weigh by the square root of their length in these units, within bounds.
const UNIT_S: f64 = 0.5;
const SHORTEST_UNITS: f64 = 0.2;
const LONGEST_UNITS: f64 = 4.0;
/// Least gap between segments: smaller gaps count as this.
const SHORTEST_GAP_S: f64 = 0.03;

/// What the weights are multiplied with, beside what sounds.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Pitch class of the bass.
    pub bass: usize,
    /// The same of the [ground](super::ground).
    pub ground: Option<usize>,
    /// Weight of the segment.
    pub weight: f32,
    /// For a change at its start: always 1; the logarithm of one more than the onsets; whether the bass is
    /// struck, and whether it also moves; the sum of changes in presence; the logarithm of the time since
    /// the last segment began, in half seconds; whether it begins on a beat, on the first of a bar, on the
    /// third of a bar of four, half-way between beats; whether beats are known.
    pub change: [f32; CHANGES],
}

#[cfg(feature = "training")]
impl Terms {
    /// Number of the terms of a change.
    pub const CHANGES: usize = CHANGES;
}

/// The terms of segments in the order of time.
#[derive(Default)]
pub(super) struct TermsOf<'a> {
    last: Option<&'a Segment>,
    /// Those that end after the last segment.
    grounds: &'a [Ground],
    /// The number of the next segment.
    next: usize,
}

impl<'a> TermsOf<'a> {
    /// For a piece with these grounds.
    pub(super) fn new(grounds: &'a [Ground]) -> Self {
        Self { grounds, ..Self::default() }
    }

    /// Those of the next segment, which begins at this place.
    pub(super) fn next(&mut self, segment: &'a Segment, place: &Place) -> Terms {
        let units = segment.length_s() / UNIT_S;
        let weight = units.clamp(SHORTEST_UNITS, LONGEST_UNITS).sqrt() as f32;
        let mut change = [0.0; CHANGES];
        change[0] = 1.0;
        change[6..].copy_from_slice(place.terms());
        let ground = self.ground();
        if let Some(before) = self.last.replace(segment) {
            let bass_struck = segment.lowest_onset <= segment.bass;
            let gap = ((segment.start_s - before.start_s).max(SHORTEST_GAP_S) / UNIT_S) as f32;
            change[1] = log_onsets(segment.onsets);
            change[2] = f32::from(bass_struck);
            change[3] = f32::from(bass_struck && segment.bass % 12 != before.bass % 12);
            change[4] = novelty(&segment.presence, &before.presence);
            change[5] = gap.ln();
        }
        let bass = usize::from(segment.bass % 12);
        Terms { bass, ground, weight, change }
    }

    /// The ground of the next segment.
    fn ground(&mut self) -> Option<usize> {
        let index = self.next;
        self.next += 1;
        if let [ground, rest @ ..] = self.grounds
            && ground.end <= index
        {
            self.grounds = rest;
        }
        let ground = self.grounds.first()?;
        (ground.first <= index).then_some(ground.class)
    }
}

/// Sum of changes in presence.
fn novelty(now: &[f32; 12], then: &[f32; 12]) -> f32 {
    // Four independent lanes, which compile to vector instructions.
    let mut sums = [0.0_f32; 4];
    for (now, then) in now.chunks_exact(4).zip(then.chunks_exact(4)) {
        for (sum, (now, then)) in sums.iter_mut().zip(now.iter().zip(then)) {
            *sum += (now - then).abs();
        }
    }
    sums.iter().sum()
}

/// Logarithm of one more than the number of onsets.
fn log_onsets(onsets: u32) -> f32 {
    static KNOWN: LazyLock<[f32; 32]> =
        LazyLock::new(|| std::array::from_fn(|onsets| (1.0 + onsets as f32).ln()));
    let onsets = onsets as usize;
    KNOWN.get(onsets).copied().unwrap_or_else(|| (1.0 + onsets as f32).ln())
}
