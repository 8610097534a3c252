//! The routines that PostgreSQL calls.

use std::ffi::{c_int, c_void};
use std::ptr::NonNull;

use pgrx::array::RawArray;
use pgrx::pg_sys::{self, Datum, Relation};
use pgrx::prelude::*;
use pgrx::{PgMemoryContexts, pg_guard};

use super::build::Build;
use super::scan::Query;
use super::store::Store;
use super::{cost, merge, pending, vacuum};
use crate::pg::index_pages::{Row, Strategy, guarded};

/// Rows of a scan that are handed over at once.
const ROWS: usize = 1_024;

/// Reads an array that PostgreSQL has, `integer[]`: its elements that are not NULL, and whether others are.
///
/// # Safety
/// The datum must be a valid `integer[]`.
unsafe fn with_elements<T>(datum: Datum, read: impl FnOnce(&[i32], bool) -> T) -> Option<T> {
    let stored = datum.cast_mut_ptr::<pg_sys::varlena>();
    // SAFETY: by the contract. Elements that are NULL take no place among the others. What had to be decompressed is a copy,
    // which is freed; so the memory of a call that reads millions of arrays does not grow.
    unsafe {
        let array = pg_sys::pg_detoast_datum(stored);
        let mut raw = RawArray::from_ptr(NonNull::new(array.cast())?);
        if raw.oid() != pg_sys::INT4OID {
            return None;
        }
        let nulls = raw.nulls_bitslice().map_or(0, |bits| bits.as_ref().count_zeros());
        let known = raw.len() - nulls;
        let elements = match known {
            0 => &[],
            _ => std::slice::from_raw_parts(raw.data::<i32>().cast::<i32>().as_ptr(), known),
        };
        let found = read(elements, nulls > 0);
        if array != stored {
            pg_sys::pfree(array.cast());
        }
        Some(found)
    }
}

/// Gives the elements of a row of the index to `take`; nothing of NULL.
///
/// # Safety
/// The values must be those of a row of an index with one column, of the type `integer[]`.
unsafe fn with_row<T>(
    values: *const Datum,
    nulls: *const bool,
    take: impl FnOnce(&[i32]) -> T,
) -> Option<T> {
    // SAFETY: by the contract, there is one value, which is valid unless it is NULL.
    unsafe { if *nulls { None } else { with_elements(*values, |elements, _| take(elements)) } }
}

/// `ambuild`: makes the index of a table.
///
/// # Safety
/// Called by PostgreSQL, as all the following.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn build(
    table: Relation,
    relation: Relation,
    info: *mut pg_sys::IndexInfo,
) -> *mut pg_sys::IndexBuildResult {
    // SAFETY: PostgreSQL has opened both, and `state` lives until the scan of the table ends.
    unsafe {
        let store = Store::new(relation);
        store.make_empty(pg_sys::ForkNumber::MAIN_FORKNUM);
        let mut state = Build::new(store);
        let scan = (*(*table).rd_tableam).index_build_range_scan;
        let rows = scan.map_or(0.0, |scan| {
            let state = (&raw mut state).cast();
            let all = pg_sys::InvalidBlockNumber;
            let no_scan = std::ptr::null_mut();
            guarded(|| {
                scan(table, relation, info, true, false, true, 0, all, Some(add), state, no_scan)
            })
        });
        let mut result = PgBox::<pg_sys::IndexBuildResult>::alloc0();
        result.heap_tuples = rows;
        result.index_tuples = state.finish() as f64;
        result.into_pg()
    }
}

/// Adds a row of the table to an index that is built.
#[pg_guard]
unsafe extern "C-unwind" fn add(
    _relation: Relation,
    tid: pg_sys::ItemPointer,
    values: *mut Datum,
    nulls: *mut bool,
    _is_alive: bool,
    state: *mut c_void,
) {
    // SAFETY: the state is that of `build`.
    unsafe {
        let (build, row) = (&mut *state.cast::<Build>(), Row::of(tid));
        with_row(values, nulls, |elements| build.add(row, elements));
    }
}

