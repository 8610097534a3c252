//! Reading the rows of a statement without keeping their memory.

use pgrx::pg_sys;
use pgrx::spi::{SpiHeapTupleData, SpiResult, SpiTupleTable};

/// A row of a statement's result.
pub(crate) type Row<'conn> = SpiHeapTupleData<'conn>;

/// Applies `read` to every row of the statement just executed, then frees the rows.
///
/// # Errors
/// Those of `read`.
pub(crate) fn read_rows<'conn, T>(
    table: SpiTupleTable<'conn>,
    mut read: impl FnMut(&SpiHeapTupleData<'conn>) -> SpiResult<T>,
) -> SpiResult<Vec<T>> {
    let rows = table.into_iter().map(|row| read(&row)).collect();
    // SAFETY: the table of the last statement is the one that was consumed above; freeing a null
    // pointer is allowed.
    unsafe {
        pg_sys::SPI_freetuptable(pg_sys::SPI_tuptable);
        pg_sys::SPI_tuptable = std::ptr::null_mut();
    }
    rows
}
