//! `midi_tempo_map`, `midi_beats`: the declared tempos and meters of a piece, and its beats.
//!
//! Ticks are those of the file, seconds count from its start, bars and beats from 1.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;

three_forms! {
    "midi_tempo_map" as midi_tempo_map_content, midi_tempo_map_path, midi_tempo_map_file
    returns (
        name!(start_s, f64),
        name!(end_s, f64),
        name!(start_tick, i64),
        name!(bpm, Option<f64>),
        name!(numerator, Option<i16>),
        name!(denominator, Option<i16>),
    ):
    |source, caller| source.stream(caller, |piece, table| {
        for span in piece.interruptible(piece.tempo_spans()?) {
            let span = span?;
            table.put((
                span.start_s,
                span.end_s,
                span.start_tick.into(),
                span.bpm,
                span.time_signature.map(|signature| signature.numerator.into()),
                span.time_signature.map(|signature| signature.denominator.into()),
            ));
        }
        Ok(())
    })
}

three_forms! {
    "midi_beats" as midi_beats_content, midi_beats_path, midi_beats_file
    returns (
        name!(beat_no, i32),
        name!(start_s, f64),
        name!(start_tick, i64),
        name!(bar, i32),
        name!(beat_in_bar, i32),
        name!(is_downbeat, bool),
    ):
    |source, caller| source.stream(caller, |piece, table| {
        for beat in piece.interruptible(piece.beats()?) {
            let beat = beat?;
            table.put((
                beat.beat_no as i32,
                beat.start_s,
                beat.start_tick.into(),
                beat.bar as i32,
                beat.beat_in_bar.into(),
                beat.is_downbeat,
            ));
        }
        Ok(())
    })
}
