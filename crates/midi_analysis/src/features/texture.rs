//! Texture, T-1 to T-24. A voice is a channel. What is about pitch leaves the drums out; of channels
//! that are equally loud, high or low the one with the lower number counts.

use super::channels::{CHANNELS, Channel, Channels};
use super::melody::Melody;
use super::stats::Spread;
use super::{Entry, catalog, one};

pub(crate) struct Texture {
    leaps: f64,
    loudest: f64,
    loudest_range: f64,
    loudest_isolation: f64,
    highest_range: f64,
    highest_density: f64,
    lowest_duration: f64,
    lowest_leaps: f64,
    overlap: f64,
    separations: Spread,
}

impl Texture {
    pub(crate) fn of(channels: &Channels, melody: &Melody) -> Self {
        let mut by_height: Vec<usize> =
            (0..CHANNELS).filter(|&n| is_pitched(&channels.all()[n])).collect();
        let channel = |number: usize| &channels.all()[number];
        let loudest_of = |numbers: &mut dyn Iterator<Item = usize>| {
            numbers.reduce(|best, number| {
                let louder = channel(number).mean_velocity() > channel(best).mean_velocity();
                if louder { number } else { best }
            })
        };
        let loudest = loudest_of(&mut (0..CHANNELS).filter(|&n| channel(n).notes > 0));
        let loudest_pitched = loudest_of(&mut by_height.iter().copied());
        by_height.sort_by(|&a, &b| channel(a).mean_pitch().total_cmp(&channel(b).mean_pitch()));
        let means: Vec<f64> = by_height.iter().map(|&n| channel(n).mean_pitch()).collect();
        let highest = means.iter().position(|&mean| Some(&mean) == means.last());
        let highest = highest.map(|index| by_height[index]);
        let lowest = by_height.first().copied();
        let part = |number: Option<usize>, of: fn(&Channels, &Melody, usize) -> f64| {
            number.map_or(f64::NAN, |number| of(channels, melody, number))
        };
        Self {
            leaps: leaps(melody),
            loudest: part(loudest, |channels, _, number| above_the_others(channels, number)),
            loudest_range: part(loudest_pitched, |channels, _, n| relative_range(channels, n)),
            loudest_isolation: part(loudest_pitched, |channels, _, n| isolation(channels, n)),
            highest_range: part(highest, |channels, _, n| relative_range(channels, n)),
            highest_density: part(highest, |channels, _, number| {
                let notes: f64 = channels.used().map(|channel| f64::from(channel.notes)).sum();
                f64::from(channels.all()[number].notes) / (notes / channels.used_count())
            }),
            lowest_duration: part(lowest, |channels, _, number| {
                let channel = &channels.all()[number];
                channel.seconds / f64::from(channel.notes) / channels.durations.mean()
            }),
            lowest_leaps: part(lowest, |_, melody, number| {
                let mean = |semitones: f64, intervals: f64| semitones / intervals;
                mean(melody.channel_semitones[number], melody.channel_intervals[number])
                    / mean(
                        melody.channel_semitones.iter().sum(),
                        melody.channel_intervals.iter().sum(),
                    )
            }),
            overlap: overlap(channels),
            separations: means.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        }
    }
}

fn is_pitched(channel: &Channel) -> bool {
    channel.notes > 0 && !channel.is_drums
}

/// Standard deviation, over the channels, of their mean melodic interval.
fn leaps(melody: &Melody) -> f64 {
    let channels = melody.channel_semitones.iter().zip(&melody.channel_intervals);
    let moving = channels.filter(|&(_, &intervals)| intervals > 0.0);
    moving.map(|(semitones, intervals)| semitones / intervals).collect::<Spread>().spread()
}

/// How much louder a channel is than the others, on average.
fn above_the_others(channels: &Channels, number: usize) -> f64 {
    let others = (0..CHANNELS).filter(|&other| other != number && channels.all()[other].notes > 0);
    let others: Spread = others.map(|other| channels.all()[other].mean_velocity()).collect();
    channels.all()[number].mean_velocity() - others.mean()
}

