//! The routines that PostgreSQL calls.

use std::ffi::{c_int, c_void};
use std::ptr::NonNull;

use pgrx::array::RawArray;
use pgrx::pg_sys::{self, Datum, Relation};
use pgrx::prelude::*;
use pgrx::{PgMemoryContexts, pg_guard};

use super::build::Build;
use super::page::{self, Entry};
use super::scan::Scan;
use super::store::Index;
use super::vector::{Coded, LENGTH, Query};
use super::{cost, vacuum};
use crate::pg::index_pages::{Row, Strategy, guarded};

/// Reads a vector that PostgreSQL has as an array, `real[]`; `None` of an array with NULL or of another length.
///
/// # Safety
/// The datum must be a valid `real[]`.
unsafe fn vector<T>(datum: Datum, read: impl FnOnce(&[f32; LENGTH]) -> Option<T>) -> Option<T> {
    let stored = datum.cast_mut_ptr::<pg_sys::varlena>();
    // SAFETY: by the contract. What had to be decompressed is a copy, which is freed; so the memory of a call that reads
    // millions of vectors does not grow.
    unsafe {
        let array = pg_sys::pg_detoast_datum(stored);
        let mut raw = RawArray::from_ptr(NonNull::new(array.cast())?);
        let is_plain = raw.oid() == pg_sys::FLOAT4OID && raw.nulls().is_none();
        let found = (is_plain && raw.len() == LENGTH)
            .then(|| raw.data::<f32>().as_ref().first_chunk().and_then(read))
            .flatten();
        if array != stored {
            pg_sys::pfree(array.cast());
        }
        found
    }
}

/// The entry of a row; `None` if its value is NULL or no vector.
///
/// # Safety
/// The values must be those of a row of an index with one column, of the type `real[]`.
unsafe fn entry(
    tid: pg_sys::ItemPointer,
    values: *const Datum,
    nulls: *const bool,
) -> Option<Entry> {
    // SAFETY: by the contract, there is one value, which is valid unless it is NULL.
    unsafe {
        if *nulls {
            return None;
        }
        let vector = vector(*values, Coded::of)?;
        Some(page::entry(Row::of(tid), &vector))
    }
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
        let index = Index::new(relation);
        index.make_empty(pg_sys::ForkNumber::MAIN_FORKNUM);
        let mut state = Build::new(index);
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
        if let Some(entry) = entry(tid, values, nulls) {
            (*state.cast::<Build>()).add(entry);
        }
    }
}

/// `ambuildempty`: makes an unlogged index as it is after a crash.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn build_empty(relation: Relation) {
    let fork = pg_sys::ForkNumber::INIT_FORKNUM;
    // SAFETY: PostgreSQL has opened it. Its changes are not logged, but this fork has to be.
    unsafe {
        Index::new(relation).make_empty(fork);
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
/// That of [`entry`], and the relation must be the index.
unsafe fn insert_row(
    relation: Relation,
    values: *const Datum,
    nulls: *const bool,
    tid: pg_sys::ItemPointer,
) -> bool {
    // SAFETY: by the contract.
    unsafe {
        if let Some(entry) = entry(tid, values, nulls) {
            Index::new(relation).insert(&entry);
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
        let counts = vacuum::remove(Index::new((*info).index), &strategy, |row| {
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
        let cost = if (*path).indexorderbys.is_null() {
            // Without an order, the index gives nothing.
            cost::Cost { startup: f64::MAX, total: f64::MAX }
        } else {
            cost::of_scan(f64::from((*index).pages), (*index).tuples)
        };
        (*startup_cost, *total_cost) = (cost.startup, cost.total);
        (*selectivity, *correlation) = (1.0, 0.0);
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
    // SAFETY: PostgreSQL has opened the index. The scan is dropped with the memory of the query.
    unsafe {
        let description = pg_sys::RelationGetIndexScan(relation, keys, orders);
        let scan = PgMemoryContexts::CurrentMemoryContext.leak_and_drop_on_delete(Scan::new(None));
        (*description).opaque = scan.cast();
        // Where the bounds are written.
        (*description).xs_orderbyvals = pg_sys::palloc0(size_of::<Datum>()).cast();
        (*description).xs_orderbynulls = pg_sys::palloc0(size_of::<bool>()).cast();
        description
    }
}

/// `amrescan`: begins anew, with another vector.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn rescan(
    description: pg_sys::IndexScanDesc,
    _keys: pg_sys::ScanKey,
    _key_count: c_int,
    orders: pg_sys::ScanKey,
    order_count: c_int,
) {
    // SAFETY: PostgreSQL passes as many orders as it has announced.
    unsafe {
        let order = (*description).orderByData;
        if !orders.is_null() && order_count > 0 {
            *order = *orders;
        }
        let is_null = order.is_null()
            || (*description).numberOfOrderBys == 0
            || (*order).sk_flags & pg_sys::SK_ISNULL as i32 != 0;
        let query = if is_null { None } else { vector((*order).sk_argument, Query::of) };
        *(*description).opaque.cast::<Scan>() = Scan::new(query);
    }
}

/// `amgettuple`: the next row.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn get_tuple(
    description: pg_sys::IndexScanDesc,
    _direction: pg_sys::ScanDirection::Type,
) -> bool {
    // SAFETY: the description is that of `begin_scan`, with its scan.
    unsafe {
        let scan = &mut *(*description).opaque.cast::<Scan>();
        let Some(found) = scan.next(Index::new((*description).indexRelation)) else {
            return false;
        };
        (*description).xs_heaptid = found.row.item_pointer();
        (*description).xs_recheck = false;
        // The executor computes the distance, and sorts by it. Rows that are all equally far away need no order.
        (*description).xs_recheckorderby = scan.has_bounds();
        let mut types = [pg_sys::FLOAT8OID];
        let mut bounds = [pg_sys::IndexOrderByDistance {
            value: f64::from(found.least_distance),
            isnull: false,
        }];
        pg_sys::index_store_float8_orderby_distances(
            description,
            types.as_mut_ptr(),
            bounds.as_mut_ptr(),
            scan.has_bounds(),
        );
        true
    }
}

/// `amendscan`.
#[pg_guard]
pub(super) unsafe extern "C-unwind" fn end_scan(description: pg_sys::IndexScanDesc) {
    // SAFETY: the description is that of `begin_scan`. What is left is dropped with the memory of the query.
    unsafe { *(*description).opaque.cast::<Scan>() = Scan::new(None) }
}
