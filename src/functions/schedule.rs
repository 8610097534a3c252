//! `midi_schedule`: imports that recur.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error;
use crate::pg::transaction;
use crate::schedule::{self, Recurrence};
use crate::settings::Depth;

#[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
fn midi_schedule(
    name: &str,
    source: &str,
    every: default!(Option<Interval>, "NULL"),
    cron: default!(Option<String>, "NULL"),
    workers: default!(i32, 1),
    depth: default!(Option<&str>, "NULL"),
) -> Result<TimestampWithTimeZone, ErrorReport> {
    transaction::require_writable(c"midi_schedule()");
    let recurrence = match (every, cron) {
        (Some(every), None) => Recurrence::Every(every),
        (None, Some(cron)) => Recurrence::Cron(cron),
        _ => return Err(error::interval_or_cron()),
    };
    let depth = depth.map(Depth::of).transpose()?;
    schedule::schedule(name, source, recurrence, workers, depth)
}

#[pg_extern(volatile, strict, parallel_unsafe, requires = ["tables"])]
fn midi_unschedule(name: &str) -> Result<bool, ErrorReport> {
    transaction::require_writable(c"midi_unschedule()");
    schedule::unschedule(name)
}
