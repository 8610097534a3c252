//! `midi_import_start`, `midi_deepen`, `midi_import_wait` and `midi_import_cancel`: imports in the background.

use std::time::Duration;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::jobs;
use crate::pg::transaction;
use crate::settings::Depth;

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_import_start(
    source: Option<&str>,
    workers: default!(Option<i32>, 1),
    defer_indexes: default!(Option<bool>, false),
    depth: default!(Option<&str>, "NULL"),
) -> Result<Option<i64>, ErrorReport> {
    transaction::require_writable(c"midi_import_start()");
    let (Some(source), Some(workers), Some(defer_indexes)) = (source, workers, defer_indexes)
    else {
        return Ok(None);
    };
    let depth = depth.map(Depth::of).transpose()?;
    jobs::start(Some(source), depth, workers, defer_indexes).map(Some)
}

#[pg_extern(volatile, strict, parallel_unsafe, requires = ["tables"])]
fn midi_deepen(
    workers: default!(i32, 1),
    defer_indexes: default!(bool, false),
) -> Result<i64, ErrorReport> {
    transaction::require_writable(c"midi_deepen()");
    jobs::start(None, Some(Depth::Full), workers, defer_indexes)
}

#[pg_extern(volatile, strict, parallel_unsafe, requires = ["tables"])]
fn midi_import_cancel(job: i64) -> Result<bool, ErrorReport> {
    transaction::require_writable(c"midi_import_cancel()");
    jobs::cancel(job)
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_import_wait(
    job: Option<i64>,
    timeout: default!(Option<Interval>, "NULL"),
) -> Result<Option<String>, ErrorReport> {
    let Some(job) = job else { return Ok(None) };
    let microseconds = timeout.map(|timeout| timeout.as_micros().clamp(0, i64::MAX.into()));
    jobs::wait(job, microseconds.map(|time| Duration::from_micros(time as u64))).map(Some)
}
