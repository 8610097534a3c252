//! `midi_sections`: the sections of a piece, with the letters by which they repeat.
//!
//! Seconds count from the start of the piece, sections from 1, bars as in `midi_beats`.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;

three_forms! {
    "midi_sections" as midi_sections_content, midi_sections_path, midi_sections_file
    returns (
        name!(section_no, i32),
        name!(start_s, f64),
        name!(end_s, f64),
        name!(start_bar, Option<i32>),
        name!(bars, Option<i32>),
        name!(label, String),
    ):
    |source, caller| source.stream(caller, |piece, table| {
        for section in piece.interruptible(piece.sections()?.iter()) {
            let section = section?;
            table.put((
                section.section_no as i32,
                section.start_s,
                section.end_s,
                section.start_bar.map(|bar| bar as i32),
                section.bars.map(|bars| bars as i32),
                section.label.clone(),
            ));
        }
        Ok(())
    })
}
