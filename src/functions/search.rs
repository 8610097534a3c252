//! `midi_search`: music found by a line of text; `midi_search_count`: how much there is of it; `midi_search_sql`: the
//! statement that is run.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::given;
use crate::pg::caller::Caller;
use crate::pg::table::{RowOf, RowSet as SetOfIterator};
use crate::query::text::{self, Library};

#[pg_extern(stable, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search<'call>(
    query: Option<&str>,
    max_results: default!(Option<i32>, 100),
    caller: Caller<'call>,
) -> Result<SetOfIterator<'call, RowOf<Library>>, ErrorReport> {
    text::find(given(query, "query")?, given(max_results, "max_results")?, &caller)
}

#[pg_extern(stable, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search_count(query: Option<&str>, caller: Caller<'_>) -> Result<i64, ErrorReport> {
    text::count(given(query, "query")?, &caller.schema())
}

#[pg_extern(stable, parallel_restricted, requires = ["views", "indexes"])]
fn midi_search_sql(
    query: Option<&str>,
    max_results: default!(Option<i32>, 100),
    caller: Caller<'_>,
) -> Result<String, ErrorReport> {
    text::show(given(query, "query")?, given(max_results, "max_results")?, &caller.schema())
}
