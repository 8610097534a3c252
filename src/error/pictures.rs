//! What a picture is asked to show.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::shown;

/// The most pixels of a side of a picture.
const MOST_PIXELS: u16 = 4096;

fn invalid(message: String, hint: String) -> ErrorReport {
    let code = PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE;
    ErrorReport::new(code, message, "picture").set_hint(hint)
}

/// The number of a bar.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it is not above 0.
pub(crate) fn check_bar(name: &str, asked: i32) -> Result<u32, ErrorReport> {
    u32::try_from(asked).ok().filter(|&bar| bar > 0).ok_or_else(|| {
        invalid(
            format!("{asked} is outside the valid range for {name} (1 .. {})", i32::MAX),
            format!("Bars are counted from 1, as in midi_beats. Leave {name} out for all bars."),
        )
    })
}

/// A side of a picture.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it has fewer pixels than `least`, or more than any.
pub(crate) fn check_pixels(name: &str, asked: i32, least: u16) -> Result<u16, ErrorReport> {
    let pixels = u16::try_from(asked).ok();
    pixels.filter(|pixels| (least..=MOST_PIXELS).contains(pixels)).ok_or_else(|| {
        invalid(
            format!("{asked} is outside the valid range for {name} ({least} .. {MOST_PIXELS})"),
            format!("Set {name} to a number of pixels from {least} to {MOST_PIXELS}."),
        )
    })
}

/// The error for colours by something that is not among `valid`.
pub(crate) fn no_such_colors(name: &str, valid: &[&str]) -> ErrorReport {
    invalid(
        format!("\"{}\" is not a valid value for color_by", shown(name)),
        format!("Set color_by to one of: {}.", valid.join(", ")),
    )
}

/// The error for bars that a piece does not have. `last` is its last one, where bars are known.
pub(crate) fn bars(from_bar: Option<u32>, to_bar: Option<u32>, last: Option<u32>) -> ErrorReport {
    let asked = match (from_bar, to_bar) {
        (Some(from), Some(to)) => format!("bars {from} to {to}"),
        (Some(from), None) => format!("bars from {from} on"),
        (None, Some(to)) => format!("bars up to {to}"),
        (None, None) => "bars".to_owned(),
    };
    let hint = match last {
        Some(last) => format!("Set from_bar and to_bar to bars from 1 to {last}, in this order."),
        None => "No bars are known of this piece: leave from_bar and to_bar out.".to_owned(),
    };
    invalid(format!("the piece has no {asked}"), hint)
}
