//! Bytes as a result of functions.

use pgrx::datum::IntoDatum;
use pgrx::pg_sys;
use pgrx::prelude::*;

use super::result::result;

/// The largest value: `MaxAllocSize` of `utils/memutils.h`, without the header.
const MAX_SIZE: usize = 0x3fff_ffff - pg_sys::VARHDRSZ;

/// A `bytea`.
pub(crate) struct Bytea(pub(crate) Vec<u8>);

impl Bytea {
    /// Raises `ERRCODE_PROGRAM_LIMIT_EXCEEDED` if it has more than a gigabyte.
    fn into_datum(self) -> Option<pg_sys::Datum> {
        if self.0.len() > MAX_SIZE {
            ereport!(
                ERROR,
                PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
                "the result has more than a gigabyte"
            );
        }
        self.0.into_datum()
    }
}

result! { Bytea, "midi_pipeline::pg::Bytea", "bytea", |bytes| bytes.into_datum() }
