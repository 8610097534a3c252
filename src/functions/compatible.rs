//! `midi_compatible`: the files whose music can be played together with a piece.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::error::given;
use crate::import::sha256;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;
use crate::query::compatible::{Asked, find};

returning! {
    (
        name!(file_id, i64),
        name!(path, Option<String>),
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

    #[pg_extern(name = "midi_compatible", stable, parallel_restricted, requires = ["views"])]
    fn midi_compatible_file(
        file_id: Option<i64>,
        max_results: default!(Option<i32>, 20),
        caller: Caller<'call>,
    ) {
        let (schema, max_results) = (caller.schema(), given(max_results, "max_results")?);
        let mut rows = TableIterator::new(&caller)?;
        let asked = Asked::of_file(&schema, given(file_id, "file_id")?)?;
        find(&asked, max_results, &schema, &mut rows)?;
        Ok(rows)
    }

    #[pg_extern(name = "midi_compatible", stable, parallel_restricted, requires = ["views"])]
    fn midi_compatible_content(
        content: Option<&[u8]>,
        max_results: default!(Option<i32>, 20),
        caller: Caller<'call>,
    ) {
        let (content, max_results) = (given(content, "content")?, given(max_results, "max_results")?);
        let analysis = Source::Content(content).read(|piece| piece.analysis())?;
        let mut rows = TableIterator::new(&caller)?;
        let asked = Asked::of_analysis(&analysis, &sha256(content));
        find(&asked, max_results, &caller.schema(), &mut rows)?;
        Ok(rows)
    }
}
