//! Control changes and pitch bends: which are used, how often and how far.

use serde_json::{Map, Value, json};

use crate::model::gm;

/// The damper pedal, and the value from which it is down (MIDI 1.0).
const SUSTAIN: usize = 64;
const SWITCH_ON: usize = 64;

#[derive(Clone, Copy, Debug)]
struct Range {
    count: u32,
    sum: u64,
    min: u8,
    max: u8,
}

/// Counts gathered while a file is read.
#[derive(Clone, Debug)]
pub(crate) struct ControllerTally {
    controllers: [Range; 128],
    pitch_bends: u32,
}

impl Default for ControllerTally {
    fn default() -> Self {
        Self {
            controllers: [Range { count: 0, sum: 0, min: u8::MAX, max: 0 }; 128],
            pitch_bends: 0,
        }
    }
}

impl ControllerTally {
    #[inline]
    pub(crate) fn control(&mut self, number: u8, value: u8) {
        let range = &mut self.controllers[usize::from(number & 0x7f)];
        range.count += 1;
        range.sum += u64::from(value);
        range.min = range.min.min(value);
        range.max = range.max.max(value);
    }

    #[inline]
    pub(crate) fn pitch_bend(&mut self) {
        self.pitch_bends += 1;
    }
}

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
        let used = || tally.controllers.iter().enumerate().filter(|(_, range)| range.count > 0);
        let data: Map<String, Value> = used()
            .map(|(number, range)| {
                let mean = range.sum as f64 / f64::from(range.count);
                let entry = json!({
                    "name": gm::CONTROLLERS[number],
                    "count": range.count,
                    "min": range.min,
                    "max": range.max,
                    "mean": (mean * 100.0).round() / 100.0,
                });
                (number.to_string(), entry)
            })
            .collect();
        Self {
            numbers: used().map(|(number, _)| number as i16).collect(),
            data: Value::Object(data),
            pitch_bend_count: tally.pitch_bends as i32,
            has_sustain: usize::from(tally.controllers[SUSTAIN].max) >= SWITCH_ON,
        }
    }
}
