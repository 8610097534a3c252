//! MIDI content.

use midi_analysis::ErrorKind;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::memory::OUT_OF_MEMORY_HINT;
use crate::text::shown;

/// The error for MIDI content that could not be analyzed, or not be changed as asked. `path` is that of its file.
pub(crate) fn content(error: &midi_analysis::Error, path: Option<&str>) -> ErrorReport {
    let verb = match error.kind() {
        ErrorKind::Unwritable | ErrorKind::NotThere => "change",
        _ => "analyze",
    };
    let what = path.map_or("MIDI content".into(), |path| format!("\"{}\"", shown(path)));
    report(error, format!("could not {verb} {what}: {error}"))
}

/// The error for a MIDI file that could not be made of rows.
pub(crate) fn written(error: &midi_analysis::Error) -> ErrorReport {
    report(error, format!("could not write a MIDI file: {}", error.reason()))
}

fn report(error: &midi_analysis::Error, message: String) -> ErrorReport {
    let (code, hint) = class(error.kind());
    ErrorReport::new(code, message, "midi_analysis").set_hint(error.hint().unwrap_or(hint))
}

/// The SQLSTATE of a kind of error, and the hint where the error has none of its own.
fn class(kind: ErrorKind) -> (PgSqlErrorCode, &'static str) {
    match kind {
        ErrorKind::NotMidi => (
            PgSqlErrorCode::ERRCODE_INVALID_BINARY_REPRESENTATION,
            "The content must be a standard MIDI file, bare or inside gzip, ZIP or RIFF.",
        ),
        ErrorKind::BadContainer => (
            PgSqlErrorCode::ERRCODE_INVALID_BINARY_REPRESENTATION,
            "The compressed file is damaged. Decompress it with another program, or copy it again.",
        ),
        ErrorKind::NoNotes => (
            PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
            "The file contains no notes to analyze. midi_events shows what it contains.",
        ),
        ErrorKind::TooLarge => (
            PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            "See the settings midi_pipeline.max_file_size and midi_pipeline.max_events.",
        ),
        ErrorKind::Unwritable => (
            PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
            "A MIDI file has up to 65535 tracks, 32767 ticks in a quarter note and 4294967294 ticks in all.",
        ),
        ErrorKind::NotThere => (
            PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
            "midi_beats, midi_keys and midi_split show what the piece has.",
        ),
        ErrorKind::OutOfMemory => (PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY, OUT_OF_MEMORY_HINT),
        ErrorKind::Interrupted => {
            (PgSqlErrorCode::ERRCODE_QUERY_CANCELED, "The analysis was stopped before its end.")
        }
        _ => (PgSqlErrorCode::ERRCODE_DATA_EXCEPTION, "The content cannot be analyzed."),
    }
}
