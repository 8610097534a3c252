//! Statements, and their rows, which are read without keeping their memory.

use std::ffi::c_long;

use pgrx::datum::{DatumWithOid, FromDatum, IntoDatum, JsonB, TimestampWithTimeZone};
use pgrx::pg_sys;
use pgrx::spi::{
    PreparedStatement, SpiClient, SpiCursor, SpiHeapTupleData, SpiResult, SpiTupleTable,
};

use super::memory::{RowContext, ScratchContext};
use super::{guc, interrupts, transaction};

/// A row of a statement's result. Its memory is freed once it has been read, so its values are copied or
/// borrowed from it.
pub(crate) struct Row<'conn>(SpiHeapTupleData<'conn>);

impl Row<'_> {
    /// The value of a column, counted from 1; `None` for NULL.
    ///
    /// # Errors
    /// If there is no such column, or its type is another.
    pub(crate) fn get<T: Owned>(&self, column: usize) -> SpiResult<Option<T>> {
        self.0.get(column)
    }

    /// The value of a `bytea` column, counted from 1; `None` for NULL.
    ///
    /// # Errors
    /// If there is no such column, or its type is another.
    pub(crate) fn bytes(&self, column: usize) -> SpiResult<Option<&[u8]>> {
        self.0.get(column)
    }

    /// The value of a `text` column, counted from 1; `None` for NULL.
    ///
    /// # Errors
    /// If there is no such column, or its type is another.
    pub(crate) fn text(&self, column: usize) -> SpiResult<Option<&str>> {
        self.0.get(column)
    }
}

/// A type whose values can be read from a row.
///
/// # Safety
/// What `FromDatum` returns must own its memory: it must not refer to PostgreSQL's.
pub(crate) unsafe trait Owned: IntoDatum + FromDatum {}

macro_rules! owned {
    ($($type:ty),*) => {
        $(
            // SAFETY: the type is a number, or holds Rust's own memory, into which pgrx copies the value.
            unsafe impl Owned for $type {}
        )*
    };
}

owned! {
    bool, i32, i64, f32, f64, String, JsonB, TimestampWithTimeZone, pg_sys::Oid, pg_sys::TransactionId
}

// SAFETY: a vector owns its elements, which own their memory.
unsafe impl<T: Owned> Owned for Vec<T> where Vec<T>: IntoDatum + FromDatum {}

// SAFETY: as above.
unsafe impl<T: Owned> Owned for Vec<Option<T>> where Vec<Option<T>>: IntoDatum + FromDatum {}

/// Runs a statement that only reads, and applies `read` to its rows.
///
/// # Errors
/// Those of SPI and of `read`, here and below.
pub(crate) fn select<T: Send>(
    client: &SpiClient<'_>,
    sql: &str,
    limit: Option<c_long>,
    arguments: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> SpiResult<T> + Send,
) -> SpiResult<Vec<T>> {
    let table = client.select(sql, limit, arguments)?;
    // SAFETY: no other statement was run since.
    unsafe { read_rows(table, read) }
}

/// Runs a statement that may write, and applies `read` to its rows.
pub(crate) fn update<T: Send>(
    client: &mut SpiClient<'_>,
    sql: &str,
    limit: Option<c_long>,
    arguments: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> SpiResult<T> + Send,
) -> SpiResult<Vec<T>> {
    let table = client.update(sql, limit, arguments)?;
    // SAFETY: no other statement was run since.
    unsafe { read_rows(table, read) }
}

/// Runs a statement that may write and that sees what is committed by now, and applies `read` to its
/// rows. On a standby, where nothing can be written, it runs as a statement that only reads, because pgrx
/// assigns a transaction ID to one that may write.
pub(crate) fn update_latest<T: Send>(
    client: &mut SpiClient<'_>,
    sql: &str,
    limit: Option<c_long>,
    arguments: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> SpiResult<T> + Send,
) -> SpiResult<Vec<T>> {
    if transaction::in_recovery() {
        return transaction::with_latest_snapshot(|| select(client, sql, limit, arguments, read));
    }
    update(client, sql, limit, arguments, read)
}

/// Prepares a statement whose parameters are of these types, which lives as long as the connection.
///
/// # Errors
/// Those of SPI.
pub(crate) fn prepare<'conn>(
    client: &SpiClient<'conn>,
    sql: &str,
    types: &[pg_sys::Oid],
) -> SpiResult<PreparedStatement<'conn>> {
    let types: Vec<_> = types.iter().copied().map(pg_sys::PgOid::from).collect();
    client.prepare_mut(sql, &types)
}

/// An argument of a prepared statement. It becomes a value of PostgreSQL's while the statement is executed, in
/// memory that is freed afterwards.
pub(crate) struct Argument<'a>(Box<dyn FnOnce() -> DatumWithOid<'static> + 'a>);

