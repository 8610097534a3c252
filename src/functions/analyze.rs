//! `midi_analyze`: one piece of music as one row.

use midi_analysis::Analysis;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::{from_content, from_path};
use crate::analysis_row;
use crate::pg::caller::{AnalysisRow, Caller};

#[pg_extern(name = "midi_analyze", immutable, strict, parallel_safe, requires = ["tables"])]
fn midi_analyze_content(content: &[u8], caller: Caller<'_>) -> Result<AnalysisRow, ErrorReport> {
    row(&from_content(midi_analysis::analyze, content)?, &caller)
}

#[pg_extern(name = "midi_analyze", volatile, strict, parallel_restricted, requires = ["tables"])]
fn midi_analyze_path(path: &str, caller: Caller<'_>) -> Result<AnalysisRow, ErrorReport> {
    row(&from_path(midi_analysis::analyze, path)?, &caller)
}

fn row(analysis: &Analysis, caller: &Caller<'_>) -> Result<AnalysisRow, ErrorReport> {
    Ok(AnalysisRow::new(&analysis_row::row_type(caller.row_descriptor())?, analysis))
}
