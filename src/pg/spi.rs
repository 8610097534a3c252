//! Running statements, and reading their rows, without keeping their memory.

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys;
use pgrx::spi::{PreparedStatement, SpiClient, SpiHeapTupleData, SpiResult, SpiTupleTable};

use super::memory::RowContext;
use super::{guc, interrupts, transaction};

/// A row of a statement's result.
pub(crate) type Row<'conn> = SpiHeapTupleData<'conn>;

/// Executes a prepared statement. SPI would leave its own memory context as the current one, which
/// lives as long as the connection; here the caller's stays, so that what a batch allocates after a
/// statement is freed with the batch.
///
/// It is planned anew each time. A plan that is kept after the first few batches of a transaction is
/// one for tables that were nearly empty: it goes through them from end to end, at every batch, and
/// nothing tells the planner that they have grown.
///
/// # Errors
/// Those of SPI.
pub(crate) fn execute<'conn>(
    client: &mut SpiClient<'conn>,
    statement: &PreparedStatement<'conn>,
    arguments: &[DatumWithOid<'_>],
) -> SpiResult<SpiTupleTable<'conn>> {
    // SAFETY: reading a pointer that PostgreSQL always sets, on the main thread.
    let context = unsafe { pg_sys::CurrentMemoryContext };
    let table = guc::with_settings(|settings| {
        settings.set(c"plan_cache_mode", c"force_custom_plan");
        client.update(statement, None, arguments)
    });
    // SAFETY: the caller runs in this context, so it outlives the call.
    unsafe { pg_sys::MemoryContextSwitchTo(context) };
    table
}

/// Runs a statement that may write, and sees what is committed by now. A standby, where nothing can
/// write, has it read; pgrx would ask for a transaction number there all the same.
///
/// # Errors
/// Those of SPI.
pub(crate) fn run<'conn>(
    client: &mut SpiClient<'conn>,
    sql: &str,
    limit: Option<std::ffi::c_long>,
    arguments: &[DatumWithOid<'_>],
) -> SpiResult<SpiTupleTable<'conn>> {
    if transaction::in_recovery() {
        return transaction::seeing_what_is(|| client.select(sql, limit, arguments));
    }
    client.update(sql, limit, arguments)
}

/// Applies `read` to every row of the statement just executed, then frees the rows. What it makes of a
/// row must own its memory.
///
/// # Errors
/// Those of `read`.
pub(crate) fn read_rows<'conn, T>(
    table: SpiTupleTable<'conn>,
    mut read: impl FnMut(&SpiHeapTupleData<'conn>) -> SpiResult<T>,
) -> SpiResult<Vec<T>> {
    let mut context = RowContext::new();
    let rows = table.into_iter().map(|row| {
        interrupts::check();
        context.run(|| read(&row))
    });
    let rows = rows.collect();
    // SAFETY: the table of the last statement is the one that was consumed above; freeing a null
    // pointer is allowed.
    unsafe {
        pg_sys::SPI_freetuptable(pg_sys::SPI_tuptable);
        pg_sys::SPI_tuptable = std::ptr::null_mut();
    }
    rows
}
