//! Tempo and time in seconds, RT-1 to RT-15: of all notes, drums among them.

use crate::analysis::features::entry::{Entry, catalog, one};
use crate::analysis::features::facts::channels::{Channel, Channels};
use crate::analysis::features::stats::Spread;

/// Mean of a measure over the channels that have at least two attacks.
fn channel_mean(channels: &Channels, value: impl Fn(&Channel) -> f64) -> f64 {
    let attacking = channels.used().filter(|channel| channel.between_attacks.count > 0.0);
    attacking.map(value).collect::<Spread>().mean()
}

pub(crate) const CATALOG: &[Entry] = catalog! {
    "RT-1" "Initial Tempo"
        "Quarter notes per minute at the start; 120 where the file says none."
        one(|f| f.times.initial);
    "RT-2" "Mean Tempo"
        "Quarter notes per minute, averaged over the seconds of the piece."
        one(|f| f.times.mean);
    "RT-3" "Tempo Variability"
        "Standard deviation of the quarter notes per minute over the seconds of the piece."
        one(|f| f.times.tempo_spread);
    "RT-4" "Duration in Seconds"
        "Seconds until the last note ends."
        one(|f| f.times.duration);
    "RT-5" "Note Density"
        "Notes per second."
        one(|f| f.times.notes / f.times.duration);
    "RT-6" "Note Density Variability"
        "Standard deviation of the notes per second in each whole window of 5 seconds."
        one(|f| f.times.density_spread);
    "RT-7" "Average Time Between Attacks"
        "Mean seconds from one attack to the next; notes that start together are one attack."
        one(|f| f.channels.between_attacks.mean());
    "RT-8" "Average Time Between Attacks for Each Voice"
        "The same within each channel, averaged over the channels that have two attacks."
        one(|f| channel_mean(&f.channels, |channel| channel.between_attacks.mean()));
    "RT-9" "Variability of Time Between Attacks"
        "Standard deviation of the seconds from one attack to the next."
        one(|f| f.channels.between_attacks.spread());
    "RT-10" "Average Variability of Time Between Attacks for Each Voice"
        "The same within each channel, averaged over the channels that have two attacks."
        one(|f| channel_mean(&f.channels, |channel| channel.between_attacks.spread()));
    "RT-11" "Minimum Note Duration"
        "Seconds of the shortest note."
        one(|f| f.channels.shortest);
    "RT-12" "Maximum Note Duration"
        "Seconds of the longest note."
        one(|f| f.channels.longest);
    "RT-13" "Average Note Duration"
        "Mean seconds of a note."
        one(|f| f.channels.durations.mean());
    "RT-14" "Variability of Note Durations"
        "Standard deviation of the seconds of a note."
        one(|f| f.channels.durations.spread());
    "RT-15" "Amount of Staccato"
        "Share of the notes that are shorter than 0.1 seconds."
        one(|f| f.channels.staccato / f.times.notes);
};
