//! `midi_notes`, `midi_tracks`: the notes of a piece and the tracks that they are in.
//!
//! Ticks are those of the file, seconds count from its start, tracks and channels from 0, bars and
//! beats from 1.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;
use crate::pg::text::clean;

two_forms! {
    "midi_notes" as midi_notes_content, midi_notes_path
    returns (
        name!(track, i32),
        name!(channel, i16),
        name!(program, i16),
        name!(is_drum, bool),
        name!(pitch, i16),
        name!(velocity, i16),
        name!(start_tick, i64),
        name!(duration_ticks, i64),
        name!(start_s, f64),
        name!(duration_s, f64),
        name!(bar, Option<i32>),
        name!(beat, Option<f64>),
    ):
    |source, caller| source.stream(caller, midi_analysis::each_note, |row| (
        row.track,
        row.channel,
        row.program,
        row.is_drum,
        row.pitch,
        row.velocity,
        row.start_tick,
        row.duration_ticks,
        row.start_s,
        row.duration_s,
        row.bar,
        row.beat,
    ))
}

two_forms! {
    "midi_tracks" as midi_tracks_content, midi_tracks_path
    returns (
        name!(track, i32),
        name!(name, Option<String>),
        name!(channels, Vec<i16>),
        name!(programs, Vec<i16>),
        name!(note_count, i32),
        name!(first_s, Option<f64>),
        name!(last_s, Option<f64>),
    ):
    |source, caller| source.list(caller, midi_analysis::tracks, |row| (
        row.track,
        row.name.map(|name| clean(&name)),
        row.channels,
        row.programs,
        row.note_count,
        row.first_s,
        row.last_s,
    ))
}
