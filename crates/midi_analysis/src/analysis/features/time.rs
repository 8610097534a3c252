//! Tempo and time in seconds, RT-1 to RT-15: of all notes, drums among them.

use super::channels::{Channel, Channels};
use super::meter::density_spread;
use super::stats::{Spread, root};
use super::{Entry, catalog, one};
use crate::model::score::Score;
use crate::model::tempo_map::TempoSegment;

const DENSITY_WINDOW_S: f64 = 5.0;

pub(crate) struct Times {
    /// Quarter notes a minute: at the start, and over the piece's seconds.
    initial: f64,
    pub(crate) mean: f64,
    tempo_spread: f64,
    pub(crate) duration: f64,
    notes: f64,
    density_spread: f64,
}

impl Times {
    /// `end` is that of the piece.
    pub(crate) fn of(score: &Score<'_>, end: u32) -> Self {
        let duration = score.tempo.seconds(end);
        let segments = score.tempo.segments();
        let tempo = |segment: &TempoSegment| segment.bpm().unwrap_or(f64::NAN);
        let initial = tempo(&segments[0]);
        let (mut sum, mut squares) = (0.0, 0.0);
        let ends = segments[1..].iter().map(|next| next.seconds).chain([duration]);
        for (segment, until) in segments.iter().zip(ends) {
            let seconds = (until.min(duration) - segment.seconds).max(0.0);
            let faster = tempo(segment) - initial;
            sum += faster * seconds;
            squares += faster * faster * seconds;
        }
        let faster = sum / duration;
        let mut clock = score.tempo.clock();
        let windows =
            score.notes.iter().map(|note| (clock.seconds(note.start) / DENSITY_WINDOW_S) as u64);
        let whole = (duration / DENSITY_WINDOW_S) as u64;
        Self {
            initial,
            mean: initial + faster,
            tempo_spread: root(squares / duration - faster * faster),
            duration,
            notes: score.notes.len() as f64,
            density_spread: density_spread(windows, whole) / DENSITY_WINDOW_S,
        }
    }
}

/// Mean of what the channels have, of those that have at least two attacks.
fn channel_mean(channels: &Channels, value: impl Fn(&Channel) -> f64) -> f64 {
    let attacking = channels.used().filter(|channel| channel.between_attacks.count > 0.0);
    attacking.map(value).collect::<Spread>().mean()
}

pub(crate) const CATALOG: &[Entry] = catalog! {
    "RT-1" "Initial Tempo"
        "Quarter notes a minute at the start; 120 where the file says none."
        one(|f| f.times.initial);
    "RT-2" "Mean Tempo"
        "Quarter notes a minute, averaged over the seconds of the piece."
        one(|f| f.times.mean);
    "RT-3" "Tempo Variability"
        "Standard deviation of the quarter notes a minute over the seconds of the piece."
        one(|f| f.times.tempo_spread);
    "RT-4" "Duration in Seconds"
        "Seconds until the last note ends."
        one(|f| f.times.duration);
    "RT-5" "Note Density"
        "Notes a second."
        one(|f| f.times.notes / f.times.duration);
    "RT-6" "Note Density Variability"
        "Standard deviation of the notes a second in each whole window of 5 seconds."
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
