//! Measures of the two beat histograms: at 120 quarter notes per minute, independent of the
//! tempo, RT-16 to RT-29 at the mean tempo of the piece. All notes count, drums among them.

use crate::analysis::features::entry::{Entry, catalog, many, one};
use crate::analysis::features::facts::pulse::PULSES;

/// At 120 quarter notes per minute.
pub(crate) const STANDARDIZED: &[Entry] = catalog! {
    "R-53" "Beat Histogram Tempo Standardized"
        "Strength of the pulses at 40 to 200 beats per minute, from the autocorrelation of the attacks, each weighted by the sum of its velocities. The tempo is taken to be 120 quarter notes per minute."
        many(PULSES, |f| f.standard.normalized());
    "R-54" "Number of Strong Rhythmic Pulses - Tempo Standardized"
        "Peaks of the histogram over 0.1."
        one(|f| f.standard.strong());
    "R-55" "Number of Moderate Rhythmic Pulses - Tempo Standardized"
        "Peaks of the histogram over 0.01."
        one(|f| f.standard.moderate());
    "R-56" "Number of Relatively Strong Rhythmic Pulses - Tempo Standardized"
        "Peaks at least 30 % as high as the highest."
        one(|f| f.standard.relatively_strong());
    "R-57" "Strongest Rhythmic Pulse - Tempo Standardized"
        "Beats per minute of the highest peak."
        one(|f| f.standard.rate(0));
    "R-58" "Second Strongest Rhythmic Pulse - Tempo Standardized"
        "Beats per minute of the second highest peak."
        one(|f| f.standard.rate(1));
    "R-59" "Harmonicity of Two Strongest Rhythmic Pulses - Tempo Standardized"
        "The faster of the two, divided by the slower."
        one(|f| f.standard.harmonicity());
    "R-60" "Strength of Strongest Rhythmic Pulse - Tempo Standardized"
        "Height of the highest peak."
        one(|f| f.standard.strength(0));
    "R-61" "Strength of Second Strongest Rhythmic Pulse - Tempo Standardized"
        "Height of the second highest peak."
        one(|f| f.standard.strength(1));
    "R-62" "Strength Ratio of Two Strongest Rhythmic Pulses - Tempo Standardized"
        "The higher of the two, divided by the lower."
        one(|f| f.standard.strength_ratio());
    "R-63" "Combined Strength of Two Strongest Rhythmic Pulses - Tempo Standardized"
        "Sum of the two heights."
        one(|f| f.standard.combined_strength());
    "R-64" "Rhythmic Variability - Tempo Standardized"
        "Standard deviation of the bins of the histogram."
        one(|f| f.standard.variability());
    "R-65" "Rhythmic Looseness - Tempo Standardized"
        "Mean width in beats per minute, at 30 % of its height, of the peaks at least 30 % as high as the highest; a single bin has none."
        one(|f| f.standard.looseness());
    "R-66" "Polyrhythms - Tempo Standardized"
        "Peaks at least 30 % as high as the highest that are not 1, 2, 3, 4, 6 or 8 times as fast or slow as it, give or take 3 bins, divided by the bins that are as high."
        one(|f| f.standard.polyrhythms());
};

/// At the mean tempo of the piece.
pub(crate) const PLAYED: &[Entry] = catalog! {
    "RT-16" "Beat Histogram"
        "Strength of the pulses at 40 to 200 beats per minute, from the autocorrelation of the attacks, each weighted by the sum of its velocities. The tempo is the mean of the piece."
        many(PULSES, |f| f.played.normalized());
    "RT-17" "Number of Strong Rhythmic Pulses"
        "Peaks of the histogram over 0.1."
        one(|f| f.played.strong());
    "RT-18" "Number of Moderate Rhythmic Pulses"
        "Peaks of the histogram over 0.01."
        one(|f| f.played.moderate());
    "RT-19" "Number of Relatively Strong Rhythmic Pulses"
        "Peaks at least 30 % as high as the highest."
        one(|f| f.played.relatively_strong());
    "RT-20" "Strongest Rhythmic Pulse"
        "Beats per minute of the highest peak."
        one(|f| f.played.rate(0));
    "RT-21" "Second Strongest Rhythmic Pulse"
        "Beats per minute of the second highest peak."
        one(|f| f.played.rate(1));
    "RT-22" "Harmonicity of Two Strongest Rhythmic Pulses"
        "The faster of the two, divided by the slower."
        one(|f| f.played.harmonicity());
    "RT-23" "Strength of Strongest Rhythmic Pulse"
        "Height of the highest peak."
        one(|f| f.played.strength(0));
    "RT-24" "Strength of Second Strongest Rhythmic Pulse"
        "Height of the second highest peak."
        one(|f| f.played.strength(1));
    "RT-25" "Strength Ratio of Two Strongest Rhythmic Pulses"
        "The higher of the two, divided by the lower."
        one(|f| f.played.strength_ratio());
    "RT-26" "Combined Strength of Two Strongest Rhythmic Pulses"
        "Sum of the two heights."
        one(|f| f.played.combined_strength());
    "RT-27" "Rhythmic Variability"
        "Standard deviation of the bins of the histogram."
        one(|f| f.played.variability());
    "RT-28" "Rhythmic Looseness"
        "Mean width in beats per minute, at 30 % of its height, of the peaks at least 30 % as high as the highest; a single bin has none."
        one(|f| f.played.looseness());
    "RT-29" "Polyrhythms"
        "Peaks at least 30 % as high as the highest that are not 1, 2, 3, 4, 6 or 8 times as fast or slow as it, give or take 3 bins, divided by the bins that are as high."
        one(|f| f.played.polyrhythms());
};
