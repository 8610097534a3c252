//! How music is to be changed.

use midi_analysis::write::{Grid, Transposed};
use midi_analysis::{Key, keys_named};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::writing::{invalid, number};
use crate::text::shown;

/// The most semitones from one pitch to another.
const MOST_SEMITONES: i8 = 127;

fn notice(message: String, hint: &str) {
    let code = PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION;
    ErrorReport::new(code, message, "midi_out").set_hint(hint).report(PgLogLevel::NOTICE);
}

/// The semitones by which music is to move.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if there are more than between any two pitches.
pub(crate) fn check_semitones(asked: i32) -> Result<i8, ErrorReport> {
    let semitones = i8::try_from(asked).ok();
    semitones.filter(|semitones| *semitones >= -MOST_SEMITONES).ok_or_else(|| {
        let range = format!("({} .. {MOST_SEMITONES})", -MOST_SEMITONES);
        invalid(
            format!("{asked} is outside the valid range for semitones {range}"),
            "Set semitones to a number from -127 to 127; 12 are an octave.",
        )
    })
}

/// The one key of a name.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it names no key, or several.
pub(crate) fn check_key(name: &str) -> Result<Key, ErrorReport> {
    match keys_named(name)[..] {
        [key] => Ok(key),
        _ => Err(invalid(
            format!("\"{}\" is not the name of a key", shown(name)),
            "Write a key as C, Am, F# minor or 8B.",
        )),
    }
}

/// The grid of a text.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it names none.
pub(crate) fn check_grid(text: &str) -> Result<Grid, ErrorReport> {
    text.parse().map_err(|error| {
        let hint = "Write note values from 1/1 to 1/128, with a T for triplets and commas between them: 1/16, 1/8T.";
        invalid(format!("grid \"{}\" is {error}", shown(text)), hint)
    })
}

/// A number of a parameter that has a range.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it is outside.
pub(crate) fn check_share(
    name: &str,
    asked: f64,
    least: f64,
    most: f64,
) -> Result<(), ErrorReport> {
    if (least..=most).contains(&asked) {
        return Ok(());
    }
    Err(invalid(
        format!("{asked} is outside the valid range for {name} ({least} .. {most})"),
        &format!("Set {name} to a number from {least} to {most}."),
    ))
}

/// The number of a bar or of a part.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` if it is negative.
pub(crate) fn check_number(name: &str, asked: i32, least: u8) -> Result<u32, ErrorReport> {
    u32::try_from(asked).map_err(|_| {
        let hint = format!("Set {name} to a number from {least} on.");
        invalid(format!("{asked} is outside the valid range for {name}"), &hint)
    })
}

/// The error for a row that is no note.
pub(crate) fn note_row(track: Option<i32>, start: Option<i64>, reason: &str) -> ErrorReport {
    let (track, start) = (number(track.map(i64::from)), number(start));
    invalid(
        format!(
            "the row of track {track} that starts at tick {start} is no note: {}",
            shown(reason)
        ),
        "Give rows as midi_notes returns them, the ticks in a quarter note and the quarter notes a minute.",
    )
}

/// The error for more notes than one file may have.
pub(crate) fn too_many_notes() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        "more notes than the events allowed for one file, of which each has two",
        "midi_out",
    )
    .set_hint("See the setting midi_pipeline.max_events.")
}

/// Tells what could not be transposed exactly.
pub(crate) fn tell_transposed(done: &Transposed) {
    let hint = "Transposing back does not return them to where they were.";
    match done.folded_notes {
        0 => {}
        1 => notice("1 note would leave the range of MIDI and is in another octave".into(), hint),
        notes => notice(
            format!("{notes} notes would leave the range of MIDI and are in another octave"),
            hint,
        ),
    }
    let hint = "Key signatures are written with up to six sharps or flats.";
    match done.renamed_keys {
        0 => {}
        1 => notice("1 key signature has another name when transposed back".into(), hint),
        keys => {
            notice(format!("{keys} key signatures have another name when transposed back"), hint)
        }
    }
}

/// Tells of tempos that are limited by what a file can declare.
pub(crate) fn tell_limited_tempos(count: u32) {
    let hint = "The tempo of the music changes in another proportion there.";
    match count {
        0 => {}
        1 => notice(
            "1 tempo is out of the range that a file can declare, and is set to its end".into(),
            hint,
        ),
        _ => notice(
            format!(
                "{count} tempos are out of the range that a file can declare, and are set to its end"
            ),
            hint,
        ),
    }
}

/// Tells of notes that come before the first bar and are left out.
pub(crate) fn tell_left_out(count: u32) {
    let hint = "To keep what comes before bar 1, give 0 as from_bar.";
    match count {
        0 => {}
        1 => notice("1 note begins before bar 1 and is left out".into(), hint),
        _ => notice(format!("{count} notes begin before bar 1 and are left out"), hint),
    }
}