impl<'a> Argument<'a> {
    /// An argument that `make` makes.
    ///
    /// # Safety
    /// `make` must keep nothing that refers to memory which it allocates.
    pub(super) unsafe fn new(make: impl FnOnce() -> DatumWithOid<'static> + 'a) -> Self {
        Self(Box::new(make))
    }
}

impl<'a, T: IntoDatum + 'a> From<T> for Argument<'a> {
    fn from(value: T) -> Self {
        // SAFETY: a conversion keeps nothing: it gets the value, and returns the datum.
        unsafe { Self::new(|| value.into()) }
    }
}

/// Executes a prepared statement, and applies `read` to its rows. What the arguments and the statement
/// allocate is freed with the call; SPI by itself would keep it until the connection ends, and a direct import
/// has one connection for all of its batches.
///
/// The statement is planned for each execution. A plan that is kept after the first few batches of a
/// transaction was made for tables that were nearly empty, and would scan them sequentially for every
/// batch: within the transaction the planner does not learn that they have grown.
pub(crate) fn execute<'conn, T: Send, const N: usize>(
    client: &mut SpiClient<'conn>,
    statement: &PreparedStatement<'conn>,
    arguments: [Argument<'_>; N],
    read: impl FnMut(&Row<'_>) -> SpiResult<T> + Send,
) -> SpiResult<Vec<T>> {
    let execute = || {
        let arguments = arguments.map(|argument| (argument.0)());
        let table = guc::with_settings(|settings| {
            settings.set(c"plan_cache_mode", c"force_custom_plan");
            client.update(statement, None, &arguments)
        })?;
        // SAFETY: no other statement was run since.
        unsafe { read_rows(table, read) }
    };
    // SAFETY: the arguments are dropped in `execute`, and keep nothing. The rows are freed, and `read` is bound
    // as `read_rows` explains.
    unsafe { ScratchContext::new().run(execute) }
}

/// Fetches up to `count` rows from a cursor, and applies `read` to them.
pub(crate) fn fetch<T: Send>(
    cursor: &mut SpiCursor<'_>,
    count: c_long,
    read: impl FnMut(&Row<'_>) -> SpiResult<T> + Send,
) -> SpiResult<Vec<T>> {
    keeping_context(|| {
        let table = cursor.fetch(count)?;
        // SAFETY: no other statement was run since.
        unsafe { read_rows(table, read) }
    })
}

/// Rows of [`for_each`] that are in memory at a time.
const PAGE: usize = 10_000;

/// Executes a prepared statement, and passes its rows to `read` page by page, so that the memory does not grow
/// with their number.
pub(crate) fn for_each<'conn, const N: usize>(
    client: &mut SpiClient<'conn>,
    statement: &PreparedStatement<'conn>,
    arguments: [Argument<'_>; N],
    mut read: impl FnMut(&Row<'_>) -> SpiResult<()> + Send,
) -> SpiResult<()> {
    let open = || {
        let arguments = arguments.map(|argument| (argument.0)());
        client.try_open_cursor_mut(statement, &arguments)
    };
    // SAFETY: the arguments are dropped in `open`, and keep nothing. The cursor has memory of its own, into which
    // it copies the arguments.
    let mut cursor = unsafe { ScratchContext::new().run(open) }?;
    while fetch(&mut cursor, PAGE as c_long, &mut read)?.len() == PAGE {}
    Ok(())
}

/// Runs `work`, after which the current memory context is the one from before.
fn keeping_context<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: reads a pointer that PostgreSQL always sets.
    let context = unsafe { pg_sys::CurrentMemoryContext };
    let result = work();
    // SAFETY: the caller runs in this context, so it outlives the call.
    unsafe { pg_sys::MemoryContextSwitchTo(context) };
    result
}

/// Applies `read` to every row, then frees the rows.
///
/// # Safety
/// `table` must be the result of the statement that was executed last.
unsafe fn read_rows<T: Send>(
    table: SpiTupleTable<'_>,
    mut read: impl FnMut(&Row<'_>) -> SpiResult<T> + Send,
) -> SpiResult<Vec<T>> {
    // SAFETY: SPI sets it for each statement, to null if there are no rows.
    let rows_of_table = unsafe { pg_sys::SPI_tuptable };
    let mut context = RowContext::new();
    let rows = table.into_iter().map(|row| {
        interrupts::check();
        let row = Row(row);
        // SAFETY: `read` gets values that own their memory and slices that cannot outlive `row`. What it
        // returns and what it captures is `Send`, which neither a datum nor a pgrx type with a pointer to one
        // is.
        unsafe { context.run(|| read(&row)) }
    });
    let rows = rows.collect();
    // SAFETY: by the contract, these are the rows of `table`, which is consumed. `read` may have run other
    // statements, so this is not necessarily what SPI points to now. Freeing null is allowed.
    unsafe {
        pg_sys::SPI_freetuptable(rows_of_table);
        if std::ptr::eq(pg_sys::SPI_tuptable, rows_of_table) {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
        }
    }
    rows
}
