//! `midi_similar`, `midi_similar_to`: the files whose music is most similar to a piece.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::interrupts::polled;
use crate::pg::table::Table as TableIterator;
use crate::pg::vectors;
use crate::query::cataloged;
use crate::query::similar::{embedding_of_file, nearest};

returning! {
    (name!(file_id, i64), name!(path, String), name!(distance, f64)):

    #[pg_extern(stable, strict, parallel_restricted, requires = ["tables", "vectors"])]
    fn midi_similar(file_id: i64, max_results: default!(i32, 20), caller: Caller<'call>) {
        let schema = caller.schema();
        let mut neighbours = TableIterator::new(&caller)?;
        if let Some(embedding) = embedding_of_file(&schema, file_id)? {
            nearest(&schema, embedding, max_results, file_id, &mut neighbours)?;
        }
        cataloged::tell(&schema)?;
        Ok(neighbours)
    }

    #[pg_extern(stable, strict, parallel_restricted, requires = ["tables", "vectors"])]
    fn midi_similar_to(content: &[u8], max_results: default!(i32, 20), caller: Caller<'call>) {
        let analysis = Source::Content(content).read(|piece| piece.analysis())?;
        let mut neighbours = TableIterator::new(&caller)?;
        if let Some(embedding) = analysis.embedding {
            let embedding = embedding.into_iter().map(Some).collect();
            nearest(&caller.schema(), embedding, max_results, 0, &mut neighbours)?;
        }
        cataloged::tell(&caller.schema())?;
        Ok(neighbours)
    }
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
