//! Rhythmic pulses: the beat histogram (Brown 1993; Tzanetakis & Cook 2002).
//!
//! The attacks of a piece, weighted by the sum of their velocities, are correlated with themselves: each
//! pair of attacks adds the product of their weights at the distance between them. Distances in ticks become
//! beats a minute at one tempo for the whole piece, 40 to 200, rounded.

use crate::analysis::features::stats::Histogram;
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Bins, the first of which is `SLOWEST` beats a minute.
pub(crate) const PULSES: usize = 161;
const SLOWEST: usize = 40;
/// Beats a minute that round to the first bin and to the last.
const SLOWEST_LIMIT: f64 = 39.5;
const FASTEST_LIMIT: f64 = 200.5;
/// Number of distinct distances: less than half a millisecond apart at any tempo.
const MOST_DISTANCES: u32 = 1 << 12;
/// Pairs of attacks that are compared, for each attack. Music seldom has more than 50 within the longest
/// distance; where there are more, attacks that are close to each other are merged.
const MOST_PAIRS: u64 = 64;
/// Attacks between two interrupt checks.
const ATTACKS_BETWEEN_CHECKS: usize = 1 << 14;
const STRONG: f64 = 0.1;
const MODERATE: f64 = 0.01;
/// Part of the highest peak that a relatively strong one reaches, and of its own height at which the
/// width of a peak is measured.
const RELATIVE: f64 = 0.3;
/// Pulses a whole number of times as fast or slow belong together, give or take some bins.
const MULTIPLES: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0];
const TOLERANCE: f64 = 3.0;

/// Notes that start together: when, and the sum of their velocities.
#[derive(Clone, Copy)]
struct Attack {
    tick: u32,
    weight: u32,
}

/// The autocorrelation of the attacks of a piece, by distance.
pub(crate) struct Correlation {
    /// Ticks from one distance to the next.
    step: u32,
    by_distance: Vec<f64>,
}

impl Correlation {
    /// Over the distances that are pulses at any of the tempos, in ticks a minute.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        tempos: impl IntoIterator<Item = f64>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let (mut shortest, mut longest) = (u32::MAX, 0);
        for ticks_per_minute in tempos {
            shortest = shortest.min((ticks_per_minute / FASTEST_LIMIT) as u32);
            longest = longest.max((ticks_per_minute / SLOWEST_LIMIT).ceil() as u32);
        }
        let step = longest.div_ceil(MOST_DISTANCES).max(1);
        let (attacks, step) = thin(attacks(score, step)?, step, longest, interrupted)?;
        let mut by_distance = vec![0.0; (longest / step + 1) as usize];
        let (shortest, longest) = (shortest / step, longest / step);
        let mut first = 0;
        for (index, late) in attacks.iter().enumerate() {
            if index % ATTACKS_BETWEEN_CHECKS == 0 {
                check(interrupted)?;
            }
            while late.tick - attacks[first].tick > longest {
                first += 1;
            }
            for early in &attacks[first..index] {
                let distance = late.tick - early.tick;
                if distance < shortest {
                    break;
                }
                by_distance[distance as usize] += f64::from(late.weight) * f64::from(early.weight);
            }
        }
        Ok(Self { step, by_distance })
    }

    fn histogram(&self, ticks_per_minute: f64) -> [f64; PULSES] {
        let mut bins = [0.0; PULSES];
        for (distance, &agreement) in self.by_distance.iter().enumerate().skip(1) {
            if agreement > 0.0 {
                let ticks = f64::from(self.step) * distance as f64;
                let rate = (ticks_per_minute / ticks + 0.5) as usize;
                if let Some(bin) = rate.checked_sub(SLOWEST).and_then(|bin| bins.get_mut(bin)) {
                    *bin += agreement;
                }
            }
        }
        bins
    }
}

/// The attacks of all notes, drums among them, in steps of ticks.
fn attacks(score: &Score<'_>, step: u32) -> Result<Vec<Attack>, NoRoom> {
    let mut attacks: Vec<Attack> = room::list(score.notes.len())?;
    for note in &score.notes {
        add(&mut attacks, Attack { tick: note.start / step, weight: note.velocity.into() });
    }
    Ok(attacks)
}

fn add(attacks: &mut Vec<Attack>, attack: Attack) {
    match attacks.last_mut() {
        Some(last) if last.tick == attack.tick => {
            last.weight = last.weight.saturating_add(attack.weight);
        }
        _ => attacks.push(attack),
    }
}

/// The attacks and the step; where too many attacks are within `longest` ticks of each other to be
/// compared, they are merged in larger steps.
fn thin(
    mut attacks: Vec<Attack>,
    mut step: u32,
    longest: u32,
    interrupted: &dyn Fn() -> bool,
) -> Result<(Vec<Attack>, u32), Error> {
    let most = MOST_PAIRS * attacks.len() as u64;
    while pairs(&attacks, longest / step) > most {
        check(interrupted)?;
        step = step.saturating_mul(2);
        let mut fewer = room::list(attacks.len())?;
        for attack in &attacks {
            add(&mut fewer, Attack { tick: attack.tick / 2, ..*attack });
        }
        attacks = fewer;
    }
    Ok((attacks, step))
}

/// Pairs of attacks no further apart than `longest` steps.
fn pairs(attacks: &[Attack], longest: u32) -> u64 {
    let mut first = 0;
    let mut pairs = 0;
    for (index, late) in attacks.iter().enumerate() {
        while late.tick - attacks[first].tick > longest {
            first += 1;
        }
        pairs += (index - first) as u64;
    }
    pairs
}

