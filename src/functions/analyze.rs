//! `midi_analyze`: one piece of music as one row.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::analysis_row::COLUMNS;
use crate::music::Music;
use crate::pg::caller::Caller;
use crate::pg::row::ResultRow;
use crate::settings::Depth;

/// The result of all forms.
type AnalysisRow<'call> = ResultRow<'call, Music>;

three_forms! {
    "midi_analyze" as midi_analyze_content, midi_analyze_path, midi_analyze_file requires ["tables"]
    returns AnalysisRow: |source, caller| {
        let music = source.read(|piece| Music::of(piece, Depth::Full, false))?;
        ResultRow::new(caller, COLUMNS, &music)
    }
}
