//! The rows of a statement, sent directly to the result of a call. No more of them is in memory than `work_mem`
//! allows.

use std::ffi::{CString, c_int};

use pgrx::datum::{Datum, DatumWithOid};
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};
use pgrx::{PgTupleDesc, pg_sys};

use super::table::{Store, another_version};

impl Store<'_> {
    /// Adds the rows of a statement that only reads, with the snapshot of the calling query; the first `most` of them. Returns
    /// how many it had.
    ///
    /// Raises `ERRCODE_DATATYPE_MISMATCH` if the columns are not those of the call's result.
    ///
    /// # Errors
    /// Those of SPI.
    pub(super) fn fill(
        &mut self,
        _connected: &SpiClient<'_>,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        most: u64,
    ) -> SpiResult<u64> {
        let sql = CString::new(sql).expect("a statement of this library has no NUL");
        let mut receiver = Receiver::into(self, most);
        // SAFETY: SPI is connected, because there is a client. The text, the receiver and the parameters, which
        // are palloc'd in the current context, live through the call.
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
        Spi::check_status(status)?;
        Ok(receiver.seen)
    }
}

/// The values of a statement's parameters, which it is planned with. Null where there are none: as SPI itself has it, and as
/// extensions that plan statements expect.
fn parameters(arguments: &[DatumWithOid<'_>]) -> pg_sys::ParamListInfo {
    if arguments.is_empty() {
        return std::ptr::null_mut();
    }
    // SAFETY: the list has room for as many parameters as it was made for.
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

/// The destination to which PostgreSQL sends the rows of a statement. It begins with the fields that
/// PostgreSQL knows.
#[repr(C)]
struct Receiver {
    known: pg_sys::DestReceiver,
    tuples: *mut pg_sys::Tuplestorestate,
    expected: pg_sys::TupleDesc,
    /// The rows to add at most, and those that were sent.
    most: u64,
    seen: u64,
}

impl Receiver {
    fn into(store: &Store<'_>, most: u64) -> Self {
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
            most,
            seen: 0,
        }
    }
}

/// Compares the columns. A view that the statement reads may have been replaced by one with other columns after
/// the call's result was looked up.
#[pg_guard]
unsafe extern "C-unwind" fn begin(
    receiver: *mut pg_sys::DestReceiver,
    _operation: c_int,
    found: pg_sys::TupleDesc,
) {
    // SAFETY: PostgreSQL passes the receiver that it got, and a valid descriptor.
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
    // SAFETY: PostgreSQL passes the receiver that it got, which nothing else uses during the call.
    let receiver = unsafe { &mut *receiver.cast::<Receiver>() };
    receiver.seen += 1;
    if receiver.seen <= receiver.most {
        // SAFETY: PostgreSQL passes a row, which the tuplestore copies.
        unsafe { pg_sys::tuplestore_puttupleslot(receiver.tuples, slot) };
    }
    true
}

/// Nothing has to be freed.
unsafe extern "C-unwind" fn end(_receiver: *mut pg_sys::DestReceiver) {}
