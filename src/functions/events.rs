//! `midi_events`: every event of a piece.
//!
//! Ticks are those of the file, seconds count from its start, tracks and channels from 0.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::event_data;
use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::jsonb::OwnJsonb;
use crate::pg::table::Table as TableIterator;

three_forms! {
    "midi_events" as midi_events_content, midi_events_path, midi_events_file
    returns (
        name!(track, i32),
        name!(tick, i64),
        name!(seconds, f64),
        name!(kind, &'static str),
        name!(channel, Option<i16>),
        name!(data, OwnJsonb),
    ):
    |source, caller| source.stream(caller, |piece, table| {
        for event in piece.events()? {
            let event = event?;
            table.put((
                event.track as i32,
                event.tick.into(),
                event.seconds,
                event.kind.name(),
                event.channel.map(i16::from),
                OwnJsonb(event_data::json(&event.kind)?),
            ));
        }
        Ok(())
    })
}