/// `ambuildempty`: makes an unlogged index as it is after a crash.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn build_empty(relation: Relation) {
    let fork = pg_sys::ForkNumber::INIT_FORKNUM;
    // SAFETY: PostgreSQL has opened it. Its changes are not logged, but this fork has to be.
    unsafe {
        Store::new(relation).make_empty(fork);
        pg_sys::log_newpage_range(relation, fork, 0, 1, true);
    }
}

/// `aminsert`.
#[cfg(not(feature = "pg13"))]
#[allow(clippy::too_many_arguments)]
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn insert(
    relation: Relation,
    values: *mut Datum,
    nulls: *mut bool,
    tid: pg_sys::ItemPointer,
    _table: Relation,
    _unique: pg_sys::IndexUniqueCheck::Type,
    _is_unchanged: bool,
    _info: *mut pg_sys::IndexInfo,
) -> bool {
    // SAFETY: PostgreSQL passes a row of the index.
    unsafe { insert_row(relation, values, nulls, tid) }
}

/// `aminsert`.
#[cfg(feature = "pg13")]
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn insert(
    relation: Relation,
    values: *mut Datum,
    nulls: *mut bool,
    tid: pg_sys::ItemPointer,
    _table: Relation,
    _unique: pg_sys::IndexUniqueCheck::Type,
    _info: *mut pg_sys::IndexInfo,
) -> bool {
    // SAFETY: PostgreSQL passes a row of the index.
    unsafe { insert_row(relation, values, nulls, tid) }
}

/// # Safety
/// That of [`with_row`], and the relation must be the index.
unsafe fn insert_row(
    relation: Relation,
    values: *const Datum,
    nulls: *const bool,
    tid: pg_sys::ItemPointer,
) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let (store, row) = (Store::new(relation), Row::of(tid));
        let is_time = with_row(values, nulls, |elements| pending::insert(store, row, elements));
        if is_time == Some(true) {
            merge::tidy(store);
        }
    }
    // Whether it is unique, which no index of this kind is.
    false
}

/// `ambulkdelete`.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn bulk_delete(
    info: *mut pg_sys::IndexVacuumInfo,
    stats: *mut pg_sys::IndexBulkDeleteResult,
    callback: pg_sys::IndexBulkDeleteCallback,
    state: *mut c_void,
) -> *mut pg_sys::IndexBulkDeleteResult {
    // SAFETY: PostgreSQL has opened the index; the callback reads the row's place.
    unsafe {
        let strategy = Strategy::of_vacuum((*info).strategy);
        let counts = vacuum::remove(Store::new((*info).index), &strategy, |row| {
            let mut tid = row.item_pointer();
            callback.is_some_and(|is_dead| guarded(|| is_dead(&raw mut tid, state)))
        });
        // A vacuum that removes more rows than fit in its memory calls several times.
        let result = match stats.as_mut() {
            Some(earlier) => earlier,
            None => &mut *PgBox::<pg_sys::IndexBulkDeleteResult>::alloc0().into_pg(),
        };
        result.num_pages = counts.pages;
        result.num_index_tuples = counts.kept as f64;
        result.tuples_removed += counts.removed as f64;
        result
    }
}

/// `amvacuumcleanup`: after a vacuum that removed nothing, the statistics stay as they are.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn vacuum_cleanup(
    _info: *mut pg_sys::IndexVacuumInfo,
    stats: *mut pg_sys::IndexBulkDeleteResult,
) -> *mut pg_sys::IndexBulkDeleteResult {
    stats
}

