//! `midi_analyze`: one piece of music as one row.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::analysis_row;
use crate::pg::caller::{AnalysisRow, Caller};

two_forms! {
    "midi_analyze" as midi_analyze_content, midi_analyze_path requires ["tables"]
    returns AnalysisRow: |source, caller| {
        let analysis = source.read(|piece| piece.analysis())?;
        Ok(AnalysisRow::new(&analysis_row::row_type(caller.row_descriptor())?, &analysis))
    }
}
