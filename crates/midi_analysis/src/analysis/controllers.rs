//! Control changes and pitch bends: which are used, how often and how far.

use crate::model::controllers::{ControllerTally, ControllerUse};
use crate::model::gm;

/// The damper pedal, and the value from which it is down (MIDI 1.0).
const SUSTAIN: u8 = 64;
const SWITCH_ON: u8 = 64;

/// The values that a piece sets one controller to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Controller {
    /// Its number, 0-127.
    pub number: u8,
    /// Its name in MIDI 1.0.
    pub name: &'static str,
    /// Control changes.
    pub count: u32,
    /// Lowest value, 0-127.
    pub min: u8,
    /// Highest value, 0-127.
    pub max: u8,
    /// Mean of the values.
    pub mean: f64,
}

impl Controller {
    fn new(number: u8, used: &ControllerUse) -> Self {
        Self {
            number,
            name: gm::CONTROLLERS[usize::from(number)],
            count: used.count,
            min: used.min,
            max: used.max,
            mean: used.mean(),
        }
    }
}

/// Controllers and pitch bends of a piece.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Controllers {
    /// The controllers that are used, by number, ascending.
    pub used: Vec<Controller>,
    /// Pitch bend messages.
    pub pitch_bend_count: u32,
    /// Whether the damper pedal is ever down.
    pub has_sustain: bool,
}

impl Controllers {
    pub(crate) fn of(tally: &ControllerTally) -> Self {
        Self {
            used: tally.used().map(|(number, used)| Controller::new(number, used)).collect(),
            pitch_bend_count: tally.pitch_bends(),
            has_sustain: tally.highest(SUSTAIN) >= SWITCH_ON,
        }
    }
}
