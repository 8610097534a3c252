//! Rhythmic values, R-13 to R-40: the lengths of notes, each taken for the nearest of twelve note
//! values. All notes count, drums among them. In SMPTE time, which has no quarter notes, there is
//! no value.

use super::stats::{Histogram, Moments, Spread, median};
use super::voices::Voices;
use super::{Entry, catalog, many, one};
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::room;

const VALUES: usize = 12;
/// In quarter notes: a thirty-second note, sixteenth, eighth, dotted eighth, ... to a dotted double
/// whole note.
const QUARTERS: [f64; VALUES] = [0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0];
/// The same in eighths of a quarter note, so that offsets from them are whole numbers of an eighth
/// of a tick.
const EIGHTHS: [u64; VALUES] = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];
const COMMON: f64 = 0.15;
const DOTTED: [usize; 5] = [3, 5, 7, 9, 11];

pub(crate) struct Values {
    histogram: Histogram<VALUES>,
    /// Lengths of the runs of notes of one value in a voice.
    runs: Spread,
    runs_median: f64,
    /// Of the runs of each value, the median and the standard deviation of their lengths.
    medians: Histogram<VALUES>,
    spreads: Histogram<VALUES>,
    /// Distances from the note value, in quarter notes.
    offset_mean: f64,
    offset_median: f64,
    offset_spread: f64,
}

impl Values {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        voices: &Voices,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let quarter = score.ticks_per_quarter().map(u64::from);
        let (mut counts, mut offsets) = ([0; VALUES], room::list(score.notes.len())?);
        let mut current: Vec<Run> = room::filled((VALUES as u32, 0), voices.count())?;
        let mut runs: Vec<Run> = Vec::new();
        if let Some(quarter) = quarter {
            let scale = Scale::new(quarter);
            for note in &score.notes {
                let (value, offset) = scale.nearest(note.duration());
                counts[value] += 1;
                offsets.push(offset);
                let run = &mut current[voices.number(note)];
                if run.0 == value as u32 {
                    run.1 += 1;
                } else {
                    room::push(&mut runs, std::mem::replace(run, (value as u32, 1)))?;
                }
            }
        }
        for run in current {
            room::push(&mut runs, run)?;
        }
        check(interrupted)?;
        runs.retain(|&(_, length)| length > 0);
        runs.sort_unstable();
        check(interrupted)?;
        let unit = quarter.map_or(f64::NAN, |quarter| 8.0 * quarter as f64);
        let offset: Spread = offsets.iter().map(|&offset| offset as f64).collect();
        let (medians, spreads) = by_value(&runs);
        let mut lengths: Vec<u32> = room::gathered(runs.iter().map(|&(_, length)| length))?;
        check(interrupted)?;
        Ok(Self {
            histogram: Histogram::of(&counts),
            runs: lengths.iter().map(|&length| f64::from(length)).collect(),
            runs_median: median(&mut lengths, f64::from),
            medians,
            spreads,
            offset_mean: offset.mean() / unit,
            offset_spread: offset.spread() / unit,
            offset_median: median(&mut offsets, |offset: u64| offset as f64) / unit,
        })
    }

    /// Moments of the note values in quarter notes.
    fn moments(&self) -> Moments {
        self.histogram.moments_of(|value| QUARTERS[value])
    }
}

/// Notes of one value in a row: the value, and how many.
type Run = (u32, u32);

/// Median and standard deviation of the runs' lengths for each value; `runs` are in order.
fn by_value(runs: &[Run]) -> (Histogram<VALUES>, Histogram<VALUES>) {
    let (mut medians, mut spreads) = ([0.0; VALUES], [0.0; VALUES]);
    for same in runs.chunk_by(|a, b| a.0 == b.0) {
        let value = same[0].0 as usize;
        let (lower, upper) = (same[(same.len() - 1) / 2].1, same[same.len() / 2].1);
        medians[value] = (f64::from(lower) + f64::from(upper)) / 2.0;
        spreads[value] =
            same.iter().map(|&(_, length)| f64::from(length)).collect::<Spread>().spread();
    }
    (Histogram::new(medians), Histogram::new(spreads))
}

/// The note values in eighths of a tick.
struct Scale {
    values: [u64; VALUES],
    /// Up to which a length is nearer to the value than to the next one.
    limits: [u64; VALUES - 1],
}

impl Scale {
    fn new(ticks_per_quarter: u64) -> Self {
        let values = EIGHTHS.map(|eighths| eighths * ticks_per_quarter);
        Self {
            values,
            limits: std::array::from_fn(|value| (values[value] + values[value + 1]) / 2),
        }
    }

    /// The nearest value, of two the shorter, and how far it is.
    fn nearest(&self, ticks: u32) -> (usize, u64) {
        let length = 8 * u64::from(ticks);
        let value = self.limits.iter().filter(|&&limit| limit < length).count();
        (value, self.values[value].abs_diff(length))
    }
}

fn quarters(value: Option<usize>) -> f64 {
    value.map_or(f64::NAN, |value| QUARTERS[value])
}

