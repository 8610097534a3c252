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

three_forms! {
    "midi_notes" as midi_notes_content, midi_notes_path, midi_notes_file
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
    |source, caller| source.stream(caller, |piece, table| {
        for timed in piece.interruptible(piece.notes()?) {
            let timed = timed?;
            let note = timed.note;
            table.put((
                note.track.into(),
                note.channel.into(),
                note.program.into(),
                note.drum,
                note.pitch.into(),
                note.velocity.into(),
                note.start.into(),
                note.duration().into(),
                timed.start_s,
                timed.duration_s,
                timed.bar.map(|bar| bar as i32),
                timed.beat,
            ));
        }
        Ok(())
    })
}

three_forms! {
    "midi_tracks" as midi_tracks_content, midi_tracks_path, midi_tracks_file
    returns (
        name!(track, i32),
        name!(name, Option<String>),
        name!(channels, Vec<i16>),
        name!(programs, Vec<i16>),
        name!(note_count, i32),
        name!(first_s, Option<f64>),
        name!(last_s, Option<f64>),
    ):
    |source, caller| source.list(caller, |piece| piece.tracks(), |track| (
        track.track.into(),
        track.name.map(|name| clean(&name)),
        track.channels.into_iter().map(i16::from).collect(),
        track.programs.into_iter().map(i16::from).collect(),
        track.note_count as i32,
        track.first_s,
        track.last_s,
    ))
}
