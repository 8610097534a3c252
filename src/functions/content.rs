//! `midi_content`: the bytes of a file of the library.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::content;
use crate::pg::caller::Caller;

#[pg_extern(volatile, strict, parallel_restricted)]
fn midi_content(file_id: i64, caller: Caller<'_>) -> Result<Vec<u8>, ErrorReport> {
    content::of_file(&caller.schema(), file_id).map(|content| content.bytes)
}
