//! `midi_find_progression`: the files that contain a progression of chords; and the functions that its
//! index and its statement call.

use midi_analysis::{Degrees, Progression};
use pgrx::datum::Array;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::{self, given};
use crate::pg::array::Texts;
use crate::pg::caller::Caller;
use crate::pg::interrupts::{self, polled};
use crate::pg::table::Table as TableIterator;
use crate::pg::text::Text;
use crate::query;

/// The runs of one, two and three chords, each once. A run ends at NULL and at a text that is not a
/// degree.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_progression_grams(progression: Array<'_, &str>) -> Texts<'static> {
    let grams = polled(progression.iter()).collect::<Degrees>().grams();
    grams.into_iter().map(Text::from).collect()
}

/// The runs that a piece with a progression has; `in_minor`: with the names that its degrees have in minor keys, NULL if
/// they are the same.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_progression_runs(
    progression: &str,
    in_minor: bool,
) -> Result<Option<Texts<'static>>, ErrorReport> {
    let wanted =
        Progression::parse(progression).map_err(|error| error::progression(&error, progression))?;
    let spelling = wanted.grams().into_iter().nth(in_minor.into());
    Ok(spelling.map(|runs| runs.into_iter().map(Text::from).collect()))
}

/// Not strict: a piece may lack its moments, which only additions to numerals need.
#[pg_extern(immutable, parallel_safe, cost = 20)]
fn midi_progression_position(
    progression: Option<Array<'_, &str>>,
    moments: Option<&[u8]>,
    wanted: Option<&str>,
    rotated: default!(Option<bool>, false),
) -> Result<Option<i32>, ErrorReport> {
    let (Some(progression), Some(wanted)) = (progression, wanted) else { return Ok(None) };
    let wanted = Progression::parse(wanted).map_err(|error| error::progression(&error, wanted))?;
    let degrees = polled(progression.iter()).collect();
    let moments = moments.unwrap_or_default();
    let found = match rotated {
        Some(true) => wanted.find_loop(&degrees, moments, &interrupts::poll),
        _ => wanted.find(&degrees, moments, &interrupts::poll),
    };
    Ok(found.and_then(|index| i32::try_from(index + 1).ok()))
}

#[pg_extern(
    stable, parallel_restricted,
    requires = ["tables", midi_progression_grams, midi_progression_position]
)]
fn midi_find_progression<'call>(
    progression: Option<&str>,
    max_results: default!(Option<i32>, 20),
    caller: Caller<'call>,
) -> Result<
    TableIterator<
        'call,
        (
            name!(file_id, i64),
            name!(path, Option<String>),
            name!(score, f64),
            name!(start_s, Option<f64>),
            name!(bar, Option<i32>),
            name!(key, Option<String>),
        ),
    >,
    ErrorReport,
> {
    let progression = given(progression, "progression")?;
    let max_results = given(max_results, "max_results")?;
    let mut rows = TableIterator::new(&caller)?;
    query::progression::find(progression, max_results, &caller.schema(), &mut rows)?;
    query::cataloged::tell(&caller.schema())?;
    Ok(rows)
}
