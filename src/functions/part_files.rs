//! Parts of music as files, and files as parts: `midi_split`, `midi_keep_parts`, `midi_merge`.

use midi_analysis::write::{File, split};
use midi_analysis::{Error, Options, Piece};
use pgrx::datum::Array;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::pg::bytea::Bytea;
use crate::pg::caller::Caller;
use crate::pg::interrupts;
use crate::pg::table::Table as TableIterator;
use crate::pg::text::clean;
use crate::{error, settings};

three_forms! {
    "midi_split" as midi_split_content, midi_split_path, midi_split_file
    returns (
        name!(part_no, i32),
        name!(name, String),
        name!(channel, i16),
        name!(is_drum, bool),
        name!(content, Vec<u8>),
    ):
    |source, caller| source.stream(caller, |piece, table| {
        split(piece, |part| {
            let name = clean(&part.name);
            table.put((part.number as i32, name, part.channel.into(), part.is_drum, part.bytes));
            Ok(())
        })
    })
}

// The file without its other parts.
three_forms! {
    "midi_keep_parts" as midi_keep_parts_content, midi_keep_parts_path, midi_keep_parts_file (
        parts: Array<'_, i32>,
    )
    returns value Bytea:
    |source, _caller| {
        let numbers = parts.iter().flatten().map(|part| error::check_number("parts", part, 1));
        let numbers: Vec<u32> = numbers.collect::<Result<_, _>>()?;
        source.edit(|piece, file| file.keep_parts(piece, &numbers)).map(|(bytes, ())| bytes)
    }
}

/// One file of several, that are played together.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_merge(contents: Array<'_, &[u8]>) -> Result<Bytea, ErrorReport> {
    let options = Options::default().limits(settings::limits()).interrupted(&interrupts::poll);
    let merge = || -> Result<Vec<u8>, Error> {
        let mut pieces = Vec::new();
        for content in contents.iter().flatten() {
            pieces.push(Piece::read(content, &options)?);
        }
        let files = pieces.iter().map(File::of).collect::<Result<_, _>>()?;
        File::join(files, &options)?.to_bytes(&options)
    };
    merge().map(Bytea).map_err(|error| error::content(&error, None))
}
