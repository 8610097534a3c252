//! What a scan costs, for the planner.

use pgrx::pg_sys;

use crate::pg::index_method::{Cost, Size};

/// What comparing a vector costs, in operators: a table's row that is looked at costs ten times as much.
const OPERATORS_A_VECTOR: f64 = 1.0;

/// The cost of a scan. All entries are looked at before the first row is known; a row costs next to nothing after that.
/// Without an order, the index gives nothing.
pub(super) fn of_scan(size: &Size) -> Cost {
    if !size.in_order {
        return Cost { startup: f64::MAX, total: f64::MAX, selectivity: 1.0 };
    }
    // SAFETY: the main thread reads the settings of its own process.
    let (page, operator, row) =
        unsafe { (pg_sys::seq_page_cost, pg_sys::cpu_operator_cost, pg_sys::cpu_index_tuple_cost) };
    let startup = size.pages * page + size.rows * OPERATORS_A_VECTOR * operator;
    Cost { startup, total: startup + size.rows * row, selectivity: 1.0 }
}
