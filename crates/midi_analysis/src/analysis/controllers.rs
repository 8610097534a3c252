//! Control changes and pitch bends: which are used, how often and how far.

use serde_json::{Map, Value, json};

use crate::model::controllers::ControllerTally;
use crate::model::gm;

/// The damper pedal, and the value from which it is down (MIDI 1.0).
const SUSTAIN: u8 = 64;
const SWITCH_ON: u8 = 64;

/// Controllers and pitch bends of a piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Controllers {
    /// Controller numbers used, 0-127, ascending.
    pub numbers: Vec<i16>,
    /// A JSON object by controller number: name, count, min, max, mean of its values.
    pub data: Value,
    /// Pitch bend messages.
    pub pitch_bend_count: i32,
    /// Whether the damper pedal is ever down.
    pub has_sustain: bool,
}

impl Controllers {
    pub(crate) fn of(tally: &ControllerTally) -> Self {
        let data: Map<String, Value> = tally
            .used()
            .map(|(number, range)| {
                let entry = json!({
                    "name": gm::CONTROLLERS[usize::from(number)],
                    "count": range.count,
                    "min": range.min,
                    "max": range.max,
                    "mean": (range.mean() * 100.0).round() / 100.0,
                });
                (number.to_string(), entry)
            })
            .collect();
        Self {
            numbers: tally.used().map(|(number, _)| number.into()).collect(),
            data: Value::Object(data),
            pitch_bend_count: tally.pitch_bends() as i32,
            has_sustain: tally.highest(SUSTAIN) >= SWITCH_ON,
        }
    }
}
