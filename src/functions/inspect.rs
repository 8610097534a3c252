//! `midi_notes`, `midi_events`, `midi_tracks`, `midi_tempo_map`: what a piece holds, row by row.
//!
//! Ticks are those of the file, seconds count from its start, tracks and channels from 0, bars and
//! beats from 1.

use midi_analysis::{EventRow, NoteRow, TempoRow, TrackRow};
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::{from_content, from_path};
use crate::text::{clean, clean_json};

#[pg_extern(name = "midi_notes", immutable, strict, parallel_safe)]
fn midi_notes_content(
    content: &[u8],
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
    Ok(TableIterator::new(
        from_content(midi_analysis::notes, content)?.into_iter().map(notes_columns),
    ))
}

#[pg_extern(name = "midi_notes", volatile, strict, parallel_restricted)]
fn midi_notes_path(
    path: &str,
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
    Ok(TableIterator::new(from_path(midi_analysis::notes, path)?.into_iter().map(notes_columns)))
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
) -> Result<
    TableIterator<
        'static,
        (
            name!(track, i32),
            name!(tick, i64),
            name!(seconds, f64),
            name!(kind, &'static str),
            name!(channel, Option<i16>),
            name!(data, JsonB),
        ),
    >,
    ErrorReport,
> {
    Ok(TableIterator::new(
        from_content(midi_analysis::events, content)?.into_iter().map(events_columns),
    ))
}

#[pg_extern(name = "midi_events", volatile, strict, parallel_restricted)]
fn midi_events_path(
    path: &str,
) -> Result<
    TableIterator<
        'static,
        (
            name!(track, i32),
            name!(tick, i64),
            name!(seconds, f64),
            name!(kind, &'static str),
            name!(channel, Option<i16>),
            name!(data, JsonB),
        ),
    >,
    ErrorReport,
> {
    Ok(TableIterator::new(from_path(midi_analysis::events, path)?.into_iter().map(events_columns)))
}

fn events_columns(row: EventRow) -> (i32, i64, f64, &'static str, Option<i16>, JsonB) {
    (row.track, row.tick, row.seconds, row.kind, row.channel, JsonB(clean_json(&row.data)))
}

#[pg_extern(name = "midi_tracks", immutable, strict, parallel_safe)]
fn midi_tracks_content(
    content: &[u8],
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
    Ok(TableIterator::new(
        from_content(midi_analysis::tracks, content)?.into_iter().map(tracks_columns),
    ))
}

#[pg_extern(name = "midi_tracks", volatile, strict, parallel_restricted)]
fn midi_tracks_path(
    path: &str,
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
    Ok(TableIterator::new(from_path(midi_analysis::tracks, path)?.into_iter().map(tracks_columns)))
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
    Ok(TableIterator::new(
        from_content(midi_analysis::tempo_map, content)?.into_iter().map(tempo_map_columns),
    ))
}

#[pg_extern(name = "midi_tempo_map", volatile, strict, parallel_restricted)]
fn midi_tempo_map_path(
    path: &str,
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
    Ok(TableIterator::new(
        from_path(midi_analysis::tempo_map, path)?.into_iter().map(tempo_map_columns),
    ))
}

fn tempo_map_columns(row: TempoRow) -> (f64, f64, i64, Option<f64>, Option<i16>, Option<i16>) {
    (row.start_s, row.end_s, row.start_tick, row.bpm, row.numerator, row.denominator)
}
