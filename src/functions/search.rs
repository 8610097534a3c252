//! `midi_search`: music found by a line of text; `midi_search_sql`: the statement that it runs.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::caller::Caller;
use crate::pg::table::{RowOf, RowSet as SetOfIterator};
use crate::query::text::{self, Library};

#[pg_extern(stable, strict, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search<'call>(
    query: &str,
    max_results: default!(i32, 100),
    caller: Caller<'call>,
) -> Result<SetOfIterator<'call, RowOf<Library>>, ErrorReport> {
    text::find(query, max_results, &caller)
}

#[pg_extern(stable, strict, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search_sql(
    query: &str,
    max_results: default!(i32, 100),
    caller: Caller<'_>,
) -> Result<String, ErrorReport> {
    text::show(query, max_results, &caller.schema())
}
