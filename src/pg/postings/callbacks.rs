//! The routines that PostgreSQL calls.

use std::ffi::c_int;

use pgrx::pg_sys::{self, Datum, Relation};
use pgrx::{PgMemoryContexts, pg_guard};

use super::build::Build;
use super::scan::Query;
use super::store::Store;
use super::{cost, merge, pending, vacuum};
use crate::pg::index_method::{Cost, Counts, Method, Size, with_array};
use crate::pg::index_pages::{Row, Strategy};

/// Rows of a scan that are handed over at once.
const ROWS: usize = 1_024;

/// Reads an array that PostgreSQL has, `integer[]`: its elements that are not NULL, and whether others are.
///
/// # Safety
/// The datum must be a valid `integer[]`.
unsafe fn with_elements<T>(datum: Datum, read: impl FnOnce(&[i32], bool) -> T) -> Option<T> {
    // SAFETY: by the contract. Elements that are NULL take no place among the others.
    unsafe {
        with_array(datum, pg_sys::INT4OID, |array| {
            let nulls = array.nulls_bitslice().map_or(0, |bits| bits.as_ref().count_zeros());
            let known = array.len() - nulls;
            let elements = match known {
                0 => &[],
                _ => std::slice::from_raw_parts(array.data::<i32>().cast::<i32>().as_ptr(), known),
            };
            read(elements, nulls > 0)
        })
    }
}

/// The access method.
pub(super) struct Postings;

impl Method for Postings {
    type Build = Build;

    unsafe fn make_empty(relation: Relation, fork: pg_sys::ForkNumber::Type) {
        // SAFETY: by the contract, as below.
        unsafe { Store::new(relation) }.make_empty(fork);
    }

    unsafe fn build(relation: Relation) -> Build {
        // SAFETY: by the contract.
        Build::new(unsafe { Store::new(relation) })
    }

    unsafe fn add(build: &mut Build, row: Row, value: Datum) {
        // SAFETY: by the contract.
        unsafe { with_elements(value, |elements, _| build.add(row, elements)) };
    }

    fn finish(build: Build) -> u64 {
        build.finish()
    }

    unsafe fn insert(relation: Relation, row: Row, value: Datum) {
        // SAFETY: by the contract.
        unsafe {
            let store = Store::new(relation);
            let insert = |elements: &[i32], _| pending::insert(store, row, elements);
            if with_elements(value, insert) == Some(true) {
                merge::tidy(store);
            }
        }
    }

    unsafe fn remove(
        relation: Relation,
        strategy: &Strategy,
        is_dead: impl FnMut(Row) -> bool,
    ) -> Counts {
        // SAFETY: by the contract.
        vacuum::remove(unsafe { Store::new(relation) }, strategy, is_dead)
    }

    fn cost(size: &Size) -> Cost {
        cost::of_scan(size)
    }
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
        // Of several conditions the executor has to look at the others.
        let recheck = queries.len() > 1;
        let mut add = |rows: &mut Vec<pg_sys::ItemPointerData>| {
            pg_sys::tbm_add_tuples(bitmap, rows.as_mut_ptr(), rows.len() as c_int, recheck);
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
