//! The facts from which the features of a piece are computed, gathered from its notes once: a file for each
//! group.
//!
//! Nothing is allocated for a note, and notes are compared in pairs only within bounds.

pub(crate) mod bends;
pub(crate) mod channels;
pub(crate) mod chord_types;
pub(crate) mod instrumentation;
pub(crate) mod melody;
pub(crate) mod meter;
pub(crate) mod motion;
pub(crate) mod pitch;
pub(crate) mod pulse;
pub(crate) mod rests;
pub(crate) mod slices;
pub(crate) mod texture;
pub(crate) mod time;
pub(crate) mod values;
pub(crate) mod vertical;
pub(crate) mod voices;

use self::channels::Channels;
use self::instrumentation::Instrumentation;
use self::melody::Melody;
use self::meter::Meters;
use self::pitch::Pitches;
use self::pulse::{Correlation, Pulse};
use self::rests::Rests;
use self::slices::Slices;
use self::texture::Texture;
use self::time::Times;
use self::values::Values;
use self::vertical::Vertical;
use self::voices::Voices;
use crate::error::{Error, check};
use crate::model::division::Division;
use crate::model::score::Score;

/// Quarter notes a minute of the beat histogram that does not depend on the tempo of the piece.
const STANDARD_TEMPO: f64 = 120.0;
const SECONDS_A_MINUTE: f64 = 60.0;

/// The facts from which the features of a piece are computed.
pub(crate) struct Facts {
    /// Ticks in a quarter note; NaN in SMPTE time.
    pub(crate) quarter: f64,
    pub(crate) pitch: Pitches,
    pub(crate) melody: Melody,
    pub(crate) slices: Slices,
    pub(crate) vertical: Vertical,
    pub(crate) meters: Meters,
    pub(crate) values: Values,
    pub(crate) rests: Rests,
    /// Beat histograms: at the standard tempo, at that of the piece.
    pub(crate) standard: Pulse,
    pub(crate) played: Pulse,
    pub(crate) times: Times,
    pub(crate) instrumentation: Instrumentation,
    pub(crate) channels: Channels,
    pub(crate) texture: Texture,
}

impl Facts {
    pub(crate) fn of(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let quarter = score.ticks_per_quarter().map(f64::from);
        let check = || check(interrupted);
        let voices = Voices::of(score)?;
        check()?;
        let melody = Melody::of(score, &voices)?;
        check()?;
        let slices = Slices::of(score, interrupted)?;
        let channels = Channels::of(score)?;
        check()?;
        let times = Times::of(score, slices.end);
        check()?;
        let played_ticks = match score.division {
            Division::Metrical(ticks) => times.mean * f64::from(ticks),
            Division::Timecode(time) => SECONDS_A_MINUTE * time.ticks_per_second(),
        };
        let standard_ticks = quarter.map(|ticks| ticks * STANDARD_TEMPO);
        let tempos = standard_ticks.into_iter().chain([played_ticks]);
        let correlation = Correlation::of(score, tempos, interrupted)?;
        let pitch = Pitches::of(score, interrupted)?;
        check()?;
        let meters = Meters::of(score);
        check()?;
        let values = Values::of(score, &voices, interrupted)?;
        let rests = Rests::of(score, slices.end)?;
        check()?;
        Ok(Self {
            quarter: quarter.unwrap_or(f64::NAN),
            pitch,
            vertical: Vertical::of(&slices),
            meters,
            values,
            rests,
            standard: Pulse::of(&correlation, standard_ticks),
            played: Pulse::of(&correlation, Some(played_ticks)),
            instrumentation: Instrumentation::of(score),
            texture: Texture::of(&channels),
            melody,
            slices,
            times,
            channels,
        })
    }

    /// The tick at which the piece ends.
    pub(crate) fn end(&self) -> f64 {
        f64::from(self.slices.end)
    }
}
