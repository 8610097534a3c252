//! `midi_lyrics`: the lyrics of a piece, syllable by syllable.
//!
//! Ticks are those of the file, seconds count from its start, tracks from 0, bars and lines from 1.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;
use crate::pg::text::clean;

three_forms! {
    "midi_lyrics" as midi_lyrics_content, midi_lyrics_path, midi_lyrics_file
    returns (
        name!(track, Option<i32>),
        name!(tick, i64),
        name!(start_s, f64),
        name!(bar, Option<i32>),
        name!(syllable, String),
        name!(line, i32),
    ):
    |source, caller| source.stream(caller, |piece, table| {
        for syllable in piece.lyrics()? {
            let syllable = syllable?;
            table.put((
                syllable.track.map(i32::from),
                syllable.tick.into(),
                syllable.start_s,
                syllable.bar.map(|bar| bar as i32),
                clean(&syllable.text),
                i32::try_from(syllable.line).unwrap_or(i32::MAX),
            ));
        }
        Ok(())
    })
}