/// A beat histogram and its peaks.
#[derive(Clone)]
pub(crate) struct Pulse {
    histogram: Histogram<PULSES>,
    /// Bins that are higher than their neighbours, the highest first; of several equal ones in a row the
    /// first.
    peaks: Vec<usize>,
}

impl Pulse {
    /// `ticks_per_minute` is the tempo; without one there is no pulse.
    pub(crate) fn of(correlation: &Correlation, ticks_per_minute: Option<f64>) -> Self {
        let bins = ticks_per_minute.map_or([0.0; PULSES], |ticks| correlation.histogram(ticks));
        let histogram = Histogram::new(bins);
        let mut peaks = peaks(histogram.bins());
        peaks.sort_by(|&a, &b| histogram.bins()[b].total_cmp(&histogram.bins()[a]));
        Self { histogram, peaks }
    }

    pub(crate) fn normalized(&self) -> Vec<f64> {
        self.histogram.normalized()
    }

    fn height(&self, peak: usize) -> f64 {
        self.peaks.get(peak).map_or(0.0, |&bin| self.histogram.bins()[bin])
    }

    fn peaks_from(&self, height: f64) -> impl Iterator<Item = usize> {
        self.peaks.iter().copied().filter(move |&bin| self.histogram.bins()[bin] >= height)
    }

    /// A count, which is missing where there is no histogram.
    fn counted(&self, count: usize) -> f64 {
        if self.histogram.is_empty() { f64::NAN } else { count as f64 }
    }

    pub(crate) fn strong(&self) -> f64 {
        self.above(STRONG)
    }

    pub(crate) fn moderate(&self) -> f64 {
        self.above(MODERATE)
    }

    fn above(&self, share: f64) -> f64 {
        self.counted(self.peaks.iter().filter(|&&bin| self.histogram.share(bin) > share).count())
    }

    pub(crate) fn relatively_strong(&self) -> f64 {
        self.counted(self.peaks_from(RELATIVE * self.height(0)).count())
    }

    /// Beats a minute of the highest peak (0) or the one after it (1).
    pub(crate) fn rate(&self, peak: usize) -> f64 {
        self.peaks.get(peak).map_or(f64::NAN, |&bin| (bin + SLOWEST) as f64)
    }

    pub(crate) fn harmonicity(&self) -> f64 {
        let (first, second) = (self.rate(0), self.rate(1));
        first.max(second) / if second.is_nan() { f64::NAN } else { first.min(second) }
    }

    pub(crate) fn strength(&self, peak: usize) -> f64 {
        self.height(peak) / self.histogram.total()
    }

    pub(crate) fn strength_ratio(&self) -> f64 {
        self.height(0) / self.height(1)
    }

    pub(crate) fn combined_strength(&self) -> f64 {
        self.strength(0) + self.strength(1)
    }

    pub(crate) fn variability(&self) -> f64 {
        let mean = 1.0 / PULSES as f64;
        let bins = (0..PULSES).map(|bin| (self.histogram.share(bin) - mean).powi(2));
        (bins.sum::<f64>() / PULSES as f64).sqrt()
    }

    pub(crate) fn looseness(&self) -> f64 {
        let widths = self.peaks_from(RELATIVE * self.height(0)).map(|bin| self.width(bin));
        widths.sum::<f64>() / self.relatively_strong()
    }

    /// Bins between the two points, one on either side, that are nearest to part of its height.
    fn width(&self, peak: usize) -> f64 {
        let bins = self.histogram.bins();
        let target = RELATIVE * bins[peak];
        let nearest = |side: &mut dyn Iterator<Item = usize>| {
            let (mut nearest, mut last) = (peak, bins[peak]);
            for bin in side {
                if bins[bin] > last || bins[bin] <= 0.0 {
                    break;
                }
                last = bins[bin];
                if (last - target).abs() < (bins[nearest] - target).abs() {
                    nearest = bin;
                }
            }
            nearest
        };
        let (left, right) = (nearest(&mut (0..peak).rev()), nearest(&mut (peak + 1..PULSES)));
        (right - left) as f64
    }

    pub(crate) fn polyrhythms(&self) -> f64 {
        let top = self.rate(0);
        let related = |rate: f64| {
            MULTIPLES.iter().any(|multiple| {
                (rate - top * multiple).abs() <= TOLERANCE
                    || (rate - top / multiple).abs() <= TOLERANCE
            })
        };
        let height = RELATIVE * self.height(0);
        let unrelated =
            self.peaks_from(height).filter(|&bin| !related((bin + SLOWEST) as f64)).count();
        let strong = self.histogram.used().filter(|&bin| self.histogram.bins()[bin] >= height);
        unrelated as f64 / strong.count() as f64
    }
}

/// Bins above both their neighbours; what lies beyond the ends counts as empty.
fn peaks(bins: &[f64; PULSES]) -> Vec<usize> {
    let mut peaks = Vec::new();
    let (mut before, mut start) = (0.0, 0);
    while start < PULSES {
        let level = bins[start];
        let end = (start..PULSES).find(|&bin| bins[bin] != level).unwrap_or(PULSES);
        let after = bins.get(end).copied().unwrap_or(0.0);
        if level > before && level > after {
            peaks.push(start);
        }
        (before, start) = (level, end);
    }
    peaks
}
