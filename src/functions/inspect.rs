//! `midi_notes`, `midi_events`, `midi_tracks`, `midi_tempo_map`: what a piece holds, row by row.
//!
//! Ticks are those of the file, seconds count from its start, tracks and channels from 0, bars and
//! beats from 1.

use midi_analysis::{EventRow, NoteRow, TempoRow, TrackRow};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::{from_content, from_path, table_from_content, table_from_path};
use crate::pg::caller::Caller;
use crate::pg::jsonb::OwnJsonb;
use crate::pg::table::Table as TableIterator;
use crate::text::clean;

#[pg_extern(name = "midi_notes", immutable, strict, parallel_safe)]
fn midi_notes_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
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
        ),
    >,
    ErrorReport,
> {
    table_from_content(&caller, midi_analysis::each_note, content, notes_columns)
}

#[pg_extern(name = "midi_notes", volatile, strict, parallel_restricted)]
fn midi_notes_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
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
        ),
    >,
    ErrorReport,
> {
    table_from_path(&caller, midi_analysis::each_note, path, notes_columns)
}

fn notes_columns(
    row: NoteRow,
) -> (i32, i16, i16, bool, i16, i16, i64, i64, f64, f64, Option<i32>, Option<f64>) {
    (
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
    )
}

#[pg_extern(name = "midi_events", immutable, strict, parallel_safe)]
fn midi_events_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(track, i32),
            name!(tick, i64),
            name!(seconds, f64),
            name!(kind, &'static str),
            name!(channel, Option<i16>),
            name!(data, OwnJsonb),
        ),
    >,
    ErrorReport,
> {
    table_from_content(&caller, midi_analysis::each_event, content, events_columns)
}

#[pg_extern(name = "midi_events", volatile, strict, parallel_restricted)]
fn midi_events_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(track, i32),
            name!(tick, i64),
            name!(seconds, f64),
            name!(kind, &'static str),
            name!(channel, Option<i16>),
            name!(data, OwnJsonb),
        ),
    >,
    ErrorReport,
> {
    table_from_path(&caller, midi_analysis::each_event, path, events_columns)
}

fn events_columns(row: EventRow) -> (i32, i64, f64, &'static str, Option<i16>, OwnJsonb) {
    (row.track, row.tick, row.seconds, row.kind, row.channel, OwnJsonb(row.data))
}

#[pg_extern(name = "midi_tracks", immutable, strict, parallel_safe)]
fn midi_tracks_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(track, i32),
            name!(name, Option<String>),
            name!(channels, Vec<i16>),
            name!(programs, Vec<i16>),
            name!(note_count, i32),
            name!(first_s, Option<f64>),
            name!(last_s, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let rows = from_content(midi_analysis::tracks, content)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(tracks_columns)))
}

#[pg_extern(name = "midi_tracks", volatile, strict, parallel_restricted)]
fn midi_tracks_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(track, i32),
            name!(name, Option<String>),
            name!(channels, Vec<i16>),
            name!(programs, Vec<i16>),
            name!(note_count, i32),
            name!(first_s, Option<f64>),
            name!(last_s, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let rows = from_path(midi_analysis::tracks, path)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(tracks_columns)))
}

fn tracks_columns(
    row: TrackRow,
) -> (i32, Option<String>, Vec<i16>, Vec<i16>, i32, Option<f64>, Option<f64>) {
    (
        row.track,
        row.name.map(|name| clean(&name)),
        row.channels,
        row.programs,
        row.note_count,
        row.first_s,
        row.last_s,
    )
}

#[pg_extern(name = "midi_tempo_map", immutable, strict, parallel_safe)]
fn midi_tempo_map_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(start_s, f64),
            name!(end_s, f64),
            name!(start_tick, i64),
            name!(bpm, Option<f64>),
            name!(numerator, Option<i16>),
            name!(denominator, Option<i16>),
        ),
    >,
    ErrorReport,
> {
    table_from_content(&caller, midi_analysis::each_tempo, content, tempo_map_columns)
}

#[pg_extern(name = "midi_tempo_map", volatile, strict, parallel_restricted)]
fn midi_tempo_map_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(start_s, f64),
            name!(end_s, f64),
            name!(start_tick, i64),
            name!(bpm, Option<f64>),
            name!(numerator, Option<i16>),
            name!(denominator, Option<i16>),
        ),
    >,
    ErrorReport,
> {
    table_from_path(&caller, midi_analysis::each_tempo, path, tempo_map_columns)
}

fn tempo_map_columns(row: TempoRow) -> (f64, f64, i64, Option<f64>, Option<i16>, Option<i16>) {
    (row.start_s, row.end_s, row.start_tick, row.bpm, row.numerator, row.denominator)
}
