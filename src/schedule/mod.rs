//! Imports that recur: rows of `midi_schedules`, run as jobs.
//!
//! A launcher, which only a preloaded library has, knows of each database when it is due, and sleeps
//! until the first of them is. Then a process looks into that database for as long as it takes to
//! start the jobs that are due, and says when it is due next. In between, nothing is connected to
//! the database.

mod cron;
mod launcher;
mod looker;
mod statements;
mod table;

use std::time::Duration;

pub(crate) use launcher::register as register_launcher;
pub(crate) use table::{Rhythm, schedule, unschedule};

/// The longest that a database is left alone. Whoever makes a schedule or starts a job wakes the
/// launcher; a row that came in another way, by a restored dump, is found after this time.
const LONG: Duration = Duration::from_secs(3600);