/// `amcostestimate`.
#[allow(clippy::too_many_arguments)]
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn estimate_cost(
    _root: *mut pg_sys::PlannerInfo,
    path: *mut pg_sys::IndexPath,
    _loop_count: f64,
    startup_cost: *mut pg_sys::Cost,
    total_cost: *mut pg_sys::Cost,
    selectivity: *mut pg_sys::Selectivity,
    correlation: *mut f64,
    pages: *mut f64,
) {
    // SAFETY: PostgreSQL passes a path of this index, and where to write.
    unsafe {
        let index = (*path).indexinfo;
        let cost = cost::of_scan(f64::from((*index).pages));
        (*startup_cost, *total_cost) = (0.0, cost.total);
        (*selectivity, *correlation) = (cost.selectivity, 0.0);
        *pages = f64::from((*index).pages);
    }
}

/// `amoptions`: there are none.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn options(
    _options: Datum,
    _validate: bool,
) -> *mut pg_sys::bytea {
    std::ptr::null_mut()
}

/// `amvalidate`: an operator class needs no function.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn validate(_class: pg_sys::Oid) -> bool {
    true
}

/// `ambeginscan`.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn begin_scan(
    relation: Relation,
    keys: c_int,
    orders: c_int,
) -> pg_sys::IndexScanDesc {
    // SAFETY: PostgreSQL has opened the index. What is looked for is dropped with the memory of the query.
    unsafe {
        let description = pg_sys::RelationGetIndexScan(relation, keys, orders);
        let queries = Vec::<Query>::new();
        let queries = PgMemoryContexts::CurrentMemoryContext.leak_and_drop_on_delete(queries);
        (*description).opaque = queries.cast();
        description
    }
}

/// `amrescan`: begins anew, with other conditions, all of which a row has to meet.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn rescan(
    description: pg_sys::IndexScanDesc,
    keys: pg_sys::ScanKey,
    key_count: c_int,
    _orders: pg_sys::ScanKey,
    _order_count: c_int,
) {
    // SAFETY: PostgreSQL passes as many keys as it has announced.
    unsafe {
        let kept = (*description).keyData;
        if !keys.is_null() && key_count > 0 {
            std::ptr::copy(keys, kept, key_count as usize);
        }
        let queries = &mut *(*description).opaque.cast::<Vec<Query>>();
        queries.clear();
        for number in 0..(*description).numberOfKeys as usize {
            let key = &*kept.add(number);
            let query = if key.sk_flags & pg_sys::SK_ISNULL as i32 != 0 {
                None
            } else {
                with_elements(key.sk_argument, |elements, has_null| {
                    Query::of(key.sk_strategy, elements, has_null)
                })
            };
            queries.push(query.unwrap_or(Query::Nothing));
        }
    }
}

/// `amgetbitmap`: all rows at once.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn get_bitmap(
    description: pg_sys::IndexScanDesc,
    bitmap: *mut pg_sys::TIDBitmap,
) -> i64 {
    // SAFETY: the description is that of `begin_scan`.
    unsafe {
        let queries = &*(*description).opaque.cast::<Vec<Query>>();
        let store = Store::new((*description).indexRelation);
        let (mut count, mut rows) = (0, Vec::with_capacity(ROWS));
        // The executor looks at every row again, as several conditions and many rows need.
        let mut add = |rows: &mut Vec<pg_sys::ItemPointerData>| {
            pg_sys::tbm_add_tuples(bitmap, rows.as_mut_ptr(), rows.len() as c_int, true);
            count += rows.len() as i64;
            rows.clear();
        };
        // One condition is enough to find them: that which is met by the fewest rows, as far as is known.
        if let Some(query) = queries.iter().min_by_key(|query| query.breadth()) {
            query.run(store, |row| {
                rows.push(row.item_pointer());
                if rows.len() == ROWS {
                    add(&mut rows);
                }
            });
        }
        add(&mut rows);
        count
    }
}

/// `amendscan`.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn end_scan(description: pg_sys::IndexScanDesc) {
    // SAFETY: the description is that of `begin_scan`. What is left is dropped with the memory of the query.
    unsafe { *(*description).opaque.cast::<Vec<Query>>() = Vec::new() }
}
