//! What a scan costs, for the planner.

use pgrx::pg_sys;

/// The cost of a scan: before its first row, and to its last.
pub(super) struct Cost {
    pub(super) startup: f64,
    pub(super) total: f64,
}

/// What comparing a vector costs, in operators: a table's row that is looked at costs ten times as much.
const OPERATORS_A_VECTOR: f64 = 1.0;

/// The cost of a scan of so many pages and entries. All are looked at before the first row is known; a row costs next to
/// nothing after that.
pub(super) fn of_scan(pages: f64, entries: f64) -> Cost {
    // SAFETY: the main thread reads the settings of its own process.
    let (page, operator, row) =
        unsafe { (pg_sys::seq_page_cost, pg_sys::cpu_operator_cost, pg_sys::cpu_index_tuple_cost) };
    let startup = pages * page + entries * OPERATORS_A_VECTOR * operator;
    Cost { startup, total: startup + entries * row }
}
