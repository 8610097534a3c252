//! `midi_from_events`: an aggregate from rows of `midi_events` to a file.

use midi_analysis::Options;
use midi_analysis::write::Collector;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde_json::Value;

use super::event_rows::{self, Row};
use crate::pg::aggregate::State;
use crate::pg::bytea::Bytea;
use crate::pg::caller::Caller;
use crate::pg::interrupts;
use crate::pg::jsonb::GivenJsonb;
use crate::{error, settings};

/// Adds a row to the file.
#[pg_extern(immutable, parallel_safe)]
#[allow(clippy::too_many_arguments, reason = "an argument a column, and the call")]
fn midi_from_events_add(
    state: State<Collector>,
    track: Option<i32>,
    tick: Option<i64>,
    kind: Option<&str>,
    channel: Option<i16>,
    data: Option<GivenJsonb<'_>>,
    division: Option<i32>,
    caller: Caller<'_>,
) -> Result<State<Collector>, ErrorReport> {
    let mut state = state;
    let refused = |reason: &str| error::event_row(track, tick, kind, reason);
    let division = division.ok_or_else(|| refused("its division is NULL"))?;
    let division = error::check_division(division)?;
    let collector =
        state.get_or_try_new(&caller, || Ok(Collector::new(division, &settings::limits())))?;
    if collector.division() != division {
        return Err(refused("its division is not that of the rows before"));
    }
    let at = track.and_then(|track| usize::try_from(track).ok());
    let at = at.ok_or_else(|| refused("its track is no number from 0 on"))?;
    let time = tick.and_then(|tick| u32::try_from(tick).ok()).filter(|&tick| tick < u32::MAX);
    let time = time.ok_or_else(|| refused("its tick is no number from 0 to 4294967294"))?;
    let data = data.map_or(Ok(Value::Null), |data| data.value());
    let data = data.map_err(|reason| refused(&format!("its data cannot be read: {reason}")))?;
    let kind = kind.ok_or_else(|| refused("its kind is NULL"))?;
    let row = event_rows::row(kind, channel, &data);
    let added = match row.map_err(|reason| refused(&reason))? {
        Row::Message(message) => collector.add(at, time, message),
        Row::EndOfTrack => collector.end(at, time),
    };
    added.map_err(|error| error::written(&error))?;
    Ok(state)
}

/// The file of the rows.
#[pg_extern(immutable, parallel_safe)]
fn midi_from_events_file(state: State<Collector>) -> Result<Option<Bytea>, ErrorReport> {
    let mut state = state;
    let Some(collector) = state.get() else { return Ok(None) };
    let bytes = collector.to_bytes(&Options::default().interrupted(&interrupts::poll));
    bytes.map(|bytes| Some(Bytea(bytes))).map_err(|error| error::written(&error))
}
