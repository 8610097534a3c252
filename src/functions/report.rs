//! `midi_library_report`: what is in the library, as a page.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::caller::Caller;
use crate::query;
use crate::render;

#[pg_extern(stable, parallel_restricted, requires = ["tables", "views"])]
fn midi_library_report(caller: Caller<'_>) -> Result<String, ErrorReport> {
    Ok(render::report::page(&query::report::facts(&caller.schema())?))
}
