//! Rows of the view `midi_library`, on their way from a statement to the caller.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pg_sys;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::spi::SpiTupleTable;

use super::interrupts;

/// A row, which lives in the memory context in which SPI was connected.
pub(crate) struct LibraryRow(pg_sys::Datum);

impl LibraryRow {
    /// The whole rows in the first column of the statement just executed, whose memory is freed.
    pub(crate) fn take(_executed: SpiTupleTable<'_>) -> Vec<Self> {
        // SAFETY: the table of the last statement is the one given; SPI is connected, and its rows
        // have a first column, which is a row of a relation and so a varlena, or NULL.
        unsafe {
            let table = pg_sys::SPI_tuptable;
            let tuples = std::slice::from_raw_parts((*table).vals, pg_sys::SPI_processed as usize);
            let rows = tuples.iter().filter_map(|&tuple| {
                interrupts::check();
                let mut is_null = false;
                let row = pg_sys::SPI_getbinval(tuple, (*table).tupdesc, 1, &mut is_null);
                (!is_null).then(|| Self(pg_sys::SPI_datumTransfer(row, false, -1)))
            });
            let rows = rows.collect();
            pg_sys::SPI_freetuptable(table);
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            rows
        }
    }
}

// SAFETY: the datum is a row of the view that the function is declared to return.
unsafe impl BoxRet for LibraryRow {
    unsafe fn box_into<'call>(self, fcinfo: &mut FcInfo<'call>) -> Datum<'call> {
        // SAFETY: the datum lives as long as the rows of the call do.
        unsafe { fcinfo.return_raw_datum(self.0) }
    }
}

// SAFETY: see `BoxRet`.
unsafe impl SqlTranslatable for LibraryRow {
    const TYPE_IDENT: &'static str = "midi_pipeline::pg::LibraryRow";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
        Err(ArgumentError::NotValidAsArgument("midi_library"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("midi_library")));
}
