//! Rust values as rows of a composite type.
//!
//! The type's descriptor comes from the caller, never from a name looked up along `search_path`,
//! and is compared with the Rust columns before the first row is formed: a library that is newer
//! or older than the installed SQL gives an ERROR instead of reading past the end of a row.

use std::ffi::CStr;

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::{PgTupleDesc, pg_sys};

use super::catalog;

/// One attribute of a composite type, and how a `T` fills it.
pub(crate) struct Column<T> {
    /// The attribute's name.
    pub(crate) name: &'static str,
    /// The attribute's type.
    pub(crate) type_oid: fn() -> pg_sys::Oid,
    /// The value of that type, palloc'd in the current memory context; `None` is NULL.
    pub(crate) datum: fn(&T) -> Option<pg_sys::Datum>,
}

/// A composite type whose attributes are exactly `columns`.
pub(crate) struct RowType<T: 'static> {
    descriptor: PgTupleDesc<'static>,
    columns: &'static [Column<T>],
}

impl<T> RowType<T> {
    /// Pairs a descriptor with its columns.
    ///
    /// # Errors
    /// `ERRCODE_DATATYPE_MISMATCH` where names, types or their order differ.
    pub(crate) fn new(
        descriptor: PgTupleDesc<'static>,
        columns: &'static [Column<T>],
    ) -> Result<Self, ErrorReport> {
        let agrees = descriptor.len() == columns.len()
            && descriptor.iter().zip(columns).all(|(attribute, column)| {
                // SAFETY: attname is a NUL-terminated NameData.
                let name = unsafe { CStr::from_ptr(attribute.attname.data.as_ptr()) };
                name.to_bytes() == column.name.as_bytes()
                    && attribute.atttypid == (column.type_oid)()
            });
        if !agrees {
            return Err(ErrorReport::new(
                PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
                "the type midi_analysis does not match the loaded midi_pipeline library",
                "RowType::new",
            )
            .set_hint("Run ALTER EXTENSION midi_pipeline UPDATE, then reconnect."));
        }
        Ok(Self { descriptor, columns })
    }

    /// One row as a composite datum in the current memory context.
    pub(crate) fn form(&self, value: &T) -> pg_sys::Datum {
        let (mut values, mut nulls): (Vec<_>, Vec<_>) = self
            .columns
            .iter()
            .map(|column| match (column.datum)(value) {
                Some(datum) => (datum, false),
                None => (pg_sys::Datum::null(), true),
            })
            .unzip();
        // SAFETY: `new` saw that the descriptor has as many attributes as there are columns, of the
        // types that the columns produce.
        unsafe {
            let descriptor = self.descriptor.as_ptr();
            let tuple =
                pg_sys::heap_form_tuple(descriptor, values.as_mut_ptr(), nulls.as_mut_ptr());
            let datum = pg_sys::heap_copy_tuple_as_datum(tuple, descriptor);
            pg_sys::heap_freetuple(tuple);
            datum
        }
    }

    /// Rows as an array of the composite type, to be passed to a statement.
    pub(crate) fn form_array<'a>(
        &self,
        values: impl Iterator<Item = &'a T>,
    ) -> DatumWithOid<'static>
    where
        T: 'a,
    {
        let mut rows: Vec<_> = values.map(|value| self.form(value)).collect();
        // SAFETY: each element is a datum of the descriptor's type; composite values are varlena,
        // never passed by value, and aligned like a double.
        unsafe {
            let array = pg_sys::construct_array(
                rows.as_mut_ptr(),
                rows.len().try_into().expect("a batch has fewer than 2^31 rows"),
                self.descriptor.oid(),
                -1,
                false,
                pg_sys::TYPALIGN_DOUBLE as std::ffi::c_char,
            );
            DatumWithOid::new(pg_sys::Datum::from(array), self.array_oid())
        }
    }

    /// The type of such arrays.
    pub(crate) fn array_oid(&self) -> pg_sys::Oid {
        catalog::array_of(self.descriptor.oid())
    }
}
