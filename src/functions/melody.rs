//! `midi_melody`: the melody of a piece; `midi_find_melody`: the files that contain a melody.
//!
//! `midi_find_melody` reads the library's tables with the privileges of the caller.

use midi_analysis::{MelodyQuery, MelodyQueryError};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::error::{self, given};
use crate::pg::caller::Caller;
use crate::pg::postings;
use crate::pg::table::Table as TableIterator;
use crate::query::cataloged;
use crate::query::melody::{self, Hit};

three_forms! {
    "midi_melody" as midi_melody_content, midi_melody_path, midi_melody_file
    returns (
        name!(note_no, i32),
        name!(pitch, i16),
        name!(start_s, f64),
        name!(duration_s, f64),
        name!(start_beat, Option<f64>),
    ):
    |source, caller| source.stream(caller, |piece, table| {
        for numbered in piece.interruptible((1..).zip(piece.melody()?)) {
            let (note_no, note) = numbered?;
            table.put((note_no, note.pitch.into(), note.start_s, note.duration_s, note.start_beat));
        }
        Ok(())
    })
}

returning! {
    (
        name!(file_id, i64),
        name!(path, Option<String>),
        name!(score, f64),
        name!(start_s, f64),
        name!(bar, i32),
    ):

    #[pg_extern(name = "midi_find_melody", stable, parallel_restricted, requires = ["tables"])]
    fn midi_find_melody_text(
        melody: Option<&str>,
        max_results: default!(Option<i32>, 20),
        caller: Caller<'call>,
    ) {
        find(MelodyQuery::from_text(given(melody, "melody")?), max_results, &caller)
    }

    #[pg_extern(name = "midi_find_melody", stable, parallel_restricted, requires = ["tables"])]
    fn midi_find_melody_pitches(
        pitches: Option<Array<'_, i32>>,
        max_results: default!(Option<i32>, 20),
        caller: Caller<'call>,
    ) {
        find(query_of_pitches(&given(pitches, "pitches")?), max_results, &caller)
    }

    #[pg_extern(name = "midi_find_melody", stable, parallel_restricted, requires = ["tables"])]
    fn midi_find_melody_content(
        content: Option<&[u8]>,
        max_results: default!(Option<i32>, 20),
        caller: Caller<'call>,
    ) {
        let query = MelodyQuery::from_line(first_pitches(given(content, "content")?)?.into_iter());
        find(query, max_results, &caller)
    }
}

fn query_of_pitches(pitches: &Array<'_, i32>) -> Result<MelodyQuery, MelodyQueryError> {
    MelodyQuery::check_length(pitches.len())?;
    let is_null =
        |index: usize| MelodyQueryError::new(index + 1, "NULL is not a MIDI pitch".to_owned());
    let numbers =
        pitches.iter().enumerate().map(|(index, number)| number.ok_or_else(|| is_null(index)));
    let numbers = numbers.collect::<Result<Vec<i32>, _>>()?;
    let pitch = |(index, number): (usize, i32)| {
        u8::try_from(number).ok().filter(|&pitch| pitch < 128).ok_or_else(|| {
            let reason = format!("{number} is not a MIDI pitch from 0 to 127");
            MelodyQueryError::new(index + 1, reason)
        })
    };
    let pitches = numbers.into_iter().enumerate().map(pitch);
    MelodyQuery::from_pitches(&pitches.collect::<Result<Vec<u8>, _>>()?)
}

/// The first notes of a piece's melody, as many as a query can have.
fn first_pitches(content: &[u8]) -> Result<Vec<u8>, ErrorReport> {
    Source::Content(content).read(|piece| {
        Ok(piece.melody()?.take(MelodyQuery::LONGEST).map(|note| note.pitch).collect())
    })
}

fn find<'call>(
    query: Result<MelodyQuery, MelodyQueryError>,
    max_results: Option<i32>,
    caller: &Caller<'call>,
) -> Result<TableIterator<'call, (i64, Option<String>, f64, f64, i32)>, ErrorReport> {
    let query = query.map_err(|error| error::melody(&error))?;
    let hits = melody::find(&query, given(max_results, "max_results")?, &caller.schema())?;
    cataloged::tell(&caller.schema())?;
    let columns = |Hit { file_id, path, found }: Hit| {
        (file_id, path, found.score, found.start_s, i32::try_from(found.bar).unwrap_or(i32::MAX))
    };
    Ok(TableIterator::new(caller)?.filled(hits.into_iter().map(columns)))
}

/// The access method of the index for n-grams of melodies.
#[pg_extern(sql = "
    CREATE FUNCTION midi_postings_handler(internal) RETURNS index_am_handler
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
")]
fn midi_postings_handler(_call: pg_sys::FunctionCallInfo) -> PgBox<pg_sys::IndexAmRoutine> {
    postings::routine()
}
