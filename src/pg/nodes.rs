//! Lists of the planner's nodes.

use pgrx::pg_sys;

/// The elements of a list.
///
/// # Safety
/// The list must be valid for as long as they are used, or null.
pub(super) unsafe fn cells<'a>(list: *mut pg_sys::List) -> &'a [pg_sys::ListCell] {
    // SAFETY: by the contract.
    unsafe {
        list.as_ref().map_or(&[], |list| {
            std::slice::from_raw_parts(list.elements, usize::try_from(list.length).unwrap_or(0))
        })
    }
}
