//! What a scan costs, for the planner.

use pgrx::pg_sys;

use crate::pg::index_method::{Cost, Size};

/// Pages that are read for an element: those of a few segments, of which the upper ones are in the cache.
const PAGES: f64 = 4.0;
/// Share of the rows that have an element: most n-grams of melodies are in one row of many thousands. PostgreSQL's guess
/// for arrays without statistics, 1 in 200, makes it read whole tables.
const SELECTIVITY: f64 = 0.000_1;

/// Work of the processor for an element, in operators. It is some thousand instructions; but what the index saves is counted
/// as one operator as well, which compares a whole array.
const OPERATORS: f64 = 100.0;

/// The cost of a scan.
pub(super) fn of_scan(size: &Size) -> Cost {
    // SAFETY: the main thread reads the settings of its own process.
    let (page, operator) = unsafe { (pg_sys::random_page_cost, pg_sys::cpu_operator_cost) };
    let selectivity = size.share.unwrap_or(SELECTIVITY);
    let found = size.rows * selectivity;
    let total = size.fetched(PAGES) * page + (OPERATORS + found) * operator;
    Cost { startup: 0.0, total, selectivity }
}
