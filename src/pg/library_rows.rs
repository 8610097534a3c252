//! Rows of the view `midi_library` as the result of a call.

use std::marker::PhantomData;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, DatumWithOid};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::spi::{SpiClient, SpiResult};

use super::caller::Caller;
use super::table::Store;

/// What a row is in SQL.
pub(crate) struct LibraryRow;

/// The result of a function `RETURNS SETOF midi_library`. pgrx knows such a function by the name
/// `SetOfIterator` of its result's type, under which this has to be imported.
pub(crate) struct LibraryRows<'call, Row> {
    store: Store,
    rows: PhantomData<(&'call (), Row)>,
}

impl LibraryRows<'static, LibraryRow> {
    /// An empty result of the call in progress.
    ///
    /// # Errors
    /// `ERRCODE_FEATURE_NOT_SUPPORTED` where the query cannot take a set.
    pub(crate) fn new(caller: &Caller<'_>) -> Result<Self, ErrorReport> {
        Ok(Self { store: Store::open(caller, |_| true)?, rows: PhantomData })
    }

    /// Adds the rows of a statement, as [`Store::fill`] does.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn fill(
        &mut self,
        connected: &SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
    ) -> SpiResult<()> {
        self.store.fill(connected, sql, arguments)
    }
}

// SAFETY: the call's result is set; of the returned datum nothing is expected.
unsafe impl<Row> BoxRet for LibraryRows<'_, Row> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        fcinfo.return_null()
    }
}

// SAFETY: the descriptor of the result is that of the function's declared result type.
unsafe impl SqlTranslatable for LibraryRow {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::LibraryRow";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
        Err(ArgumentError::NotValidAsArgument("midi_library"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("midi_library")));
}
