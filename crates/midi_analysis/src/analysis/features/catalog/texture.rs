//! Texture, T-1 to T-24. A voice is a channel.

use crate::analysis::features::entry::{Entry, catalog, one};
use crate::analysis::features::facts::Facts;
use crate::analysis::features::facts::channels::{Channel, Channels};
use crate::analysis::features::facts::texture::pitched;
use crate::analysis::features::stats::Spread;

/// A measure of a channel, if there is one.
fn part(f: &Facts, number: Option<usize>, of: fn(&Facts, usize) -> f64) -> f64 {
    number.map_or(f64::NAN, |number| of(f, number))
}

/// Standard deviation, over the channels, of their mean melodic interval.
fn leaps(f: &Facts) -> f64 {
    let channels = f.melody.channel_semitones.iter().zip(&f.melody.channel_intervals);
    let moving = channels.filter(|&(_, &intervals)| intervals > 0.0);
    moving.map(|(semitones, intervals)| semitones / intervals).collect::<Spread>().spread()
}

/// How much louder a channel is than the others, on average.
fn above_the_others(f: &Facts, number: usize) -> f64 {
    let channels = f.channels.all();
    let others = (0..channels.len()).filter(|&other| other != number && channels[other].notes > 0);
    let others: Spread = others.map(|other| channels[other].mean_velocity()).collect();
    channels[number].mean_velocity() - others.mean()
}

/// Range of a channel, as a part of the range of the piece.
fn relative_range(f: &Facts, number: usize) -> f64 {
    f.channels.all()[number].ambitus() / f.pitch.range()
}

/// Share of a channel's notes that are in the range of no other channel.
fn isolation(f: &Facts, number: usize) -> f64 {
    if pitched(&f.channels).count() < 2 {
        return f64::NAN;
    }
    let notes = f64::from(f.channels.all()[number].notes);
    (notes - shared_notes(&f.channels, number)) / notes
}

/// Notes of a channel, divided by those that a channel has on average.
fn relative_density(f: &Facts, number: usize) -> f64 {
    let notes: Spread = f.channels.used().map(|channel| f64::from(channel.notes)).collect();
    f64::from(f.channels.all()[number].notes) / notes.mean()
}

/// Mean seconds of a channel's notes, divided by that of all notes.
fn relative_duration(f: &Facts, number: usize) -> f64 {
    let channel = &f.channels.all()[number];
    channel.seconds / f64::from(channel.notes) / f.channels.durations.mean()
}

/// Mean melodic interval of a channel, divided by that of all.
fn relative_leap(f: &Facts, number: usize) -> f64 {
    let (semitones, intervals) = (&f.melody.channel_semitones, &f.melody.channel_intervals);
    let all = semitones.iter().sum::<f64>() / intervals.iter().sum::<f64>();
    semitones[number] / intervals[number] / all
}

/// Notes of a channel within the range of some other.
fn shared_notes(channels: &Channels, number: usize) -> f64 {
    let mut shared = [false; 128];
    for other in pitched(channels).filter(|&other| other != number) {
        shared[channels.all()[other].range()].fill(true);
    }
    let notes = channels.all()[number].pitches.iter().zip(shared);
    notes.filter(|(_, shared)| *shared).map(|(&notes, _)| f64::from(notes)).sum()
}

/// Share of the pitched notes that lie within the range of another channel.
fn overlap(f: &Facts) -> f64 {
    let shared = pitched(&f.channels).map(|number| shared_notes(&f.channels, number));
    shared.sum::<f64>() / f.pitch.notes()
}

/// Standard deviation of a measure over some channels.
fn equality<'a>(
    channels: impl Iterator<Item = &'a Channel>,
    value: impl Fn(&Channel) -> f64,
) -> f64 {
    channels.map(value).collect::<Spread>().spread()
}

