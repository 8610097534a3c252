//! Rust values as rows of a composite type.
//!
//! The type's descriptor comes from the caller and is never looked up by a name along `search_path`. It is
//! compared with the Rust columns before the first row is formed: if the library is newer or older than the
//! installed SQL, there is an ERROR instead of a read past the end of a row.

use std::ffi::CStr;
use std::marker::PhantomData;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, DatumWithOid};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use pgrx::{PgTupleDesc, pg_sys};

use super::caller::Caller;
use super::catalog;
use super::spi::Argument;

/// One attribute of a composite type, and how a `T` fills it. Only [`column!`] makes one.
pub(crate) struct Column<T> {
    /// The attribute's name.
    pub(crate) name: &'static str,
    type_oid: fn() -> pg_sys::Oid,
    datum: fn(&T) -> Option<pg_sys::Datum>,
}

impl<T> Column<T> {
    /// # Safety
    /// `datum` must return values of the type `type_oid`, valid in the memory context that is current then;
    /// `None` is NULL.
    pub(crate) const unsafe fn new(
        name: &'static str,
        type_oid: fn() -> pg_sys::Oid,
        datum: fn(&T) -> Option<pg_sys::Datum>,
    ) -> Self {
        Self { name, type_oid, datum }
    }

    /// The attribute's type.
    pub(crate) fn type_oid(&self) -> pg_sys::Oid {
        (self.type_oid)()
    }
}

/// The [`Column`] of a Rust type for rows: its name, its type, and an expression for a value of that type or an
/// `Option` of it.
macro_rules! column {
    ($row:ty, $name:ident: $type:ty = |$value:ident| $expression:expr) => {{
        #[allow(unsafe_code)]
        // SAFETY: type and value are those of the same Rust type.
        let column = unsafe {
            $crate::pg::row::Column::<$row>::new(
                stringify!($name),
                <$type as ::pgrx::datum::IntoDatum>::type_oid,
                |$value| {
                    let value: Option<$type> = $expression.into();
                    ::pgrx::datum::IntoDatum::into_datum(value)
                },
            )
        };
        column
    }};
}

pub(crate) use column;

/// A Rust type whose values are rows of a composite type of the extension.
pub(crate) trait Composite: Sized + 'static {
    /// The name of the composite type.
    const NAME: &'static str;
}

/// A composite type whose attributes are exactly `columns`.
pub(crate) struct RowType<T: 'static> {
    descriptor: PgTupleDesc<'static>,
    columns: &'static [Column<T>],
}

impl<T: Composite> RowType<T> {
    /// Pairs a descriptor with its columns.
    ///
    /// # Errors
    /// `ERRCODE_DATATYPE_MISMATCH` if names, types or their order differ.
    pub(crate) fn new(
        descriptor: PgTupleDesc<'static>,
        columns: &'static [Column<T>],
    ) -> Result<Self, ErrorReport> {
        let agrees = descriptor.len() == columns.len()
            && descriptor.iter().zip(columns).all(|(attribute, column)| {
                // SAFETY: attname is a NUL-terminated NameData.
                let name = unsafe { CStr::from_ptr(attribute.attname.data.as_ptr()) };
                name.to_bytes() == column.name.as_bytes() && attribute.atttypid == column.type_oid()
            });
        if !agrees {
            return Err(ErrorReport::new(
                PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
                format!("the type {} does not match the loaded midi_pipeline library", T::NAME),
                "RowType::new",
            )
            .set_hint("Run ALTER EXTENSION midi_pipeline UPDATE, then reconnect."));
        }
        Ok(Self { descriptor, columns })
    }

    /// One row as a composite datum in the current memory context.
    fn form(&self, value: &T) -> pg_sys::Datum {
        let (mut values, mut nulls): (Vec<_>, Vec<_>) = self
            .columns
            .iter()
            .map(|column| match (column.datum)(value) {
                Some(datum) => (datum, false),
                None => (pg_sys::Datum::null(), true),
            })
            .unzip();
        // SAFETY: `new` checked that the descriptor has as many attributes as there are columns, of the types
        // that the columns produce.
        unsafe {
            let descriptor = self.descriptor.as_ptr();
            let tuple =
                pg_sys::heap_form_tuple(descriptor, values.as_mut_ptr(), nulls.as_mut_ptr());
            let datum = pg_sys::heap_copy_tuple_as_datum(tuple, descriptor);
            pg_sys::heap_freetuple(tuple);
            datum
        }
    }

    /// Rows as an array of the composite type, as an argument of a statement.
    pub(crate) fn array<'a>(&'a self, values: impl Iterator<Item = &'a T>) -> Argument<'a> {
        let values: Vec<_> = values.collect();
        // SAFETY: the closure keeps nothing. A column is a plain function, which captures nothing.
        unsafe { Argument::new(move || self.form_array(&values)) }
    }

    /// Rows as an array in the current memory context.
    fn form_array(&self, values: &[&T]) -> DatumWithOid<'static> {
        let mut rows: Vec<_> = values.iter().map(|value| self.form(value)).collect();
        // SAFETY: each element is a datum of the descriptor's type. Composite values are varlena, never passed
        // by value, and aligned like a double.
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

/// One row as the result of the call in progress.
pub(crate) struct ResultRow<'call, T> {
    row: pg_sys::Datum,
    call: PhantomData<(&'call (), T)>,
}

impl<'call, T: Composite> ResultRow<'call, T> {
    /// Forms the row of the type that the called function is declared to return.
    ///
    /// # Errors
    /// Those of [`RowType::new`].
    pub(crate) fn new(
        caller: &Caller<'call>,
        columns: &'static [Column<T>],
        value: &T,
    ) -> Result<Self, ErrorReport> {
        let row = RowType::new(caller.row_descriptor(), columns)?.form(value);
        Ok(Self { row, call: PhantomData })
    }
}

// SAFETY: the datum was formed with the descriptor of the called function's result type.
unsafe impl<T> BoxRet for ResultRow<'_, T> {
    unsafe fn box_into<'call>(self, fcinfo: &mut FcInfo<'call>) -> Datum<'call> {
        // SAFETY: the datum was allocated in the memory context of this call.
        unsafe { fcinfo.return_raw_datum(self.row) }
    }
}

// SAFETY: see `BoxRet`.
unsafe impl<T: Composite> SqlTranslatable for ResultRow<'_, T> {
    const TYPE_IDENT: &'static str = T::NAME;
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
        Err(ArgumentError::NotValidAsArgument(T::NAME));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal(T::NAME)));
}
