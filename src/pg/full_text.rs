//! Full text search in words as they are written: PostgreSQL's configuration `simple`, without stemming.

use pgrx::datum::IntoDatum;
use pgrx::fcinfo::direct_function_call_as_datum;
use pgrx::pg_sys;

use super::result::result;

/// `pg_catalog.simple`, which has this OID in every database.
const SIMPLE: u32 = 3748;

/// The words of a text, as a `tsvector`.
pub(crate) struct Words(pg_sys::Datum);

impl Words {
    /// Raises `ERRCODE_PROGRAM_LIMIT_EXCEEDED` if the words take more than a megabyte.
    pub(crate) fn of(text: &str) -> Self {
        // SAFETY: the function takes a configuration and a text, and copies from it.
        Self(unsafe { call(pg_sys::to_tsvector_byid, &[Some(simple()), text.into_datum()]) })
    }
}

/// A query for successive words, as a `tsquery`.
pub(crate) struct Phrase(pg_sys::Datum);

impl Phrase {
    /// The query for a phrase; `prefix`: its last word stands for all words that start with it.
    pub(crate) fn of(text: &str, prefix: bool) -> Self {
        // SAFETY: the functions take and return a configuration and a text, a query, and a C string, in this order.
        Self(unsafe {
            let query = call(pg_sys::phraseto_tsquery_byid, &[Some(simple()), text.into_datum()]);
            if !prefix {
                return Self(query);
            }
            let written = call(pg_sys::tsqueryout, &[Some(query)]).cast_mut_ptr();
            let written = std::ffi::CStr::from_ptr(written).to_bytes();
            if written.is_empty() {
                return Self(query);
            }
            let prefixed = [written, b":*\0"].concat();
            call(pg_sys::tsqueryin, &[Some(prefixed.as_ptr().into())])
        })
    }
}

fn simple() -> pg_sys::Datum {
    pg_sys::Oid::from(SIMPLE).into()
}

/// # Safety
/// The function must be one of PostgreSQL's that takes these arguments and returns no NULL.
unsafe fn call(
    function: unsafe fn(pg_sys::FunctionCallInfo) -> pg_sys::Datum,
    arguments: &[Option<pg_sys::Datum>],
) -> pg_sys::Datum {
    // SAFETY: by the contract.
    let result = unsafe { direct_function_call_as_datum(function, arguments) };
    result.expect("the function is strict and returns a value")
}

result! { Words, "midi_pipeline::pg::Words", "tsvector", |words| Some(words.0) }
result! { Phrase, "midi_pipeline::pg::Phrase", "tsquery", |phrase| Some(phrase.0) }
