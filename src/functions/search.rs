//! `midi_search` and what goes with it: finding music.

use pgrx::datum::Array;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::caller::Caller;
use crate::pg::library_row::LibraryRow;
use crate::search;

/// Longest run of chords that the index holds.
const LONGEST_GRAM: usize = 3;

#[pg_extern(stable, strict, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search(
    query: &str,
    max_results: default!(i32, 100),
    caller: Caller<'_>,
) -> Result<SetOfIterator<'static, LibraryRow>, ErrorReport> {
    search::find(query, max_results, &caller.schema()).map(SetOfIterator::new)
}

#[pg_extern(stable, strict, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search_sql(
    query: &str,
    max_results: default!(i32, 100),
    caller: Caller<'_>,
) -> Result<String, ErrorReport> {
    search::show(query, max_results, &caller.schema())
}

/// The runs of one, two and three chords, each once. A NULL ends a run.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_progression_grams(progression: Array<'_, &str>) -> Vec<String> {
    let chords: Vec<Option<&str>> = progression.iter().collect();
    let lengths = 1..=LONGEST_GRAM;
    let runs = lengths.flat_map(|length| chords.windows(length));
    let whole = runs.filter_map(|run| run.iter().copied().collect::<Option<Vec<_>>>());
    let mut grams: Vec<String> = whole.map(|run| run.join(" ")).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}
