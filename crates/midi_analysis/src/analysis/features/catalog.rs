//! The catalogue: name, definition and formula of each feature, a file for each group.

mod dynamics;
mod instrumentation;
mod melody;
mod meter;
mod pitch;
mod pulses;
mod rests;
mod texture;
mod time;
mod values;
mod vertical;

use crate::analysis::features::entry::Entry;

/// The groups, in the order of the manual.
pub(crate) const GROUPS: [&[Entry]; 12] = [
    pitch::CATALOG,
    melody::CATALOG,
    vertical::CATALOG,
    meter::CATALOG,
    values::CATALOG,
    rests::CATALOG,
    pulses::STANDARDIZED,
    time::CATALOG,
    pulses::PLAYED,
    instrumentation::CATALOG,
    texture::CATALOG,
    dynamics::CATALOG,
];
