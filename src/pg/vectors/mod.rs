//! An index access method for nearest neighbours: `midi_vectors`.
//!
//! The index is flat. It has every vector once, with [bytes](vector) in place of numbers, a hundred to a
//! [page], in no order. A [scan] computes the distance to all of them, which takes some fifteen
//! milliseconds for a million, and returns the rows by a bound that no true distance falls below. The executor
//! computes the true distances and sorts by them, so that no neighbour is missed. An index that looks at fewer vectors,
//! such as a tree or a graph, misses some at this number of dimensions.
//!
//! What PostgreSQL asks of an index is in chapters 64 (index access methods) and 66 (generic WAL records) of its
//! documentation. Rows get in however they are written, and vacuum takes them out; pages are logged, so that the index
//! survives a crash and is there on a standby.

mod build;
mod callbacks;
mod cost;
mod page;
mod product;
mod scan;
mod store;
mod vacuum;
mod vector;

use pgrx::prelude::*;

use super::index_method;

/// The routines of the access method.
pub(crate) fn routine() -> PgBox<pg_sys::IndexAmRoutine> {
    let mut routine = index_method::routine::<callbacks::Vectors>();
    routine.amcanorderbyop = true;
    routine.amoptionalkey = true;
    routine.ambeginscan = Some(callbacks::begin_scan);
    routine.amrescan = Some(callbacks::rescan);
    routine.amgettuple = Some(callbacks::get_tuple);
    routine.amendscan = Some(callbacks::end_scan);
    routine.into_pg_boxed()
}
