//! The routines that PostgreSQL calls.

use std::ffi::c_int;

use pgrx::pg_sys::{self, Datum, Relation};
use pgrx::{PgMemoryContexts, pg_guard};

use super::build::Build;
use super::scan::Scan;
use super::store::Index;
use super::vector::{Coded, LENGTH, Query};
use super::{cost, page, vacuum};
use crate::pg::index_method::{Cost, Counts, Method, Size, with_array};
use crate::pg::index_pages::{Row, Strategy};

/// Reads a vector that PostgreSQL has as an array, `real[]`; `None` of an array with NULL or of another length.
///
/// # Safety
/// The datum must be a valid `real[]`.
unsafe fn vector<T>(datum: Datum, read: impl FnOnce(&[f32; LENGTH]) -> Option<T>) -> Option<T> {
    // SAFETY: by the contract.
    unsafe {
        with_array(datum, pg_sys::FLOAT4OID, |array| {
            if array.nulls().is_some() || array.len() != LENGTH {
                return None;
            }
            array.data::<f32>().as_ref().first_chunk().and_then(read)
        })?
    }
}

/// The access method.
pub(super) struct Vectors;

impl Method for Vectors {
    type Build = Build;

    unsafe fn make_empty(relation: Relation, fork: pg_sys::ForkNumber::Type) {
        // SAFETY: by the contract, as below.
        unsafe { Index::new(relation) }.make_empty(fork);
    }

    unsafe fn build(relation: Relation) -> Build {
        // SAFETY: by the contract.
        Build::new(unsafe { Index::new(relation) })
    }

    unsafe fn add(build: &mut Build, row: Row, value: Datum) {
        // SAFETY: by the contract.
        if let Some(vector) = unsafe { vector(value, Coded::of) } {
            build.add(page::entry(row, &vector));
        }
    }

    fn finish(build: Build) -> u64 {
        build.finish()
    }

    unsafe fn insert(relation: Relation, row: Row, value: Datum) {
        // SAFETY: by the contract.
        unsafe {
            if let Some(vector) = vector(value, Coded::of) {
                Index::new(relation).insert(&page::entry(row, &vector));
            }
        }
    }

    unsafe fn remove(
        relation: Relation,
        strategy: &Strategy,
        is_dead: impl FnMut(Row) -> bool,
    ) -> Counts {
        // SAFETY: by the contract.
        vacuum::remove(unsafe { Index::new(relation) }, strategy, is_dead)
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
