//! JSON values as `jsonb`.

use std::ffi::{CStr, CString};
use std::io;

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::datum::{FromDatum, IntoDatum};
use pgrx::fcinfo::{direct_function_call, direct_function_call_as_datum};
use pgrx::pg_sys;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use serde_json::Value;

use super::memory::out_of_memory;
use super::text::clean_json;

/// A JSON value as a `jsonb` datum, without U+0000.
pub(crate) struct Jsonb<'a>(pub(crate) &'a Value);

impl IntoDatum for Jsonb<'_> {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let mut text = written(self.0);
        if has_nul(&text) {
            text = written(&clean_json(self.0));
        }
        let text = CString::from_vec_with_nul(text).expect("JSON text escapes control characters");
        // SAFETY: jsonb_in takes one C string and copies from it.
        unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[Some(text.as_ptr().into())]) }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::JSONBOID
    }
}

/// A JSON value that is owned, as a column of a result.
pub(crate) struct OwnJsonb(pub(crate) Value);

impl IntoDatum for OwnJsonb {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        Jsonb(&self.0).into_datum()
    }

    fn type_oid() -> pg_sys::Oid {
        Jsonb::type_oid()
    }
}

// SAFETY: the datum is a jsonb.
unsafe impl SqlTranslatable for OwnJsonb {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::OwnJsonb";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
        Err(ArgumentError::NotValidAsArgument("jsonb"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("jsonb")));
}

/// The longest text of a `jsonb` argument that is read.
const LONGEST_ARGUMENT: usize = 64 << 20;

/// A `jsonb` argument.
pub(crate) struct GivenJsonb<'call>(&'call CStr);

impl GivenJsonb<'_> {
    /// The JSON value.
    ///
    /// # Errors
    /// Why it cannot be read: it is too long, or has a number or a depth that Rust does not have.
    ///
    /// Raises `ERRCODE_OUT_OF_MEMORY`.
    pub(crate) fn value(&self) -> Result<Value, String> {
        let text = self.0.to_bytes();
        if text.len() > LONGEST_ARGUMENT {
            return Err(format!("it has {} bytes, more than {LONGEST_ARGUMENT}", text.len()));
        }
        // The values are not allocated with care, so there should be room for them.
        if Vec::<u8>::new().try_reserve_exact(2 * text.len()).is_err() {
            out_of_memory().report(PgLogLevel::ERROR);
        }
        serde_json::from_slice(text).map_err(|error| error.to_string())
    }
}

impl FromDatum for GivenJsonb<'_> {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _: pg_sys::Oid,
    ) -> Option<Self> {
        if is_null {
            return None;
        }
        // SAFETY: the datum is a jsonb, of which jsonb_out makes a C string in the memory of the call.
        unsafe { direct_function_call::<&CStr>(pg_sys::jsonb_out, &[Some(datum)]) }.map(Self)
    }
}

// SAFETY: as `FromDatum`; pgrx makes no argument of NULL where the parameter is an Option.
unsafe impl<'call> ArgAbi<'call> for GivenJsonb<'call> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'call>) -> Self {
        // SAFETY: forwarded.
        unsafe { arg.unbox_arg_using_from_datum() }.unwrap_or(Self(c"null"))
    }
}

// SAFETY: the datum of the argument is a jsonb.
unsafe impl SqlTranslatable for GivenJsonb<'_> {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::GivenJsonb";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::literal("jsonb"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> = Err(ReturnsError::Datum);
}

/// The value as JSON text that ends in a NUL. It may be long, so there may not be enough memory.
///
/// Raises `ERRCODE_OUT_OF_MEMORY`.
fn written(value: &Value) -> Vec<u8> {
    let mut text = Text(Vec::new());
    let written = serde_json::to_writer(&mut text, value).map_err(io::Error::from);
    if written.and_then(|()| io::Write::write_all(&mut text, &[0])).is_err() {
        out_of_memory().report(PgLogLevel::ERROR);
    }
    text.0
}

/// A buffer whose growth may fail. Nothing else can fail when it is written to.
struct Text(Vec<u8>);

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_reserve(bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn has_nul(json: &[u8]) -> bool {
    json.windows(NUL.len()).any(|part| part == NUL)
}

const NUL: &[u8] = b"\\u0000";
