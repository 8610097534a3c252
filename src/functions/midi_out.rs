//! `midi_header`, and files that are written: `midi_repair`, `midi_convert`, `midi_set_text`.

use midi_analysis::write::{File, MetaKind};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::error;
use crate::pg::bytea::Bytea;
use crate::pg::caller::Caller;
use crate::pg::table::Table as TableIterator;

three_forms! {
    "midi_header" as midi_header_content, midi_header_path, midi_header_file
    returns (
        name!(format, i16),
        name!(division, i32),
        name!(ticks_per_quarter, Option<i32>),
        name!(track_count, i32),
    ):
    |source, caller| {
        let row = source.read(|piece| {
            let file = File::of(piece)?;
            let ticks_per_quarter = file.division.ticks_per_quarter().map(i32::from);
            let division = i32::from(file.division.word() as i16);
            Ok((file.format.into(), division, ticks_per_quarter, file.tracks.len() as i32))
        })?;
        Ok(TableIterator::new(caller)?.filled([row]))
    }
}

three_forms! {
    "midi_repair" as midi_repair_content, midi_repair_path, midi_repair_file ()
    returns value Bytea: |source, _caller| source.write(|_, _| Ok(()))
}

// The file in another format, with another division, or both.
three_forms! {
    "midi_convert" as midi_convert_content, midi_convert_path, midi_convert_file (
        format: default!(Option<i32>, "NULL"),
        division: default!(Option<i32>, "NULL"),
    )
    returns optional Bytea:
    |source| {
        let format = format.map(error::check_format).transpose()?;
        let division = division.map(error::check_division).transpose()?;
        let converted = source.write(|file, options| {
            if let Some(format) = format {
                file.set_format(format, options)?;
            }
            match division {
                Some(division) => file.set_division(division, options),
                None => Ok(()),
            }
        });
        converted.map(Some)
    }
}

// The file with another text.
three_forms! {
    "midi_set_text" as midi_set_text_content, midi_set_text_path, midi_set_text_file (
        kind: &str,
        value: &str,
        track: default!(i32, 0),
    )
    returns value Bytea:
    |source, _caller| {
        let (kind, is_of_file) = match kind {
            "title" => (MetaKind::TRACK_NAME, true),
            "copyright" => (MetaKind::COPYRIGHT, true),
            "track_name" => (MetaKind::TRACK_NAME, false),
            "instrument_name" => (MetaKind::INSTRUMENT_NAME, false),
            _ => return Err(error::no_such_text(kind)),
        };
        let number = usize::try_from(track).ok().filter(|&track| track == 0 || !is_of_file);
        let track = number.ok_or_else(|| error::text_of_no_track(track))?;
        source.write(|file, _| file.set_text(track, kind, value))
    }
}
