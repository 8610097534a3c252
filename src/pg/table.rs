//! Results of set-returning functions. Rows are written one by one into a tuplestore, which spills to disk
//! beyond `work_mem`: the memory of a function does not grow with its rows, and nothing of it outlives the
//! call.
//!
//! The other protocol, one value per call, would keep the bytes of a file and a position in them between
//! calls, for as long as the query runs. For calls in FROM, which nearly all are, PostgreSQL writes the rows
//! into a tuplestore anyway.

use std::marker::PhantomData;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, DatumWithOid, IntoDatum};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use pgrx::{PgMemoryContexts, PgTupleDesc, pg_sys};

use super::caller::Caller;
use super::memory::ScratchContext;
use super::row::Composite;

const MATERIALIZE: u32 = pg_sys::SetFunctionReturnMode::SFRM_Materialize;
const MATERIALIZE_RANDOM: u32 = pg_sys::SetFunctionReturnMode::SFRM_Materialize_Random;

/// The tuplestore by which the call in progress hands its rows to the query. It exists during the call.
pub(super) struct Store<'call> {
    tuples: *mut pg_sys::Tuplestorestate,
    descriptor: pg_sys::TupleDesc,
    call: PhantomData<&'call ()>,
}

impl<'call> Store<'call> {
    /// An empty tuplestore, whose rows have the columns that the called function is declared to return.
    ///
    /// # Errors
    /// `ERRCODE_FEATURE_NOT_SUPPORTED` if the query cannot take a set, `ERRCODE_DATATYPE_MISMATCH` if
    /// `agrees` says that the columns are those of another version.
    pub(super) fn open(
        caller: &Caller<'call>,
        agrees: impl FnOnce(&PgTupleDesc<'_>) -> bool,
    ) -> Result<Self, ErrorReport> {
        // SAFETY: fcinfo is valid during the call, and so are resultinfo, if it is a ReturnSetInfo, and its
        // econtext. Descriptor and tuplestore are made in the query's memory, as the protocol of materialized
        // sets demands, and are handed over to it at once.
        unsafe {
            let info = caller.info();
            let result = (*info).resultinfo.cast::<pg_sys::ReturnSetInfo>();
            if result.is_null()
                || (*result).type_ != pg_sys::NodeTag::T_ReturnSetInfo
                || (*result).allowedModes as u32 & MATERIALIZE == 0
            {
                return Err(no_set_here());
            }
            let random = (*result).allowedModes as u32 & MATERIALIZE_RANDOM != 0;
            // The look-up allocates in the call's memory. In the query's memory this would stay until the end of
            // a query that calls a million times.
            let mut found = std::ptr::null_mut();
            pg_sys::get_call_result_type(info, std::ptr::null_mut(), &mut found);
            if found.is_null() {
                return Err(another_version());
            }
            let found = PgTupleDesc::from_pg_is_copy(found);
            if !agrees(&found) {
                return Err(another_version());
            }
            let query = PgMemoryContexts::For((*(*result).econtext).ecxt_per_query_memory);
            let (tuples, descriptor) = in_context(query, || {
                let tuples = pg_sys::tuplestore_begin_heap(random, false, pg_sys::work_mem);
                (tuples, pg_sys::CreateTupleDescCopy(found.as_ptr()))
            });
            (*result).returnMode = MATERIALIZE;
            (*result).setResult = tuples;
            (*result).setDesc = descriptor;
            Ok(Self { tuples, descriptor, call: PhantomData })
        }
    }

    /// The rows.
    pub(super) fn tuples(&self) -> *mut pg_sys::Tuplestorestate {
        self.tuples
    }

    /// Their columns.
    pub(super) fn descriptor(&self) -> pg_sys::TupleDesc {
        self.descriptor
    }
}

/// The result of a function `RETURNS TABLE` with the columns of `Row`. pgrx reads the columns from a result
/// type of the name `TableIterator`, so it must be imported under this name.
pub(crate) struct Table<'call, Row> {
    store: Store<'call>,
    /// The memory context in which a row is formed.
    row_context: ScratchContext,
    rows: PhantomData<Row>,
}

impl<'call, Row: Columns> Table<'call, Row> {
    /// An empty result of the call in progress.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub(crate) fn new(caller: &Caller<'call>) -> Result<Self, ErrorReport> {
        let agrees = |descriptor: &PgTupleDesc<'_>| {
            descriptor.iter().map(|attribute| attribute.atttypid).eq(Row::types())
        };
        let store = Store::open(caller, agrees)?;
        Ok(Self { store, row_context: ScratchContext::new(), rows: PhantomData })
    }

    /// Adds a row.
    pub(crate) fn put(&mut self, row: Row) {
        let (store, descriptor) = (self.store.tuples, self.store.descriptor);
        let put = || {
            row.with_datums(|values, nulls| {
                // SAFETY: the tuplestore and the descriptor exist during the call. `new` checked that the
                // descriptor has as many attributes as the row has columns, of the same types. The tuplestore
                // copies the values.
                unsafe {
                    pg_sys::tuplestore_putvalues(
                        store,
                        descriptor,
                        values.as_mut_ptr(),
                        nulls.as_mut_ptr(),
                    );
                }
            });
        };
        // SAFETY: the row is converted and dropped, and the tuplestore has copied it.
        unsafe { self.row_context.run(put) }
    }

    /// Adds the first `most` rows of a statement, as [`Store::fill`] does, and returns how many it had.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn fill(
        &mut self,
        connected: &SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        most: u64,
    ) -> SpiResult<u64> {
        self.store.fill(connected, sql, arguments, most)
    }

    /// Adds all of these rows.
    pub(crate) fn filled(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        rows.into_iter().for_each(|row| self.put(row));
        self
    }
}

