//! Cron expressions, parsed by `croner`: minute, hour, day of month, month and day of week. With six fields,
//! the first one is the second.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::errors::CronError;
use pgrx::pg_sys::panic::ErrorReport;

use crate::error;

/// The maximum length of an expression in bytes: enough to list each minute and second.
const MAX_LENGTH: usize = 1_000;

/// The first time after `local` that matches the expression; `None` where no later time matches. Both are
/// local times in microseconds since 1970, in any time zone: they disregard that clocks are changed.
///
/// # Errors
/// Where this is not a cron expression.
pub(super) fn next(expression: &str, local: i64) -> Result<Option<i64>, ErrorReport> {
    let refuse = |reason: String| error::invalid_cron(expression, &reason);
    if expression.len() > MAX_LENGTH {
        return Err(refuse(format!("it is longer than {MAX_LENGTH} bytes")));
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
