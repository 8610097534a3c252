//! The features of jSymbolic 2.2, a catalogue that music research has measured pieces by for twenty
//! years, under its names.
//!
//! Source: the definitions of the jSymbolic 2.2 manual (McKay, Cumming & Fujinaga, "jSymbolic 2.2:
//! Extracting Features from Symbolic Music for use in Musicological and MIR Research", ISMIR 2018;
//! before that McKay, "Automatic Genre Classification of MIDI Recordings", 2004). Nothing is taken
//! from its program. Where the manual leaves a choice, the definition here tells which was made, and
//! [`feature_catalog`] has every definition. For all of them:
//!
//! - A feature that has nothing to measure in a piece (the mean pitch of drums alone, a ratio to
//!   nothing) has no value. jSymbolic would say 0, which is also what it says of real zeros.
//! - A standard deviation is that of the whole piece, not the estimate from a sample; a kurtosis is 0
//!   for a normal distribution.
//! - A piece lasts from tick 0 until its last note ends, and a note of no length for one tick.
//!
//! The features of the catalogue that need MEI are left out: a MIDI file does not have them.
//!
//! Each group is a file with its facts, gathered from the notes in one pass, and its part of the
//! catalogue, which reads the facts. Nothing is allocated for a note, and no two notes are compared
//! but within bounds.

mod bends;
mod channels;
mod chord_types;
mod dynamics;
mod instrumentation;
mod melody;
mod meter;
mod motion;
mod pitch;
mod pulse;
mod pulses;
mod rests;
mod slices;
mod stats;
mod texture;
mod time;
mod values;
mod vertical;
mod voices;

use crate::error::{Error, check};
use crate::model::division::Division;
use crate::model::score::Score;

/// The groups, in the order of the manual.
const GROUPS: [&[Entry]; 12] = [
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
/// The tempo of the beat histogram that tempo does not matter to.
const STANDARD_TEMPO: f64 = 120.0;
const SECONDS_A_MINUTE: f64 = 60.0;

/// One feature of a piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its name in the catalogue.
    pub name: &'static str,
    /// As many values as the feature has dimensions, all finite; `None` where the piece has nothing
    /// to measure.
    pub value: Option<Vec<f64>>,
}

/// What a feature means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureDefinition {
    /// Its code in the manual, the group and a number: `P-16`.
    pub code: &'static str,
    /// Its name: `Mean Pitch`.
    pub name: &'static str,
    /// How many values it has.
    pub dimensions: usize,
    /// What the values are, in one sentence.
    pub definition: &'static str,
}

/// All features of a piece, in the order of [`feature_catalog`].
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn measured(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Feature>, Error> {
    let facts = Facts::of(score, interrupted)?;
    Ok(GROUPS.into_iter().flatten().map(|entry| entry.feature(&facts)).collect())
}

/// The features that [`Piece::features`](crate::Piece::features) measures, in its order.
pub fn feature_catalog() -> impl Iterator<Item = FeatureDefinition> {
    GROUPS.into_iter().flatten().map(|entry| FeatureDefinition {
        code: entry.code,
        name: entry.name,
        dimensions: match entry.measure {
            Measure::One(_) => 1,
            Measure::Many(dimensions, _) => dimensions,
        },
        definition: entry.definition,
    })
}

/// All that the features of a piece are read off.
struct Facts {
    /// Ticks in a quarter note; NaN in SMPTE time.
    quarter: f64,
    pitch: pitch::Pitches,
    melody: melody::Melody,
    slices: slices::Slices,
    vertical: vertical::Vertical,
    meters: meter::Meters,
    values: values::Values,
    rests: rests::Rests,
    /// Beat histograms: at the standard tempo, at that of the piece.
    standard: pulse::Pulse,
    played: pulse::Pulse,
    times: time::Times,
    instrumentation: instrumentation::Instrumentation,
    channels: channels::Channels,
    texture: texture::Texture,
}

impl Facts {
    fn of(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let quarter = score.ticks_per_quarter().map(f64::from);
        let check = || check(interrupted);
        let voices = voices::Voices::of(score);
        check()?;
        let melody = melody::Melody::of(score, &voices)?;
        check()?;
        let slices = slices::Slices::of(score, interrupted)?;
        let channels = channels::Channels::of(score);
        check()?;
        let times = time::Times::of(score, slices.end);
        check()?;
        let played_ticks = match score.division {
            Division::Metrical(ticks) => times.mean * f64::from(ticks),
            Division::Timecode(rate) => SECONDS_A_MINUTE * rate,
        };
        let standard_ticks = quarter.map(|ticks| ticks * STANDARD_TEMPO);
        let tempos = standard_ticks.into_iter().chain([played_ticks]);
        let correlation = pulse::Correlation::of(score, tempos, interrupted)?;
        let pitch = pitch::Pitches::of(score, interrupted)?;
        check()?;
        let meters = meter::Meters::of(score);
        check()?;
        let values = values::Values::of(score, &voices, interrupted)?;
        let rests = rests::Rests::of(score, slices.end)?;
        check()?;
        Ok(Self {
            quarter: quarter.unwrap_or(f64::NAN),
            pitch,
            vertical: vertical::Vertical::of(&slices),
            meters,
            values,
            rests,
            standard: pulse::Pulse::of(&correlation, standard_ticks),
            played: pulse::Pulse::of(&correlation, Some(played_ticks)),
            instrumentation: instrumentation::Instrumentation::of(score),
            texture: texture::Texture::of(&channels),
            melody,
            slices,
            times,
            channels,
        })
    }

    /// The tick at which the piece ends.
    fn end(&self) -> f64 {
        f64::from(self.slices.end)
    }
}

/// How a feature is read off the facts. A value that is not finite is none.
enum Measure {
    One(fn(&Facts) -> f64),
    Many(usize, fn(&Facts) -> Vec<f64>),
}

const fn one(value: fn(&Facts) -> f64) -> Measure {
    Measure::One(value)
}

const fn many(dimensions: usize, values: fn(&Facts) -> Vec<f64>) -> Measure {
    Measure::Many(dimensions, values)
}

struct Entry {
    code: &'static str,
    name: &'static str,
    definition: &'static str,
    measure: Measure,
}

impl Entry {
    fn feature(&self, facts: &Facts) -> Feature {
        let values = match self.measure {
            Measure::One(value) => vec![value(facts)],
            Measure::Many(_, values) => values(facts),
        };
        // A sum of nothing is -0 in Rust.
        let values: Vec<f64> = values.into_iter().map(|value| value + 0.0).collect();
        let value = Some(values).filter(|values| values.iter().all(|value| value.is_finite()));
        Feature { name: self.name, value }
    }
}

/// A part of the catalogue: code, name, definition and measure of each feature.
macro_rules! catalog {
    ($($code:literal $name:literal $definition:literal $measure:expr;)*) => {
        &[$($crate::analysis::features::Entry {
            code: $code,
            name: $name,
            definition: $definition,
            measure: $measure,
        }),*]
    };
}
use catalog;