/// The result of a function `RETURNS SETOF` a composite type. pgrx recognizes such a function by a result type
/// of the name `SetOfIterator`, so it must be imported under this name.
pub(crate) struct RowSet<'call, Row> {
    store: Store<'call>,
    rows: PhantomData<Row>,
}

impl<'call, T: Composite> RowSet<'call, RowOf<T>> {
    /// An empty result of the call in progress.
    ///
    /// # Errors
    /// `ERRCODE_FEATURE_NOT_SUPPORTED` if the query cannot take a set.
    pub(crate) fn new(caller: &Caller<'call>) -> Result<Self, ErrorReport> {
        Ok(Self { store: Store::open(caller, |_| true)?, rows: PhantomData })
    }

    /// Adds the first `most` rows of a statement, as [`Store::fill`] does, and returns how many it had.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn fill(
        &mut self,
        connected: &SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        most: u64,
    ) -> SpiResult<u64> {
        self.store.fill(connected, sql, arguments, most)
    }
}

/// A row of the composite type of `T`, in the signature of a function that returns a [`RowSet`].
pub(crate) struct RowOf<T>(PhantomData<T>);

/// # Safety
/// The context must exist during `work`.
unsafe fn in_context<R>(mut context: PgMemoryContexts, work: impl FnOnce() -> R) -> R {
    // SAFETY: by the contract of this function.
    unsafe { context.switch_to(|_| work()) }
}

fn no_set_here() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        "set-valued function called in context that cannot accept a set",
        "Table::new",
    )
}

/// The error for a query whose columns are not those that this library knows.
pub(super) fn another_version() -> ErrorReport {
    ErrorReport::new(
        PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
        "the function's columns do not match the loaded midi_pipeline library",
        "Table::new",
    )
    .set_hint("Run ALTER EXTENSION midi_pipeline UPDATE, then reconnect.")
}

/// A tuple of values, each a column.
pub(crate) trait Columns {
    /// The types of the columns.
    fn types() -> Vec<pg_sys::Oid>;

    /// Passes the values, palloc'd in the current memory context, and which of them are NULL.
    fn with_datums(self, take: impl FnOnce(&mut [pg_sys::Datum], &mut [bool]));
}

macro_rules! columns {
    ($($column:ident)*) => {
        impl<$($column: IntoDatum),*> Columns for ($($column,)*) {
            fn types() -> Vec<pg_sys::Oid> {
                vec![$($column::type_oid()),*]
            }

            #[allow(non_snake_case)]
            fn with_datums(self, take: impl FnOnce(&mut [pg_sys::Datum], &mut [bool])) {
                let ($($column,)*) = self;
                let datums = [$($column.into_datum()),*];
                let mut nulls = datums.map(|datum| datum.is_none());
                let mut values = datums.map(|datum| datum.unwrap_or(pg_sys::Datum::null()));
                take(&mut values, &mut nulls);
            }
        }
    };
}

columns! { A B }
columns! { A B C }
columns! { A B C D }
columns! { A B C D E }
columns! { A B C D E F }
columns! { A B C D E F G }
columns! { A B C D E F G H }
columns! { A B C D E F G H I J K L }
columns! { A B C D E F G H I J K L M N O P }

// SAFETY: `new` has set the call's result. In this protocol the returned datum is not part of it.
unsafe impl<Row> BoxRet for Table<'_, Row> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        fcinfo.return_null()
    }
}

// SAFETY: as above.
unsafe impl<Row> BoxRet for RowSet<'_, Row> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        fcinfo.return_null()
    }
}

// SAFETY: pgrx takes the columns from the signature. The type itself has no name in SQL.
unsafe impl<Row> SqlTranslatable for Table<'_, Row> {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::Table";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Err(ArgumentError::Table);
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> = Err(ReturnsError::Datum);
}

// SAFETY: the descriptor of the result is that of the called function's declared result type.
unsafe impl<T: Composite> SqlTranslatable for RowOf<T> {
    const TYPE_IDENT: &'static str = T::NAME;
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
        Err(ArgumentError::NotValidAsArgument(T::NAME));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal(T::NAME)));
}
