//! `midi_import_start`, `midi_deepen`, `midi_import_wait` and `midi_import_cancel`: imports in the background.

use std::time::Duration;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::given;
use crate::import::Portion;
use crate::jobs;
use crate::pg::transaction;
use crate::settings::Depth;

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_import_start(
    source: Option<&str>,
    workers: default!(Option<i32>, 1),
    defer_indexes: default!(Option<bool>, false),
    depth: default!(Option<&str>, "NULL"),
) -> Result<i64, ErrorReport> {
    transaction::require_writable(c"midi_import_start()");
    let source = given(source, "source")?;
    start(Some(source), depth.map(Depth::of).transpose()?, workers, defer_indexes)
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_deepen(
    workers: default!(Option<i32>, 1),
    defer_indexes: default!(Option<bool>, false),
) -> Result<i64, ErrorReport> {
    transaction::require_writable(c"midi_deepen()");
    start(None, Some(Depth::Full), workers, defer_indexes)
}

fn start(
    source: Option<&str>,
    depth: Option<Depth>,
    workers: Option<i32>,
    defer_indexes: Option<bool>,
) -> Result<i64, ErrorReport> {
    let (workers, defer) = (given(workers, "workers")?, given(defer_indexes, "defer_indexes")?);
    jobs::start(source, depth, workers, defer, Portion::ALL)
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_import_cancel(job: Option<i64>) -> Result<bool, ErrorReport> {
    transaction::require_writable(c"midi_import_cancel()");
    jobs::cancel(given(job, "job")?)
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_import_wait(
    job: Option<i64>,
    timeout: default!(Option<Interval>, "NULL"),
) -> Result<String, ErrorReport> {
    let job = given(job, "job")?;
    let microseconds = timeout.map(|timeout| timeout.as_micros().clamp(0, i64::MAX.into()));
    jobs::wait(job, microseconds.map(|time| Duration::from_micros(time as u64)))
}
