//! Imports that recur: rows of `midi_schedules`, which run as jobs.
//!
//! The launcher, which requires a preloaded library, knows when each database is due, and sleeps until
//! the first of them is. Then it starts a scheduler worker in that database, which starts the jobs that
//! are due, reports when the next check is due, and ends. In between, no process is connected to the
//! database.

mod control;
mod cron;
mod intervals;
mod launcher;
mod recurrence;
mod statements;
mod worker;

pub(crate) use control::{schedule, unschedule};
pub(crate) use launcher::register as register_launcher;
pub(crate) use recurrence::Recurrence;
