//! `midi_analyze`: one piece of music as one row.

use midi_analysis::Analysis;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::analysis_row::COLUMNS;
use crate::pg::caller::Caller;
use crate::pg::row::ResultRow;

/// The result of both forms.
type AnalysisRow<'call> = ResultRow<'call, Analysis>;

two_forms! {
    "midi_analyze" as midi_analyze_content, midi_analyze_path requires ["tables"]
    returns AnalysisRow: |source, caller| {
        let analysis = source.read(|piece| piece.analysis())?;
        ResultRow::new(caller, COLUMNS, &analysis)
    }
}