/// Range of a channel, as a part of the range of the piece.
fn relative_range(channels: &Channels, number: usize) -> f64 {
    let ranges = channels.pitched().map(Channel::range);
    let whole = ranges.fold((127, 0), |(lowest, highest), range| {
        (*range.start().min(&lowest), *range.end().max(&highest))
    });
    channels.all()[number].ambitus() / (whole.1 as f64 - whole.0 as f64)
}

/// Share of a channel's notes that no other channel's range holds.
fn isolation(channels: &Channels, number: usize) -> f64 {
    if channels.pitched().count() < 2 {
        return f64::NAN;
    }
    let notes = f64::from(channels.all()[number].notes);
    (notes - shared_notes(channels, number)) / notes
}

/// Notes of a channel within the range of some other.
fn shared_notes(channels: &Channels, number: usize) -> f64 {
    let mut shared = [false; 128];
    for other in (0..CHANNELS).filter(|&other| other != number) {
        if is_pitched(&channels.all()[other]) {
            shared[channels.all()[other].range()].fill(true);
        }
    }
    let notes = channels.all()[number].pitches.iter().zip(shared);
    notes.filter(|(_, shared)| *shared).map(|(&notes, _)| f64::from(notes)).sum()
}

fn overlap(channels: &Channels) -> f64 {
    let pitched = || (0..CHANNELS).filter(|&number| is_pitched(&channels.all()[number]));
    let all: f64 = channels.pitched().map(|channel| f64::from(channel.notes)).sum();
    pitched().map(|number| shared_notes(channels, number)).sum::<f64>() / all
}

/// Standard deviation, over some channels, of what each of them has.
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
        "Standard deviation, over the channels that have notes, of how many."
        one(|f| equality(f.channels.used(), |channel| f64::from(channel.notes)));
    "T-5" "Voice Equality - Note Duration"
        "Standard deviation, over the channels, of the seconds in which each sounds."
        one(|f| equality(f.channels.used(), |channel| channel.sounding.seconds));
    "T-6" "Voice Equality - Dynamics"
        "Standard deviation, over the channels, of their mean velocities."
        one(|f| equality(f.channels.used(), Channel::mean_velocity));
    "T-7" "Voice Equality - Melodic Leaps"
        "Standard deviation, over the channels, of their mean melodic intervals in semitones."
        one(|f| f.texture.leaps);
    "T-8" "Voice Equality - Range"
        "Standard deviation, over the channels, of their ranges in semitones."
        one(|f| equality(f.channels.pitched(), Channel::ambitus));
    "T-9" "Importance of Loudest Voice"
        "Mean velocity of the loudest channel, less the mean of those of the others."
        one(|f| f.texture.loudest);
    "T-10" "Relative Range of Loudest Voice"
        "Range of the loudest channel, divided by that of the piece."
        one(|f| f.texture.loudest_range);
    "T-11" "Relative Range Isolation of Loudest Voice"
        "Share of the notes of the loudest channel that lie outside the range of every other."
        one(|f| f.texture.loudest_isolation);
    "T-12" "Relative Range of Highest Line"
        "Range of the channel with the highest mean pitch, divided by that of the piece."
        one(|f| f.texture.highest_range);
    "T-13" "Relative Note Density of Highest Line"
        "Notes of the channel with the highest mean pitch, divided by the mean of all channels."
        one(|f| f.texture.highest_density);
    "T-14" "Relative Note Durations of Lowest Line"
        "Mean seconds of a note in the channel with the lowest mean pitch, divided by that of all notes."
        one(|f| f.texture.lowest_duration);
    "T-15" "Relative Size of Melodic Intervals in Lowest Line"
        "Mean melodic interval of the channel with the lowest mean pitch, divided by that of all channels."
        one(|f| f.texture.lowest_leaps);
    "T-16" "Voice Overlap"
        "Share of the notes that lie within the range of another channel."
        one(|f| f.texture.overlap);
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
