//! `midi_keys`, `midi_chords`: the keys and chords that are estimated from the notes of a piece.
//!
//! Seconds count from the start of the piece, `start_beat` in quarter notes from there.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;

three_forms! {
    "midi_keys" as midi_keys_content, midi_keys_path, midi_keys_file
    returns (
        name!(start_s, f64),
        name!(end_s, f64),
        name!(key, String),
        name!(confidence, f32),
    ):
    |source, caller| source.list(caller, |piece| piece.keys(), |span| {
        (span.start_s, span.end_s, span.key.to_string(), span.confidence)
    })
}

three_forms! {
    "midi_chords" as midi_chords_content, midi_chords_path, midi_chords_file
    returns (
        name!(start_s, f64),
        name!(end_s, f64),
        name!(start_beat, Option<f64>),
        name!(chord, String),
        name!(root, String),
        name!(quality, String),
        name!(bass, String),
        name!(roman, Option<String>),
    ):
    |source, caller| source.list(caller, |piece| piece.chords(), |span| (
        span.start_s,
        span.end_s,
        span.start_beat,
        span.symbol(),
        span.spelling.name(span.chord.root),
        span.chord.quality.to_string(),
        span.spelling.name(span.chord.bass),
        span.roman(),
    ))
}