pub(crate) const CATALOG: &[Entry] = catalog! {
    "R-13" "Rhythmic Value Histogram"
        "Share of the notes of each note value: thirty-second or less, sixteenth, eighth, dotted eighth, quarter, dotted quarter, half, dotted half, whole, dotted whole, double whole, dotted double whole or more."
        many(VALUES, |f| f.values.histogram.normalized());
    "R-14" "Range of Rhythmic Values"
        "Bins from the shortest value that occurs to the longest."
        one(|f| f.values.histogram.range());
    "R-15" "Number of Different Rhythmic Values Present"
        "Values that occur."
        one(|f| if f.quarter.is_nan() { f64::NAN } else { f.values.histogram.used_count() });
    "R-16" "Number of Common Rhythmic Values Present"
        "Values that each make up at least 15 % of the notes."
        one(|f| if f.quarter.is_nan() { f64::NAN } else { f.values.histogram.common(COMMON) });
    "R-17" "Prevalence of Very Short Rhythmic Values"
        "Share of the notes that are shorter than an eighth."
        one(|f| f.values.histogram.shares(0..=1));
    "R-18" "Prevalence of Short Rhythmic Values"
        "Share of the notes that are shorter than a dotted eighth."
        one(|f| f.values.histogram.shares(0..=2));
    "R-19" "Prevalence of Medium Rhythmic Values"
        "Share of the notes from an eighth to a half, both counted."
        one(|f| f.values.histogram.shares(2..=6));
    "R-20" "Prevalence of Long Rhythmic Values"
        "Share of the notes that are longer than a dotted quarter."
        one(|f| f.values.histogram.shares(6..VALUES));
    "R-21" "Prevalence of Very Long Rhythmic Values"
        "Share of the notes that are longer than a whole."
        one(|f| f.values.histogram.shares(9..VALUES));
    "R-22" "Prevalence of Dotted Notes"
        "Share of the notes that are dotted."
        one(|f| f.values.histogram.shares(DOTTED));
    "R-23" "Shortest Rhythmic Value"
        "The shortest value that occurs, in quarter notes."
        one(|f| quarters(f.values.histogram.used().next()));
    "R-24" "Longest Rhythmic Value"
        "The longest value that occurs, in quarter notes."
        one(|f| quarters(f.values.histogram.used().next_back()));
    "R-25" "Mean Rhythmic Value"
        "Mean value of the notes in quarter notes."
        one(|f| f.values.moments().mean);
    "R-26" "Most Common Rhythmic Value"
        "The most frequent value in quarter notes; of equals the shortest."
        one(|f| quarters(f.values.histogram.first()));
    "R-27" "Prevalence of Most Common Rhythmic Value"
        "Share of the notes of the most common value."
        one(|f| f.values.histogram.first_share());
    "R-28" "Relative Prevalence of Most Common Rhythmic Values"
        "Notes of the second most common value, divided by those of the most common one."
        one(|f| f.values.histogram.relative());
    "R-29" "Difference Between Most Common Rhythmic Values"
        "Bins between the two most common values."
        one(|f| f.values.histogram.distance());
    "R-30" "Rhythmic Value Variability"
        "Standard deviation of the notes' values in quarter notes."
        one(|f| f.values.moments().spread());
    "R-31" "Rhythmic Value Skewness"
        "Skewness of the notes' values in quarter notes."
        one(|f| f.values.moments().skewness());
    "R-32" "Rhythmic Value Kurtosis"
        "Excess kurtosis of the notes' values in quarter notes."
        one(|f| f.values.moments().kurtosis());
    "R-33" "Rhythmic Value Median Run Lengths Histogram"
        "Median number of notes of each value in a row in one voice (a channel of a track), as a share of the sum of these medians."
        many(VALUES, |f| f.values.medians.normalized());
    "R-34" "Mean Rhythmic Value Run Length"
        "Mean number of notes of one value in a row in one voice."
        one(|f| f.values.runs.mean());
    "R-35" "Median Rhythmic Value Run Length"
        "Median number of notes of one value in a row in one voice."
        one(|f| f.values.runs_median);
    "R-36" "Variability in Rhythmic Value Run Lengths"
        "Standard deviation of the number of notes of one value in a row in one voice."
        one(|f| f.values.runs.spread());
    "R-37" "Rhythmic Value Variability in Run Lengths Histogram"
        "Standard deviation of the number of notes of each value in a row in one voice, as a share of the sum of these deviations."
        many(VALUES, |f| f.values.spreads.normalized());
    "R-38" "Mean Rhythmic Value Offset"
        "Mean distance of a note's length from its value, in quarter notes."
        one(|f| f.values.offset_mean);
    "R-39" "Median Rhythmic Value Offset"
        "Median distance of a note's length from its value, in quarter notes."
        one(|f| f.values.offset_median);
    "R-40" "Variability of Rhythmic Value Offsets"
        "Standard deviation of the distances of the notes' lengths from their values, in quarter notes."
        one(|f| f.values.offset_spread);
};
