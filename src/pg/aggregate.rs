//! States of aggregates: values of Rust that live as long as the memory context of the rows that are aggregated.

use std::ptr::{self, NonNull};

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::{Datum, FromDatum};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use pgrx::{PgMemoryContexts, pg_sys};

use super::caller::Caller;

/// The state of an aggregate: a value, or none before the first row. Its SQL type is `internal`, so only aggregates have
/// such values, and only superusers make others than the extension's own, which give a function no state but that which
/// it has made.
pub(crate) struct State<T>(Option<NonNull<T>>);

impl<T> State<T> {
    /// The value, which is made for the first row.
    ///
    /// # Errors
    /// Those of `new`; `ERRCODE_FEATURE_NOT_SUPPORTED` outside an aggregate.
    pub(crate) fn get_or_try_new(
        &mut self,
        caller: &Caller<'_>,
        new: impl FnOnce() -> Result<T, ErrorReport>,
    ) -> Result<&mut T, ErrorReport> {
        if self.0.is_none() {
            let mut context = ptr::null_mut();
            // SAFETY: the call's information is valid during the call.
            if unsafe { pg_sys::AggCheckCallContext(caller.info(), &mut context) } == 0 {
                return Err(outside_an_aggregate());
            }
            let value = new()?;
            self.0 = NonNull::new(PgMemoryContexts::For(context).leak_and_drop_on_delete(value));
        }
        self.get().ok_or_else(outside_an_aggregate)
    }

    /// The value; `None` where there was no row.
    pub(crate) fn get(&mut self) -> Option<&mut T> {
        // SAFETY: the value was made by `get_or_try_new`, lives as long as the aggregate, which calls one function at a
        // time, and is borrowed with the only state that points to it.
        self.0.map(|mut value| unsafe { value.as_mut() })
    }
}

fn outside_an_aggregate() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        "function called outside an aggregate",
        "State",
    )
}

impl<T> FromDatum for State<T> {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _: pg_sys::Oid,
    ) -> Option<Self> {
        Some(Self(if is_null { None } else { NonNull::new(datum.cast_mut_ptr()) }))
    }
}

// SAFETY: as `FromDatum`, which has a value for NULL too.
unsafe impl<'call, T> ArgAbi<'call> for State<T> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'call>) -> Self {
        // SAFETY: forwarded.
        unsafe { arg.unbox_arg_using_from_datum() }.unwrap_or(Self(None))
    }
}

// SAFETY: the datum is a pointer to a value in the memory context of the aggregate.
unsafe impl<T> BoxRet for State<T> {
    unsafe fn box_into<'call>(self, fcinfo: &mut FcInfo<'call>) -> Datum<'call> {
        match self.0 {
            // SAFETY: as above.
            Some(value) => unsafe { fcinfo.return_raw_datum(value.as_ptr().into()) },
            None => fcinfo.return_null(),
        }
    }
}

// SAFETY: `internal` is the type of pointers that only functions in C understand.
unsafe impl<T> SqlTranslatable for State<T> {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::State";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("internal"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("internal")));
}
