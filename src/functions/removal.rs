//! `midi_forget` and `midi_prune`: what takes files and music out of the library.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::{self, given};
use crate::import::{forget, prune};
use crate::pg::caller::Caller;
use crate::pg::transaction;

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_forget(
    source: Option<&str>,
    caller: Caller<'_>,
) -> Result<TableIterator<'static, (name!(files, i64), name!(problems, i64))>, ErrorReport> {
    transaction::require_writable(c"midi_forget()");
    let source = given(source, "source")?;
    let forgotten = forget(source, &caller.schema())?;
    if forgotten.files == 0 && forgotten.problems == 0 {
        error::nothing_to_forget(source).report(PgLogLevel::NOTICE);
    }
    Ok(TableIterator::once((forgotten.files, forgotten.problems)))
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_prune(
    older_than: Option<Interval>,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (name!(files, i64), name!(problems, i64), name!(music, i64), name!(contents, i64)),
    >,
    ErrorReport,
> {
    transaction::require_writable(c"midi_prune()");
    let pruned = prune(given(older_than, "older_than")?, &caller.schema())?;
    Ok(TableIterator::once((pruned.files, pruned.problems, pruned.music, pruned.contents)))
}
