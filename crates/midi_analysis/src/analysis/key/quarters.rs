//! Lengths in quarter notes, also where time is SMPTE.

use crate::model::division::Division;
use crate::model::score::Score;

/// Quarter notes in a second, where there are none: 120 a minute.
const QUARTERS_A_SECOND: f64 = 2.0;

/// Quarter notes in a tick.
pub(super) fn quarters_per_tick(score: &Score<'_>) -> f64 {
    match score.division {
        Division::Metrical(ticks) => 1.0 / f64::from(ticks),
        Division::Timecode(time) => QUARTERS_A_SECOND / time.ticks_per_second(),
    }
}