pub(crate) const CATALOG: &[Entry] = catalog! {
    "T-1" "Maximum Number of Independent Voices"
        "Most channels that sound at once."
        one(|f| f.slices.channels.highest());
    "T-2" "Average Number of Independent Voices"
        "Channels that sound at once, averaged over the time in which any sounds."
        one(|f| f.slices.sounding_channels().moments().mean);
    "T-3" "Variability of Number of Independent Voices"
        "Standard deviation of the number of channels over the time in which any sounds."
        one(|f| f.slices.sounding_channels().moments().spread());
    "T-4" "Voice Equality - Number of Notes"
        "Standard deviation of the number of notes, over the channels that have notes."
        one(|f| equality(f.channels.used(), |channel| f64::from(channel.notes)));
    "T-5" "Voice Equality - Note Duration"
        "Standard deviation, over the channels, of the seconds in which each sounds."
        one(|f| equality(f.channels.used(), |channel| channel.sounding.seconds));
    "T-6" "Voice Equality - Dynamics"
        "Standard deviation, over the channels, of their mean velocities."
        one(|f| equality(f.channels.used(), Channel::mean_velocity));
    "T-7" "Voice Equality - Melodic Leaps"
        "Standard deviation, over the channels, of their mean melodic intervals in semitones."
        one(leaps);
    "T-8" "Voice Equality - Range"
        "Standard deviation, over the channels, of their ranges in semitones."
        one(|f| equality(f.channels.pitched(), Channel::ambitus));
    "T-9" "Importance of Loudest Voice"
        "Mean velocity of the loudest channel, minus the mean of those of the others."
        one(|f| part(f, f.texture.loudest, above_the_others));
    "T-10" "Relative Range of Loudest Voice"
        "Range of the loudest channel, divided by that of the piece."
        one(|f| part(f, f.texture.loudest_pitched, relative_range));
    "T-11" "Relative Range Isolation of Loudest Voice"
        "Share of the notes of the loudest channel that lie outside the range of every other."
        one(|f| part(f, f.texture.loudest_pitched, isolation));
    "T-12" "Relative Range of Highest Line"
        "Range of the channel with the highest mean pitch, divided by that of the piece."
        one(|f| part(f, f.texture.highest, relative_range));
    "T-13" "Relative Note Density of Highest Line"
        "Notes of the channel with the highest mean pitch, divided by the mean of all channels."
        one(|f| part(f, f.texture.highest, relative_density));
    "T-14" "Relative Note Durations of Lowest Line"
        "Mean seconds of a note in the channel with the lowest mean pitch, divided by that of all notes."
        one(|f| part(f, f.texture.lowest, relative_duration));
    "T-15" "Relative Size of Melodic Intervals in Lowest Line"
        "Mean melodic interval of the channel with the lowest mean pitch, divided by that of all channels."
        one(|f| part(f, f.texture.lowest, relative_leap));
    "T-16" "Voice Overlap"
        "Share of the notes that lie within the range of another channel."
        one(overlap);
    "T-17" "Voice Separation"
        "Semitones between the mean pitches of neighbouring channels, sorted by mean pitch; their mean."
        one(|f| f.texture.separations.mean());
    "T-18" "Variability of Voice Separation"
        "Standard deviation of these separations."
        one(|f| f.texture.separations.spread());
    "T-19" "Parallel Motion"
        "Share of the movements of two voices in which both move by the same interval; voices are sounding pitches, matched from the lowest up, where as many sound before and after."
        one(|f| f.slices.motion.parallel / f.slices.motion.all());
    "T-20" "Similar Motion"
        "Share of the movements in which both move the same way, by different intervals."
        one(|f| f.slices.motion.similar / f.slices.motion.all());
    "T-21" "Contrary Motion"
        "Share of the movements in which one rises and the other falls."
        one(|f| f.slices.motion.contrary / f.slices.motion.all());
    "T-22" "Oblique Motion"
        "Share of the movements in which one stays and the other moves."
        one(|f| f.slices.motion.oblique / f.slices.motion.all());
    "T-23" "Parallel Fifths"
        "Share of the movements that are parallel, a fifth (or that and octaves) apart."
        one(|f| f.slices.motion.fifths / f.slices.motion.all());
    "T-24" "Parallel Octaves"
        "Share of the movements that are parallel, one or more octaves apart."
        one(|f| f.slices.motion.octaves / f.slices.motion.all());
};
