//! `midi_compatible`: the files whose music can be played together with a piece.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::import::sha256;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;
use crate::query::compatible::{Asked, find};

returning! {
    (
        name!(file_id, i64),
        name!(path, String),
        name!(filename, String),
        name!(key, Option<String>),
        name!(camelot, Option<String>),
        name!(bpm, f64),
        name!(relation, String),
        name!(bpm_relation, String),
        name!(camelot_distance, Option<i32>),
        name!(semitones, i32),
        name!(ratio, f64),
        name!(distance, f64),
    ):

    #[pg_extern(name = "midi_compatible", stable, strict, parallel_restricted, requires = ["views"])]
    fn midi_compatible_file(file_id: i64, max_results: default!(i32, 20), caller: Caller<'call>) {
        let schema = caller.schema();
        let mut rows = TableIterator::new(&caller)?;
        let asked = Asked::of_file(&schema, file_id)?;
        find(asked.as_ref(), max_results, &schema, &mut rows)?;
        Ok(rows)
    }

    #[pg_extern(name = "midi_compatible", stable, strict, parallel_restricted, requires = ["views"])]
    fn midi_compatible_content(
        content: &[u8],
        max_results: default!(i32, 20),
        caller: Caller<'call>,
    ) {
        let analysis = Source::Content(content).read(|piece| piece.analysis())?;
        let mut rows = TableIterator::new(&caller)?;
        let asked = Asked::of_analysis(&analysis, &sha256(content));
        find(Some(&asked), max_results, &caller.schema(), &mut rows)?;
        Ok(rows)
    }
}
