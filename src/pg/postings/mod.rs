//! An index access method for the elements of arrays of integers: `midi_postings`.
//!
//! An inverted index (Zobel & Moffat 2006): for each integer the rows whose arrays have it, ascending, as differences in a
//! few bytes. PostgreSQL's own, GIN, inserts every element into a tree; music has a hundred n-grams a piece, nearly all of
//! them rare, and a tree of such takes most of the time of an import. Here, as in a log-structured merge tree (O'Neil et al.
//! 1996), the elements of new rows wait in a few [pending] pages as they are. When these are full, they are sorted and become
//! a [segment](segments), which is written once and never changed; and when several segments are of one size, they are
//! [merged](merge) into one. A [scan] looks into all of them.
//!
//! What PostgreSQL asks of an index is in chapter 64 of its documentation. Rows get in however they are written, and
//! [vacuum] takes them out; pages are logged, so that the index survives a crash and is there on a standby. Which segments
//! there are is said by the [first page](meta), in one change, so that a merge is done wholly or not at all.

mod build;
mod callbacks;
mod codec;
mod cost;
mod locks;
mod merge;
mod meta;
mod page;
mod pending;
mod posting;
mod scan;
mod segments;
mod store;
mod stream;
mod vacuum;
mod writer;

use pgrx::prelude::*;

use super::index_method;

/// The routines of the access method.
pub(crate) fn routine() -> PgBox<pg_sys::IndexAmRoutine> {
    let mut routine = index_method::routine::<callbacks::Postings>();
    routine.amstrategies = scan::STRATEGIES;
    routine.ambeginscan = Some(callbacks::begin_scan);
    routine.amrescan = Some(callbacks::rescan);
    routine.amgetbitmap = Some(callbacks::get_bitmap);
    routine.amendscan = Some(callbacks::end_scan);
    routine.into_pg_boxed()
}
