//! `midi_has_tune`: the condition that a piece has a tune, which the operator `@~` and searches use; and what it needs of
//! the planner and of the index.

use std::cell::RefCell;

use midi_analysis::{MelodyProbes, MelodyQuery};
use pgrx::datum::{Array, Internal};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error;
use crate::kept::Kept;
use crate::pg::array::Numbers;
use crate::pg::interrupts::polled;
use crate::pg::support::NeedsElement;

/// A tune that was read, and what pieces with it have.
struct Tune {
    query: MelodyQuery,
    probes: MelodyProbes,
}

impl Tune {
    fn read(text: &str) -> Result<Self, ErrorReport> {
        let query = MelodyQuery::from_text(text).map_err(|error| error::melody(&error))?;
        Ok(Self { probes: query.probes(), query })
    }
}

thread_local! {
    /// The tunes that were asked for last. They outlive a statement, because a call within an SQL function, as that of the
    /// operator is with ANY, knows nothing of the call before.
    static TUNES: RefCell<Kept<Tune>> = const { RefCell::new(Kept::new()) };
}

/// Costs as much as it takes to align a tune with the lines of a piece.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
fn midi_has_tune(ngrams: Array<'_, i32>, lines: &[u8], tune: &str) -> Result<bool, ErrorReport> {
    let tune = TUNES.with_borrow_mut(|tunes| tunes.of(tune, Tune::read))?;
    let ngrams = polled(ngrams.iter()).flatten();
    Ok(tune.probes.are_met_by(ngrams) && tune.query.find(lines).is_some())
}

/// N-grams of which every piece with the tune has one.
#[pg_extern(immutable, strict, parallel_safe, cost = 1000)]
fn midi_tune_grams(tune: &str) -> Result<Numbers<'static, i32>, ErrorReport> {
    Ok(Tune::read(tune)?.probes.any().collect())
}

/// The share of pieces that have a tune, if it is known: few have one of ten notes, and one of six, in which a note may be
/// another, is in many.
fn share(tune: Option<&str>) -> f64 {
    match tune.map(MelodyQuery::from_text) {
        Some(Ok(tune)) => match tune.notes() {
            ..=6 => 0.5,
            7 => 0.2,
            8 => 0.05,
            9 => 0.01,
            _ => 0.001,
        },
        _ => 0.001,
    }
}

#[pg_extern(sql = "
    CREATE FUNCTION midi_tune_support(internal) RETURNS internal
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
")]
fn midi_tune_support(request: Internal) -> Internal {
    NeedsElement { elements: c"midi_tune_grams", share }.answer(request)
}
