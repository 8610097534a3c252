//! MIDI content.

use midi_analysis::ErrorKind;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::memory::OUT_OF_MEMORY_HINT;
use crate::text::shown;

/// The error for MIDI content that could not be analyzed. `path` is that of its file.
pub(crate) fn content(error: &midi_analysis::Error, path: Option<&str>) -> ErrorReport {
    let (code, hint) = match error.kind() {
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
        ErrorKind::OutOfMemory => (PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY, OUT_OF_MEMORY_HINT),
        ErrorKind::Interrupted => {
            (PgSqlErrorCode::ERRCODE_QUERY_CANCELED, "The analysis was stopped before its end.")
        }
        _ => (PgSqlErrorCode::ERRCODE_DATA_EXCEPTION, "The content cannot be analyzed."),
    };
    let message = match path {
        Some(path) => format!("could not analyze \"{}\": {error}", shown(path)),
        None => format!("could not analyze MIDI content: {error}"),
    };
    ErrorReport::new(code, message, "midi_analysis").set_hint(error.hint().unwrap_or(hint))
}
