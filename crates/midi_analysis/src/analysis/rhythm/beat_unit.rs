//! The note value of a beat: in compound meters it is three of the denominator's note values.

use crate::model::time_signature::TimeSignature;

/// Whether a beat of the meter is three of its denominator's note values.
pub(crate) fn is_compound(meter: TimeSignature) -> bool {
    meter.numerator > 3 && meter.numerator.is_multiple_of(3) && meter.denominator >= 8
}

/// Quarter notes in a beat of the meter.
pub(crate) fn quarters_in_beat(meter: TimeSignature) -> f64 {
    let written = 4.0 / f64::from(meter.denominator);
    if is_compound(meter) { 3.0 * written } else { written }
}
