//! Swing: how much longer the first of two notes in a beat is than the second.
//!
//! Source: Friberg & Sundström, "Swing ratios and ensemble timing in jazz performance", Music
//! Perception 19(3), 2002: the ratio of the long to the short eighth. It is measured in beats with
//! exactly two onsets, the first on the beat, that are followed by an onset on the next beat, so that
//! runs and triplets do not count.

use crate::analysis::beat_position::BeatPosition;

/// Fractions of a unit between which the second of two onsets has to be.
const EARLIEST: f32 = 0.3;
const LATEST: f32 = 0.8;
/// Fraction of a unit within which onsets count as one, and an onset counts as on the beat.
const TOGETHER: f32 = 0.1;
const BINS: usize = 100;
/// Fewest pairs that make a ratio.
const FEWEST_PAIRS: u32 = 8;
/// Least share of the pairs that are within [`AROUND`] bins of the median.
const AGREEING: f32 = 0.6;
const AROUND: usize = 5;
/// Fraction of the second onset up to which a pair is straight.
const STRAIGHT: f32 = 0.54;

/// Pairs of eighths, in beats, and of sixteenths, in half beats.
#[derive(Default)]
pub(super) struct Swing {
    eighths: Pairs,
    sixteenths: Pairs,
}

impl Swing {
    /// Takes the positions in the order of time.
    pub(super) fn add(&mut self, position: &BeatPosition) {
        self.eighths.add(position.beat, position.fraction);
        let halves = position.fraction * 2.0;
        let second = u32::from(halves >= 1.0);
        self.sixteenths.add(position.beat.saturating_mul(2) + second, halves - second as f32);
    }

    /// The ratio of the eighths, or of the sixteenths where those swing and eighths do not.
    pub(super) fn ratio(self) -> Option<f32> {
        let eighths = self.eighths.second();
        let sixteenths = self.sixteenths.second().filter(|&fraction| fraction > STRAIGHT);
        let fraction = match eighths {
            Some(fraction) if fraction > STRAIGHT => fraction,
            straight => sixteenths.or(straight)?,
        };
        Some(fraction / (1.0 - fraction))
    }
}

/// The second of two onsets in units of one length.
struct Pairs {
    unit: u32,
    on_unit: bool,
    inside: u32,
    last: f32,
    /// The second onset of the unit before, if it had exactly two.
    before: Option<f32>,
    bins: [u32; BINS],
    sums: [f32; BINS],
}

impl Default for Pairs {
    fn default() -> Self {
        let (bins, sums) = ([0; BINS], [0.0; BINS]);
        Self { unit: 0, on_unit: false, inside: 0, last: 0.0, before: None, bins, sums }
    }
}

impl Pairs {
    fn add(&mut self, unit: u32, fraction: f32) {
        // A slightly early onset belongs to the next unit.
        let (unit, fraction) =
            if fraction > 1.0 - TOGETHER { (unit + 1, 0.0) } else { (unit, fraction) };
        if unit != self.unit {
            let follows = unit == self.unit + 1;
            self.before = (follows && self.is_pair()).then_some(self.last);
            (self.unit, self.on_unit, self.inside, self.last) = (unit, false, 0, 0.0);
        }
        if fraction < TOGETHER {
            self.on_unit = true;
            if let Some(second) = self.before.take() {
                let bin = (second * BINS as f32) as usize;
                self.bins[bin] += 1;
                self.sums[bin] += second;
            }
        } else if self.inside == 0 || fraction - self.last > TOGETHER {
            self.inside += 1;
            self.last = fraction;
        }
    }

    fn is_pair(&self) -> bool {
        self.on_unit && self.inside == 1 && (EARLIEST..=LATEST).contains(&self.last)
    }

    /// The fraction of the second onset in most units; `None` where there are few, or they disagree.
    fn second(&self) -> Option<f32> {
        let pairs: u32 = self.bins.iter().sum();
        if pairs < FEWEST_PAIRS {
            return None;
        }
        let mut before = 0;
        let median = self.bins.iter().position(|count| {
            before += count;
            before * 2 >= pairs
        })?;
        let around = median.saturating_sub(AROUND)..(median + AROUND + 1).min(BINS);
        let agreeing: u32 = self.bins[around.clone()].iter().sum();
        if (agreeing as f32) < AGREEING * pairs as f32 {
            return None;
        }
        Some(self.sums[around].iter().sum::<f32>() / agreeing as f32)
    }
}
