//! `midi_keys`: what a listener hears in a piece, row by row.
//!
//! Seconds count from the start of the piece.

use midi_analysis::KeyRow;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::{from_content, from_path};

#[pg_extern(name = "midi_keys", immutable, strict, parallel_safe)]
fn midi_keys_content(
    content: &[u8],
) -> Result<
    TableIterator<
        'static,
        (name!(start_s, f64), name!(end_s, f64), name!(key, String), name!(confidence, f32)),
    >,
    ErrorReport,
> {
    Ok(TableIterator::new(
        from_content(midi_analysis::keys, content)?.into_iter().map(keys_columns),
    ))
}

#[pg_extern(name = "midi_keys", volatile, strict, parallel_restricted)]
fn midi_keys_path(
    path: &str,
) -> Result<
    TableIterator<
        'static,
        (name!(start_s, f64), name!(end_s, f64), name!(key, String), name!(confidence, f32)),
    >,
    ErrorReport,
> {
    Ok(TableIterator::new(from_path(midi_analysis::keys, path)?.into_iter().map(keys_columns)))
}

fn keys_columns(row: KeyRow) -> (f64, f64, String, f32) {
    (row.start_s, row.end_s, row.key, row.confidence)
}
