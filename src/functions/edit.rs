//! Music that is changed: `midi_transpose`, `midi_set_tempo`, `midi_quantize`, `midi_trim`.

use midi_analysis::write::{Quantize, semitones_to_key};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::error;
use crate::pg::bytea::Bytea;
use crate::pg::caller::Caller;

// Higher or lower, by semitones.
three_forms! {
    "midi_transpose" as midi_transpose_by_content, midi_transpose_by_path, midi_transpose_by_file (
        semitones: i32,
        keep_drums: default!(bool, true),
    )
    returns value Bytea:
    |source, _caller| {
        let semitones = error::check_semitones(semitones)?;
        let (bytes, done) =
            source.edit(|piece, file| file.transpose(piece, semitones, keep_drums))?;
        error::tell_transposed(&done);
        Ok(bytes)
    }
}

// Higher or lower, into a key.
three_forms! {
    "midi_transpose" as midi_transpose_to_content, midi_transpose_to_path, midi_transpose_to_file (
        key: &str,
        keep_drums: default!(bool, true),
    )
    returns value Bytea:
    |source, _caller| {
        let key = error::check_key(key)?;
        let (bytes, done) = source
            .edit(|piece, file| file.transpose(piece, semitones_to_key(piece, key)?, keep_drums))?;
        error::tell_transposed(&done);
        Ok(bytes)
    }
}

// At another tempo: faster or slower, or with another number for the same.
three_forms! {
    "midi_set_tempo" as midi_set_tempo_content, midi_set_tempo_path, midi_set_tempo_file (
        bpm: f64,
        stretch: default!(bool, true),
    )
    returns value Bytea:
    |source, _caller| {
        let (bytes, limited) = source.edit(|piece, file| match stretch {
            true => file.stretch(piece, bpm),
            false => file.restate(piece, bpm).map(|()| 0),
        })?;
        error::tell_limited_tempos(limited);
        Ok(bytes)
    }
}

// With its notes on a grid over the beats as they are found.
three_forms! {
    "midi_quantize" as midi_quantize_content, midi_quantize_path, midi_quantize_file (
        grid: default!(&str, "'1/16'"),
        strength: default!(f64, 1.0),
        swing: default!(f64, 0.5),
    )
    returns value Bytea:
    |source, _caller| {
        let grid = error::check_grid(grid)?;
        error::check_share("strength", strength, 0.0, 1.0)?;
        error::check_share("swing", swing, 0.5, 0.75)?;
        let how = Quantize::new(grid).strength(strength).swing(swing);
        source.edit(|piece, file| file.quantize(piece, &how)).map(|(bytes, ())| bytes)
    }
}

// Some of its bars.
three_forms! {
    "midi_trim" as midi_trim_content, midi_trim_path, midi_trim_file (
        from_bar: Option<i32>,
        to_bar: default!(Option<i32>, "NULL"),
    )
    returns optional Bytea:
    |source| {
        let Some(from) = from_bar else { return Ok(None) };
        let from = error::check_number("from_bar", from, 0)?;
        let to = to_bar.map(|to| error::check_number("to_bar", to, 0)).transpose()?;
        let (bytes, left_out) = source.edit(|piece, file| file.trim(piece, from, to))?;
        error::tell_left_out(left_out);
        Ok(Some(bytes))
    }
}
