//! `midi_similar`, `midi_similar_to`: the files whose music is most similar to a piece.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::error::given;
use crate::pg::caller::Caller;
use crate::pg::interrupts::polled;
use crate::pg::table::Table as TableIterator;
use crate::pg::vectors;
use crate::query::similar::{Neighbour, embedding_of_file, nearest};
use crate::query::{cataloged, notice};
use crate::rights;

returning! {
    (name!(file_id, i64), name!(path, Option<String>), name!(distance, f64)):

    #[pg_extern(stable, parallel_restricted, requires = ["tables", "vectors"])]
    fn midi_similar(
        file_id: Option<i64>,
        max_results: default!(Option<i32>, 20),
        caller: Caller<'call>,
    ) {
        let file_id = given(file_id, "file_id")?;
        rights::require_reading_of(&caller.schema(), &rights::EMBEDDING)?;
        let embedding = embedding_of_file(&caller.schema(), file_id)?;
        find(embedding, max_results, file_id, &caller)
    }

    #[pg_extern(stable, parallel_restricted, requires = ["tables", "vectors"])]
    fn midi_similar_to(
        content: Option<&[u8]>,
        max_results: default!(Option<i32>, 20),
        caller: Caller<'call>,
    ) {
        let content = given(content, "content")?;
        rights::require_reading_of(&caller.schema(), &rights::EMBEDDING)?;
        let analysis = Source::Content(content).read(|piece| piece.analysis())?;
        let embedding = analysis.embedding.map(|numbers| numbers.into_iter().map(Some).collect());
        find(embedding, max_results, 0, &caller)
    }
}

fn find<'call>(
    embedding: Option<Vec<Option<f32>>>,
    max_results: Option<i32>,
    excluded: i64,
    caller: &Caller<'call>,
) -> Result<TableIterator<'call, Neighbour>, ErrorReport> {
    let max_results = given(max_results, "max_results")?;
    let (schema, mut neighbours) = (caller.schema(), TableIterator::new(caller)?);
    match embedding {
        Some(embedding) => nearest(&schema, embedding, max_results, excluded, &mut neighbours)?,
        None => notice::nothing_to_compare(),
    }
    cataloged::tell(&schema)?;
    Ok(neighbours)
}

/// The access method of the index for similar music.
#[pg_extern(sql = "
    CREATE FUNCTION midi_vectors_handler(internal) RETURNS index_am_handler
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
")]
fn midi_vectors_handler(_call: pg_sys::FunctionCallInfo) -> PgBox<pg_sys::IndexAmRoutine> {
    vectors::routine()
}

/// Euclidean distance. NULL for arrays that contain NULL or differ in length.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_distance(a: Array<'_, f32>, b: Array<'_, f32>) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let mut sum = 0.0;
    for (a, b) in polled(a.iter().zip(b.iter())) {
        let step = f64::from(a?) - f64::from(b?);
        sum += step * step;
    }
    Some(sum.sqrt())
}
