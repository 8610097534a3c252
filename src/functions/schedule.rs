//! `midi_schedule`: imports that recur.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::{self, given};
use crate::pg::transaction;
use crate::schedule::{self, Recurrence};
use crate::settings::Depth;

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_schedule(
    name: Option<&str>,
    source: Option<&str>,
    every: default!(Option<Interval>, "NULL"),
    cron: default!(Option<String>, "NULL"),
    workers: default!(Option<i32>, 1),
    depth: default!(Option<&str>, "NULL"),
) -> Result<TimestampWithTimeZone, ErrorReport> {
    transaction::require_writable(c"midi_schedule()");
    let (name, source) = (given(name, "name")?, given(source, "source")?);
    let workers = given(workers, "workers")?;
    let recurrence = match (every, cron) {
        (Some(every), None) => Recurrence::Every(every),
        (None, Some(cron)) => Recurrence::Cron(cron),
        _ => return Err(error::interval_or_cron()),
    };
    let depth = depth.map(Depth::of).transpose()?;
    schedule::schedule(name, source, recurrence, workers, depth)
}

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_unschedule(name: Option<&str>) -> Result<bool, ErrorReport> {
    transaction::require_writable(c"midi_unschedule()");
    schedule::unschedule(given(name, "name")?)
}
