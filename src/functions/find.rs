//! `midi_find_melody`: music found by what sounds in it.
//!
//! It reads the library's tables with the rights of the one who calls.

use midi_analysis::{MelodyQuery, QueryError};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::each_from_content;
use crate::error;
use crate::find::{Hit, find_melody};
use crate::pg::caller::Caller;

#[pg_extern(name = "midi_find_melody", stable, strict, parallel_restricted, requires = ["tables"])]
fn midi_find_melody_text(
    melody: &str,
    max_results: default!(i32, 20),
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(file_id, i64),
            name!(path, String),
            name!(score, f64),
            name!(start_s, f64),
            name!(bar, i32),
        ),
    >,
    ErrorReport,
> {
    let query = MelodyQuery::from_text(melody);
    Ok(TableIterator::new(found(query, max_results, &caller)?.into_iter().map(columns)))
}

#[pg_extern(name = "midi_find_melody", stable, strict, parallel_restricted, requires = ["tables"])]
fn midi_find_melody_pitches(
    melody: Array<'_, i32>,
    max_results: default!(i32, 20),
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(file_id, i64),
            name!(path, String),
            name!(score, f64),
            name!(start_s, f64),
            name!(bar, i32),
        ),
    >,
    ErrorReport,
> {
    let pitches = melody.iter().enumerate().map(|(index, pitch)| {
        pitch.ok_or_else(|| QueryError {
            position: index + 1,
            reason: "NULL is no MIDI pitch".to_owned(),
        })
    });
    let query = MelodyQuery::check_length(melody.len());
    let query = query.and_then(|()| pitches.collect::<Result<Vec<_>, _>>());
    let query = query.and_then(|pitches| MelodyQuery::from_pitches(&pitches));
    Ok(TableIterator::new(found(query, max_results, &caller)?.into_iter().map(columns)))
}

#[pg_extern(name = "midi_find_melody", stable, strict, parallel_restricted, requires = ["tables"])]
fn midi_find_melody_content(
    content: &[u8],
    max_results: default!(i32, 20),
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(file_id, i64),
            name!(path, String),
            name!(score, f64),
            name!(start_s, f64),
            name!(bar, i32),
        ),
    >,
    ErrorReport,
> {
    let mut pitches = Vec::new();
    each_from_content(midi_analysis::each_melody_note, content, &mut |note| {
        if pitches.len() < MelodyQuery::LONGEST {
            pitches.push(note.pitch as u8);
        }
    })?;
    let query = MelodyQuery::from_line(pitches.into_iter());
    Ok(TableIterator::new(found(query, max_results, &caller)?.into_iter().map(columns)))
}

fn found(
    query: Result<MelodyQuery, QueryError>,
    max_results: i32,
    caller: &Caller<'_>,
) -> Result<Vec<Hit>, ErrorReport> {
    let query = query.map_err(|problem| error::melody(&problem))?;
    find_melody(&query, max_results, &caller.schema())
}

fn columns(hit: Hit) -> (i64, String, f64, f64, i32) {
    (hit.file_id, hit.path, hit.found.score, hit.found.start_s, hit.found.bar)
}
