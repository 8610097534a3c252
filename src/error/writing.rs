//! What a MIDI file is to be written with.

use midi_analysis::Division;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::text::shown;

/// The error for an argument that has no valid value.
pub(super) fn invalid(message: String, hint: &str) -> ErrorReport {
    let code = PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE;
    ErrorReport::new(code, message, "midi_out").set_hint(hint)
}

/// The format that a file is to have.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it is neither 0 nor 1.
pub(crate) fn check_format(asked: i32) -> Result<u8, ErrorReport> {
    u8::try_from(asked).ok().filter(|format| *format < 2).ok_or_else(|| {
        let hint = "Set format to 0, for one track, or to 1, for tracks that are played together.";
        invalid(format!("{asked} is outside the valid range for format (0 .. 1)"), hint)
    })
}

/// The division that a file is to have, given as the header of a file has it.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if a tick would last no time, or no header can have it.
pub(crate) fn check_division(asked: i32) -> Result<Division, ErrorReport> {
    let word = i16::try_from(asked).ok();
    word.and_then(|word| Division::of_word(word as u16)).ok_or_else(|| {
        let hint = "Set division to the ticks in a quarter note, 1 to 32767, or in SMPTE time to the ticks in a frame \
                    minus 256 times the frames in a second, such as -6360 for 25 frames of 40 ticks. midi_header shows \
                    that of a file.";
        invalid(format!("{asked} is no division"), hint)
    })
}

/// The error for a row that is no event.
pub(crate) fn event_row(
    track: Option<i32>,
    tick: Option<i64>,
    kind: Option<&str>,
    reason: &str,
) -> ErrorReport {
    let (track, tick) = (number(track.map(i64::from)), number(tick));
    let kind = kind.map_or("NULL".into(), shown);
    let message = format!("event \"{kind}\" of track {track} at tick {tick}: {}", shown(reason));
    invalid(message, "Give rows as midi_events returns them.")
}

/// The error for a text that cannot be set.
pub(crate) fn no_such_text(kind: &str) -> ErrorReport {
    let hint = "The kinds are title, copyright, track_name and instrument_name.";
    invalid(format!("kind \"{}\" does not exist", shown(kind)), hint)
}

/// The error for a text of a track that it does not have.
pub(crate) fn text_of_no_track(track: i32) -> ErrorReport {
    let hint = "Tracks are counted from 0, as midi_tracks shows them. Title and copyright are those of the file, in track 0.";
    match track {
        0.. => invalid(format!("track {track} does not have this text"), hint),
        _ => invalid(format!("{track} is outside the valid range for track"), hint),
    }
}

/// A number of a row.
pub(super) fn number(number: Option<i64>) -> String {
    number.map_or_else(|| "NULL".to_owned(), |number| number.to_string())
}
