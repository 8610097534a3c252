//! `midi_duplicates_of`: the files with the same music as one; `midi_duplicate_pairs`: all pairs; and the functions of the
//! view `midi_duplicates`, which compare fingerprints.

use pgrx::datum::Array;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::given;
use crate::pg::array::Numbers;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;
use crate::query::{cataloged, duplicates, file_duplicates};

#[pg_extern(stable, parallel_restricted, requires = ["tables"])]
fn midi_duplicate_pairs<'call>(
    min_similarity: default!(Option<f32>, 0.25),
    caller: Caller<'call>,
) -> Result<
    TableIterator<
        'call,
        (
            name!(file_id, i64),
            name!(path, Option<String>),
            name!(other_file_id, i64),
            name!(other_path, Option<String>),
            name!(kind, String),
            name!(similarity, f32),
        ),
    >,
    ErrorReport,
> {
    let min_similarity = given(min_similarity, "min_similarity")?;
    let mut rows = TableIterator::new(&caller)?;
    duplicates::pairs(min_similarity, &caller.schema(), &mut rows)?;
    cataloged::tell(&caller.schema())?;
    Ok(rows)
}

#[pg_extern(stable, parallel_restricted, requires = ["tables"])]
fn midi_duplicates_of<'call>(
    file_id: Option<i64>,
    min_similarity: default!(Option<f32>, 0.25),
    caller: Caller<'call>,
) -> Result<
    TableIterator<
        'call,
        (
            name!(file_id, i64),
            name!(path, Option<String>),
            name!(kind, String),
            name!(similarity, f32),
        ),
    >,
    ErrorReport,
> {
    let file_id = given(file_id, "file_id")?;
    let min_similarity = given(min_similarity, "min_similarity")?;
    let mut rows = TableIterator::new(&caller)?;
    file_duplicates::of_file(file_id, min_similarity, &caller.schema(), &mut rows)?;
    cataloged::tell(&caller.schema())?;
    Ok(rows)
}

/// NULL if one of the arrays is not a fingerprint: it has another length, or contains NULL.
#[pg_extern(immutable, strict, parallel_safe, cost = 10)]
fn midi_fingerprint_similarity(a: Array<'_, i32>, b: Array<'_, i32>) -> Option<f32> {
    midi_analysis::fingerprint_similarity(&hashes(&a)?, &hashes(&b)?)
}

/// Empty if the array is not a fingerprint.
#[pg_extern(immutable, strict, parallel_safe, cost = 100)]
fn midi_fingerprint_bands(fingerprint: Array<'_, i32>) -> Numbers<'static, i32> {
    let bands = hashes(&fingerprint).map(|hashes| midi_analysis::fingerprint_bands(&hashes));
    bands.unwrap_or_default().into_iter().collect()
}

/// The hashes of a fingerprint. `None` if the array has another length, or contains NULL.
fn hashes(array: &Array<'_, i32>) -> Option<Vec<i32>> {
    if array.len() != midi_analysis::FINGERPRINT_LENGTH {
        return None;
    }
    array.iter().collect()
}
