//! Rests, R-41 to R-52, in quarter notes.

use crate::analysis::features::entry::{Entry, catalog, one};
use crate::analysis::features::facts::slices::AT_ONCE;

pub(crate) const CATALOG: &[Entry] = catalog! {
    "R-41" "Complete Rests Fraction"
        "Share of the piece in which no pitched note sounds."
        one(|f| f.rests.complete.ticks / f.end());
    "R-42" "Partial Rests Fraction"
        "Share of the piece in which some channel that has notes is silent."
        one(|f| f.slices.channels.shares(0..f.channels.used().count().min(AT_ONCE - 1)));
    "R-43" "Average Rest Fraction Across Voices"
        "Share of the piece in which a channel is silent, averaged over the channels that have notes."
        one(|f| f.rests.channel_ticks.mean() / f.end());
    "R-44" "Longest Complete Rest"
        "The longest complete rest in quarter notes; here and below, rests shorter than 0.1 quarter notes are left out."
        one(|f| f.rests.complete.longest / f.quarter);
    "R-45" "Longest Partial Rest"
        "The longest rest of one channel in quarter notes."
        one(|f| f.rests.partial.longest / f.quarter);
    "R-46" "Mean Complete Rest Duration"
        "Mean length of the complete rests in quarter notes."
        one(|f| f.rests.complete.rests.mean() / f.quarter);
    "R-47" "Mean Partial Rest Duration"
        "Mean length of the rests of each channel in quarter notes."
        one(|f| f.rests.partial.rests.mean() / f.quarter);
    "R-48" "Median Complete Rest Duration"
        "Median length of the complete rests in quarter notes."
        one(|f| f.rests.complete.median / f.quarter);
    "R-49" "Median Partial Rest Duration"
        "Median length of the rests of each channel in quarter notes."
        one(|f| f.rests.partial.median / f.quarter);
    "R-50" "Variability of Complete Rest Durations"
        "Standard deviation of the complete rests in quarter notes."
        one(|f| f.rests.complete.rests.spread() / f.quarter);
    "R-51" "Variability of Partial Rest Durations"
        "Standard deviation of the rests of each channel in quarter notes."
        one(|f| f.rests.partial.rests.spread() / f.quarter);
    "R-52" "Variability Across Voices of Combined Rests"
        "Standard deviation, over the channels that have notes, of the quarter notes in which each is silent."
        one(|f| f.rests.channel_ticks.spread() / f.quarter);
};
