//! `midi_launcher`: what the view `midi_pipeline_status` cannot read from the server's own views, which hide the processes
//! and the configuration from most roles.

use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;

use crate::pg::shared_state;
use crate::settings;

#[pg_extern(volatile, parallel_restricted)]
fn midi_launcher() -> TableIterator<
    'static,
    (
        name!(preloaded, bool),
        name!(enabled, bool),
        name!(pid, Option<i32>),
        name!(next_check, Option<TimestampWithTimeZone>),
    ),
> {
    let (pid, next_check) = shared_state::launcher().unzip();
    let next_check = next_check.flatten().and_then(|at| at.try_into().ok());
    TableIterator::once((shared_state::is_available(), settings::enabled(), pid, next_check))
}
