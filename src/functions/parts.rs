//! `midi_parts`: the parts of a piece, with their roles.
//!
//! Parts and bars count from 1, tracks, ports and channels from 0. Bars are those of `midi_beats`.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;
use crate::pg::text::clean;

three_forms! {
    "midi_parts" as midi_parts_content, midi_parts_path, midi_parts_file
    returns (
        name!(part_no, i32),
        name!(track, i32),
        name!(port, i16),
        name!(channel, i16),
        name!(program, Option<i16>),
        name!(name, Option<String>),
        name!(role, String),
        name!(note_count, i32),
        name!(first_bar, Option<i32>),
        name!(bars, Option<i32>),
        name!(loop_bars, Option<i16>),
        name!(pitch_min, Option<i16>),
        name!(pitch_max, Option<i16>),
        name!(polyphony, Option<i32>),
        name!(key, Option<String>),
        name!(is_drum, bool),
    ):
    |source, caller| source.list(caller, |piece| Ok((1..).zip(piece.parts()?).collect()), |(number, part)| (
        number,
        part.track.into(),
        part.port.into(),
        part.channel.into(),
        part.program.map(i16::from),
        part.name.map(|name| clean(&name)),
        part.role.to_string(),
        part.note_count as i32,
        part.first_bar.map(|bar| bar as i32),
        part.bars.map(|bars| bars as i32),
        part.loop_bars.map(i16::from),
        part.pitch_min.map(i16::from),
        part.pitch_max.map(i16::from),
        part.polyphony.map(|notes| notes as i32),
        part.key.map(|key| key.to_string()),
        part.is_drum,
    ))
}
