//! Rows of the view `midi_library`, from a statement straight into the result of a call: however many
//! there are, no more of them is in memory than `work_mem` says.

use std::ffi::{CString, c_int};
use std::marker::PhantomData;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::{Datum, DatumWithOid};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use pgrx::{PgTupleDesc, pg_sys};

use super::caller::Caller;
use super::table::{Store, another_version};

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

    /// Adds the rows of a statement that reads, and sees what the query that calls sees.
    ///
    /// Raises `ERRCODE_DATATYPE_MISMATCH` where its rows are not those of the view.
    ///
    /// # Errors
    /// Those of SPI.
    pub(crate) fn fill(
        &mut self,
        _connected: &SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
    ) -> SpiResult<()> {
        let sql = CString::new(sql).expect("a statement of this library has no NUL");
        let mut receiver = Receiver::into(&self.store);
        // SAFETY: SPI is connected, since there is a client. The text, the receiver, and the parameters,
        // which are palloc'd in the context that is current, live through the call.
        let status = unsafe {
            let mut options = pg_sys::SPIExecuteOptions {
                params: parameters(arguments),
                read_only: true,
                must_return_tuples: true,
                dest: (&raw mut receiver).cast(),
                ..Default::default()
            };
            pg_sys::SPI_execute_extended(sql.as_ptr(), &raw mut options)
        };
        Spi::check_status(status).map(drop)
    }
}

/// The values of a statement's parameters, for it to be planned with.
fn parameters(arguments: &[DatumWithOid<'_>]) -> pg_sys::ParamListInfo {
    // SAFETY: the list has room for as many as it was made for.
    unsafe {
        let list = pg_sys::makeParamList(arguments.len() as c_int);
        let places = (*list).params.as_mut_slice(arguments.len());
        for (place, argument) in places.iter_mut().zip(arguments) {
            let datum = argument.datum();
            *place = pg_sys::ParamExternData {
                isnull: datum.is_none(),
                value: datum.map_or(pg_sys::Datum::null(), Datum::sans_lifetime),
                pflags: pg_sys::PARAM_FLAG_CONST as u16,
                ptype: argument.oid(),
            };
        }
        list
    }
}

/// Where PostgreSQL sends the rows of a statement. It finds what it knows of at the beginning.
#[repr(C)]
struct Receiver {
    known: pg_sys::DestReceiver,
    tuples: *mut pg_sys::Tuplestorestate,
    expected: pg_sys::TupleDesc,
}

impl Receiver {
    fn into(store: &Store) -> Self {
        Self {
            known: pg_sys::DestReceiver {
                receiveSlot: Some(take),
                rStartup: Some(begin),
                rShutdown: Some(end),
                rDestroy: Some(end),
                mydest: pg_sys::CommandDest::DestTuplestore,
            },
            tuples: store.tuples(),
            expected: store.descriptor(),
        }
    }
}

/// The view may have been replaced by one of other columns since the call's result was looked up.
#[pg_guard]
unsafe extern "C-unwind" fn begin(
    receiver: *mut pg_sys::DestReceiver,
    _operation: c_int,
    found: pg_sys::TupleDesc,
) {
    // SAFETY: PostgreSQL passes the receiver that it was given, and a valid descriptor.
    let agrees = unsafe {
        let expected = (*receiver.cast::<Receiver>()).expected;
        let [found, expected] = [found, expected].map(|columns| PgTupleDesc::from_pg_copy(columns));
        let types = |columns: &PgTupleDesc<'_>| {
            columns.iter().map(|attribute| attribute.atttypid).collect::<Vec<_>>()
        };
        types(&found) == types(&expected)
    };
    if !agrees {
        another_version().report(PgLogLevel::ERROR);
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn take(
    slot: *mut pg_sys::TupleTableSlot,
    receiver: *mut pg_sys::DestReceiver,
) -> bool {
    // SAFETY: PostgreSQL passes a row, which the store copies, and the receiver that it was given.
    unsafe { pg_sys::tuplestore_puttupleslot((*receiver.cast::<Receiver>()).tuples, slot) };
    true
}

/// There is nothing to free.
unsafe extern "C-unwind" fn end(_receiver: *mut pg_sys::DestReceiver) {}

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
