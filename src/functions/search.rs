//! `midi_search` and what goes with it: finding music.

use midi_analysis::{Degrees, Progression};
use pgrx::datum::Array;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::caller::Caller;
use crate::pg::interrupts::{self, polled};
use crate::pg::library_rows::{LibraryRow, LibraryRows as SetOfIterator};
use crate::pg::table::Table as TableIterator;
use crate::{error, progression, search};

#[pg_extern(stable, strict, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search(
    query: &str,
    max_results: default!(i32, 100),
    caller: Caller<'_>,
) -> Result<SetOfIterator<'static, LibraryRow>, ErrorReport> {
    search::find(query, max_results, &caller)
}

#[pg_extern(stable, strict, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search_sql(
    query: &str,
    max_results: default!(i32, 100),
    caller: Caller<'_>,
) -> Result<String, ErrorReport> {
    search::show(query, max_results, &caller.schema())
}

/// The runs of one, two and three chords, each once. What is no degree, or NULL, ends a run.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_progression_grams(progression: Array<'_, &str>) -> Vec<String> {
    polled(progression.iter()).collect::<Degrees>().grams()
}

/// Not strict: a piece may lack its moments, whose lack only additions to numerals feel.
#[pg_extern(immutable, parallel_safe, cost = 20)]
fn midi_progression_position(
    progression: Option<Array<'_, &str>>,
    moments: Option<&[u8]>,
    wanted: Option<&str>,
    rotated: default!(Option<bool>, false),
) -> Result<Option<i32>, ErrorReport> {
    let (Some(progression), Some(wanted)) = (progression, wanted) else { return Ok(None) };
    let wanted =
        Progression::parse(wanted).map_err(|problem| error::progression(&problem, wanted))?;
    let degrees = polled(progression.iter()).collect();
    let moments = moments.unwrap_or_default();
    let found = match rotated {
        Some(true) => wanted.find_loop(&degrees, moments, &interrupts::poll),
        _ => wanted.find(&degrees, moments, &interrupts::poll),
    };
    Ok(found.and_then(|index| i32::try_from(index + 1).ok()))
}

#[pg_extern(
    stable, strict, parallel_restricted,
    requires = ["tables", midi_progression_grams, midi_progression_position]
)]
fn midi_find_progression(
    progression: &str,
    max_results: default!(i32, 20),
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(file_id, i64),
            name!(path, String),
            name!(score, f64),
            name!(start_s, Option<f64>),
            name!(bar, Option<i32>),
            name!(key, Option<String>),
        ),
    >,
    ErrorReport,
> {
    let mut rows = TableIterator::new(&caller)?;
    progression::find(progression, max_results, &caller.schema(), &mut rows)?;
    Ok(rows)
}
