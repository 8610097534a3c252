//! Texture, T-1 to T-24. A voice is a channel. Measures of pitch leave the drums out; of channels that
//! are equally loud, high or low the one with the lower number counts.

use crate::analysis::features::facts::channels::Channels;
use crate::analysis::features::stats::Spread;

/// Which channels stand out.
pub(crate) struct Texture {
    pub(crate) loudest: Option<usize>,
    pub(crate) loudest_pitched: Option<usize>,
    pub(crate) lowest: Option<usize>,
    pub(crate) highest: Option<usize>,
    /// Semitones between the mean pitches of neighbouring channels.
    pub(crate) separations: Spread,
}

impl Texture {
    pub(crate) fn of(channels: &Channels) -> Self {
        let mean_pitch = |&number: &usize| channels.all()[number].mean_pitch();
        let by = |number: &usize, other: &usize| mean_pitch(number).total_cmp(&mean_pitch(other));
        let mut heights: Vec<f64> = pitched(channels).map(|number| mean_pitch(&number)).collect();
        heights.sort_by(f64::total_cmp);
        Self {
            loudest: loudest(
                (0..channels.all().len()).filter(|&n| channels.all()[n].notes > 0),
                channels,
            ),
            loudest_pitched: loudest(pitched(channels), channels),
            lowest: pitched(channels).min_by(by),
            // Of equals the first, where `max_by` takes the last.
            highest: pitched(channels).min_by(|number, other| by(other, number)),
            separations: heights.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        }
    }
}

/// Numbers of the channels that have notes, drums left out.
pub(crate) fn pitched(channels: &Channels) -> impl Iterator<Item = usize> {
    (0..channels.all().len()).filter(|&number| {
        let channel = &channels.all()[number];
        channel.notes > 0 && !channel.is_drums
    })
}

fn loudest(numbers: impl Iterator<Item = usize>, channels: &Channels) -> Option<usize> {
    let velocity = |number: usize| channels.all()[number].mean_velocity();
    numbers.min_by(|&number, &other| velocity(other).total_cmp(&velocity(number)))
}
