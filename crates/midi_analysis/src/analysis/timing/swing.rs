//! Swing: how much longer the first of two notes in a beat is than the second.
//!
//! Source: Friberg & Sundström, "Swing ratios and ensemble timing in jazz performance", Music
//! Perception 19(3), 2002: the ratio of the long to the short eighth. It is measured in beats with
//! exactly two onsets, the first on the beat, that are followed by an onset on the next beat, so that
//! runs and triplets do not count.

use crate::analysis::onsets::Onset;

/// Fractions of a unit between which the second of two onsets has to be.
const EARLIEST: f32 = 0.3;
const LATEST: f32 = 0.8;
/// Fraction of a unit within which onsets count as one, and an onset counts as on the beat.
const TOGETHER: f32 = 0.1;
/// Instead of the fraction of the second onset: that there is none yet, or there are others. Neither is one of a pair.
const NONE: f32 = 0.0;
const OTHERS: f32 = 1.0;
const BINS: usize = 100;
/// Fewest pairs that make a ratio.
const FEWEST_PAIRS: u32 = 8;
/// Least share of the pairs that are within [`AROUND`] bins of the median.
const AGREEING: f32 = 0.6;
const AROUND: usize = 5;
/// Fraction of the second onset up to which a pair is straight.
const STRAIGHT: f32 = 0.54;

/// The ratio of the eighths, or of the sixteenths where those swing and eighths do not.
pub(super) fn swing_ratio(onsets: &[Onset]) -> Option<f32> {
    let positions = || onsets.iter().filter_map(|onset| onset.position);
    let eighths = positions().map(|position| (position.beat, position.fraction));
    let sixteenths = positions().map(|position| {
        let (halves, first) = (position.fraction * 2.0, position.beat.wrapping_mul(2));
        if halves < 1.0 { (first, halves) } else { (first + 1, halves - 1.0) }
    });
    let swung = |&fraction: &f32| fraction > STRAIGHT;
    let eighth = Pairs::of(eighths).second();
    let fraction = match eighth.filter(swung) {
        Some(fraction) => fraction,
        None => Pairs::of(sixteenths).second().filter(swung).or(eighth)?,
    };
    Some(fraction / (1.0 - fraction))
}

/// The second of two onsets in units of one length: how often each fraction occurs, and their sums.
struct Pairs {
    bins: [u32; BINS],
    sums: [f32; BINS],
}

impl Pairs {
    /// Takes onsets in the order of time, each with its unit and the fraction of it before the onset.
    fn of(onsets: impl Iterator<Item = (u32, f32)>) -> Self {
        let mut pairs = Self { bins: [0; BINS], sums: [0.0; BINS] };
        // The unit that an onset was last on, and the fraction of the one other onset since then.
        let (mut last, mut second) = (u32::MAX, NONE);
        for (unit, fraction) in onsets {
            // A slightly early onset belongs to the next unit.
            let is_early = fraction > 1.0 - TOGETHER;
            if is_early || fraction < TOGETHER {
                let unit = unit.wrapping_add(is_early.into());
                if unit == last.wrapping_add(1) && (EARLIEST..=LATEST).contains(&second) {
                    pairs.add(second);
                }
                (last, second) = (unit, NONE);
            } else if second == NONE && unit == last {
                second = fraction;
            } else if fraction - second > TOGETHER {
                second = OTHERS;
            }
        }
        pairs
    }

    fn add(&mut self, second: f32) {
        let bin = (second * BINS as f32) as usize;
        self.bins[bin] += 1;
        self.sums[bin] += second;
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
