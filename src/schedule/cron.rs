//! Cron expressions, by `croner`: minute, hour, day of month, month, day of week; with a sixth
//! field in front, seconds.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::errors::CronError;
use pgrx::pg_sys::panic::ErrorReport;

use crate::error;

/// Most bytes of an expression: room for each minute and second by itself.
const LONGEST: usize = 1_000;

/// The first time after `local` that the expression names, `None` where it names no time to come.
/// Both are local times in microseconds from 1970 on, whatever the time zone: what a day is without
/// knowing which hours it leaves out.
///
/// # Errors
/// Where this is no cron expression.
pub(super) fn next(expression: &str, local: i64) -> Result<Option<i64>, ErrorReport> {
    let refuse = |reason: String| error::invalid_cron(expression, &reason);
    if expression.len() > LONGEST {
        return Err(refuse(format!("it is longer than {LONGEST} bytes")));
    }
    let cron = Cron::from_str(expression).map_err(|error| refuse(error.to_string()))?;
    let local = DateTime::<Utc>::from_timestamp_micros(local)
        .ok_or_else(|| refuse("the clock is out of range".to_owned()))?;
    match cron.find_next_occurrence(&local, false) {
        Ok(next) => Ok(Some(next.timestamp_micros())),
        Err(CronError::TimeSearchLimitExceeded) => Ok(None),
        Err(error) => Err(refuse(error.to_string())),
    }
}
