//! Rhythmic values, R-13 to R-40.

use crate::analysis::features::entry::{Entry, catalog, many, one};
use crate::analysis::features::facts::values::{QUARTERS, VALUES};

const COMMON: f64 = 0.15;
const DOTTED: [usize; 5] = [3, 5, 7, 9, 11];

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
        "The most frequent value in quarter notes; the shortest if several are equally frequent."
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
