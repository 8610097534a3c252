//! Dynamics, D-1 to D-4. The loudness of a note is its velocity x channel volume / 127; a channel of
//! which no volume is set has 100, as General MIDI requires. All notes count, drums among them.

use crate::analysis::features::entry::{Entry, catalog, one};
use crate::analysis::features::stats::Spread;

pub(crate) const CATALOG: &[Entry] = catalog! {
    "D-1" "Dynamic Range"
        "Loudness of the loudest note, minus that of the softest."
        one(|f| f.channels.loudest - f.channels.softest);
    "D-2" "Variation of Dynamics"
        "Standard deviation of the notes' loudness."
        one(|f| f.channels.loudness.spread());
    "D-3" "Variation of Dynamics in Each Voice"
        "Standard deviation of the loudness within each channel, averaged over the channels that have notes."
        one(|f| f.channels.used().map(|channel| channel.loudness.spread()).collect::<Spread>().mean());
    "D-4" "Average Note to Note Change in Dynamics"
        "Mean change of loudness, up or down, from a note to the next one of its channel."
        one(|f| {
            let changes = f.channels.used().map(|channel| channel.loudness_changes);
            let (sum, count) = changes.fold((0.0, 0.0), |(sum, count), changes| {
                (sum + changes.sum(), count + changes.count)
            });
            sum / count
        });
};
