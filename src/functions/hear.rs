//! `midi_keys`, `midi_chords`, `midi_beats`, `midi_melody`: what a listener hears in a piece, row by
//! row.
//!
//! Seconds count from the start of the piece, `start_beat` in quarter notes from there.

use midi_analysis::{BeatRow, ChordRow, KeyRow, MelodyRow};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::{from_content, from_path, table_from_content, table_from_path};
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;

#[pg_extern(name = "midi_keys", immutable, strict, parallel_safe)]
fn midi_keys_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (name!(start_s, f64), name!(end_s, f64), name!(key, String), name!(confidence, f32)),
    >,
    ErrorReport,
> {
    let rows = from_content(midi_analysis::keys, content)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(keys_columns)))
}

#[pg_extern(name = "midi_keys", volatile, strict, parallel_restricted)]
fn midi_keys_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (name!(start_s, f64), name!(end_s, f64), name!(key, String), name!(confidence, f32)),
    >,
    ErrorReport,
> {
    let rows = from_path(midi_analysis::keys, path)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(keys_columns)))
}

fn keys_columns(row: KeyRow) -> (f64, f64, String, f32) {
    (row.start_s, row.end_s, row.key, row.confidence)
}

#[pg_extern(name = "midi_chords", immutable, strict, parallel_safe)]
fn midi_chords_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(start_s, f64),
            name!(end_s, f64),
            name!(start_beat, Option<f64>),
            name!(chord, String),
            name!(root, String),
            name!(quality, String),
            name!(bass, String),
            name!(roman, Option<String>),
        ),
    >,
    ErrorReport,
> {
    let rows = from_content(midi_analysis::chords, content)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(chords_columns)))
}

#[pg_extern(name = "midi_chords", volatile, strict, parallel_restricted)]
fn midi_chords_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(start_s, f64),
            name!(end_s, f64),
            name!(start_beat, Option<f64>),
            name!(chord, String),
            name!(root, String),
            name!(quality, String),
            name!(bass, String),
            name!(roman, Option<String>),
        ),
    >,
    ErrorReport,
> {
    let rows = from_path(midi_analysis::chords, path)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(chords_columns)))
}

fn chords_columns(
    row: ChordRow,
) -> (f64, f64, Option<f64>, String, String, String, String, Option<String>) {
    (row.start_s, row.end_s, row.start_beat, row.chord, row.root, row.quality, row.bass, row.roman)
}

#[pg_extern(name = "midi_beats", immutable, strict, parallel_safe)]
fn midi_beats_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(beat_no, i32),
            name!(start_s, f64),
            name!(start_tick, i64),
            name!(bar, i32),
            name!(beat_in_bar, i32),
            name!(is_downbeat, bool),
        ),
    >,
    ErrorReport,
> {
    let rows = from_content(midi_analysis::beats, content)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(beats_columns)))
}

#[pg_extern(name = "midi_beats", volatile, strict, parallel_restricted)]
fn midi_beats_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(beat_no, i32),
            name!(start_s, f64),
            name!(start_tick, i64),
            name!(bar, i32),
            name!(beat_in_bar, i32),
            name!(is_downbeat, bool),
        ),
    >,
    ErrorReport,
> {
    let rows = from_path(midi_analysis::beats, path)?;
    Ok(TableIterator::new(&caller)?.filled(rows.into_iter().map(beats_columns)))
}

fn beats_columns(row: BeatRow) -> (i32, f64, i64, i32, i32, bool) {
    (row.beat_no, row.start_s, row.start_tick, row.bar, row.beat_in_bar, row.is_downbeat)
}

#[pg_extern(name = "midi_melody", immutable, strict, parallel_safe)]
fn midi_melody_content(
    content: &[u8],
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(note_no, i32),
            name!(pitch, i16),
            name!(start_s, f64),
            name!(duration_s, f64),
            name!(start_beat, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    table_from_content(&caller, midi_analysis::each_melody_note, content, melody_columns)
}

#[pg_extern(name = "midi_melody", volatile, strict, parallel_restricted)]
fn midi_melody_path(
    path: &str,
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(note_no, i32),
            name!(pitch, i16),
            name!(start_s, f64),
            name!(duration_s, f64),
            name!(start_beat, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    table_from_path(&caller, midi_analysis::each_melody_note, path, melody_columns)
}

fn melody_columns(row: MelodyRow) -> (i32, i16, f64, f64, Option<f64>) {
    (row.note_no, row.pitch, row.start_s, row.duration_s, row.start_beat)
}
