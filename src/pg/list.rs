//! Lists that may be large: where there is no memory for them, there is an ERROR. Rust would end the process.

use pgrx::PgLogLevel;

use super::memory::out_of_memory;

/// Adds to a list.
#[inline]
pub(super) fn push<T>(list: &mut Vec<T>, value: T) {
    if list.len() == list.capacity() {
        grow(list);
    }
    list.push(value);
}

#[cold]
fn grow<T>(list: &mut Vec<T>) {
    if list.try_reserve(1).is_err() {
        // What it holds may be most of the memory.
        *list = Vec::new();
        out_of_memory().report(PgLogLevel::ERROR);
    }
}
