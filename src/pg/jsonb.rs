//! `jsonb` from a borrowed value.

use std::ffi::CString;

use pgrx::datum::IntoDatum;
use pgrx::fcinfo::direct_function_call_as_datum;
use pgrx::pg_sys;
use serde_json::Value;

use crate::text::clean_json;

/// A JSON value as a `jsonb` datum, without U+0000.
pub(crate) struct Jsonb<'a>(pub(crate) &'a Value);

impl IntoDatum for Jsonb<'_> {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let mut text = self.0.to_string();
        if text.contains("\\u0000") {
            text = clean_json(self.0).to_string();
        }
        let text = CString::new(text).expect("JSON text escapes control characters");
        // SAFETY: jsonb_in takes one C string and copies what it needs of it.
        unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[Some(text.as_ptr().into())]) }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::JSONBOID
    }
}
