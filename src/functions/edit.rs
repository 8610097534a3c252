//! Music that is changed: `midi_transpose`, `midi_set_tempo`, `midi_quantize`, `midi_trim`.

use midi_analysis::write::{Quantize, semitones_to_key};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::error;
use crate::pg::bytea::Bytea;

/// Higher or lower, by semitones.
#[pg_extern(name = "midi_transpose", immutable, strict, parallel_safe)]
fn midi_transpose_by(
    content: &[u8],
    semitones: i32,
    keep_drums: default!(bool, true),
) -> Result<Bytea, ErrorReport> {
    let semitones = error::check_semitones(semitones)?;
    let edited =
        Source::Content(content).edit(|piece, file| file.transpose(piece, semitones, keep_drums));
    edited.map(|(bytes, done)| {
        error::tell_transposed(&done);
        bytes
    })
}

/// Higher or lower, into a key.
#[pg_extern(name = "midi_transpose", immutable, strict, parallel_safe)]
fn midi_transpose_to(
    content: &[u8],
    key: &str,
    keep_drums: default!(bool, true),
) -> Result<Bytea, ErrorReport> {
    let key = error::check_key(key)?;
    let edited = Source::Content(content)
        .edit(|piece, file| file.transpose(piece, semitones_to_key(piece, key)?, keep_drums));
    edited.map(|(bytes, done)| {
        error::tell_transposed(&done);
        bytes
    })
}

/// At another tempo: faster or slower, or with another number for the same.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_set_tempo(
    content: &[u8],
    bpm: f64,
    stretch: default!(bool, true),
) -> Result<Bytea, ErrorReport> {
    let edited = Source::Content(content).edit(|piece, file| match stretch {
        true => file.stretch(piece, bpm),
        false => file.restate(piece, bpm).map(|()| 0),
    });
    edited.map(|(bytes, limited)| {
        error::tell_limited_tempos(limited);
        bytes
    })
}

/// With its notes on a grid over the beats as they are found.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_quantize(
    content: &[u8],
    grid: default!(&str, "'1/16'"),
    strength: default!(f64, 1.0),
    swing: default!(f64, 0.5),
) -> Result<Bytea, ErrorReport> {
    let grid = error::check_grid(grid)?;
    error::check_share("strength", strength, 0.0, 1.0)?;
    error::check_share("swing", swing, 0.5, 0.75)?;
    let how = Quantize::new(grid).strength(strength).swing(swing);
    let edited = Source::Content(content).edit(|piece, file| file.quantize(piece, &how));
    edited.map(|(bytes, ())| bytes)
}

/// Some of its bars.
#[pg_extern(immutable, parallel_safe)]
fn midi_trim(
    content: Option<&[u8]>,
    from_bar: Option<i32>,
    to_bar: default!(Option<i32>, "NULL"),
) -> Result<Option<Bytea>, ErrorReport> {
    let (Some(content), Some(from)) = (content, from_bar) else { return Ok(None) };
    let from = error::check_number("from_bar", from)?;
    let to = to_bar.map(|to| error::check_number("to_bar", to)).transpose()?;
    let edited = Source::Content(content).edit(|piece, file| file.trim(piece, from, to));
    edited.map(|(bytes, ())| Some(bytes))
}
