//! Allocations that may fail: where there is no memory for a file, its analysis ends with an error and the
//! process goes on.
//!
//! The collections of the standard library end the process where memory runs out. They are used only
//! for what is small in every file.

use crate::error::{Error, ErrorKind};

/// There is no memory. The type has no size, since it is returned for each note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoRoom;

impl From<NoRoom> for Error {
    fn from(_: NoRoom) -> Self {
        Self::new(ErrorKind::OutOfMemory, 0, "out of memory")
    }
}

/// Entries from which a list grows by a half instead of doubling.
const LARGE: usize = 1 << 20;
/// Entries from which the memory that sorting takes matters.
const LONG_TO_SORT: usize = 1 << 16;

/// An empty list with room for `capacity` items.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn list<T>(capacity: usize) -> Result<Vec<T>, NoRoom> {
    let mut list = Vec::new();
    list.try_reserve_exact(capacity).map_err(|_| NoRoom)?;
    Ok(list)
}

/// A list of `length` clones of a value.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn filled<T: Clone>(value: T, length: usize) -> Result<Vec<T>, NoRoom> {
    let mut filled = list(length)?;
    filled.resize(length, value);
    Ok(filled)
}

/// All items of an iterator.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn gathered<T>(items: impl Iterator<Item = T>) -> Result<Vec<T>, NoRoom> {
    let mut gathered = list(items.size_hint().0)?;
    for item in items {
        push(&mut gathered, item)?;
    }
    Ok(gathered)
}

/// Adds to a list.
///
/// # Errors
/// [`NoRoom`].
#[inline]
pub(crate) fn push<T>(list: &mut Vec<T>, value: T) -> Result<(), NoRoom> {
    if list.len() == list.capacity() {
        grow(list)?;
    }
    list.push(value);
    Ok(())
}

/// Reserves room for `more` items.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn reserve<T>(list: &mut Vec<T>, more: usize) -> Result<(), NoRoom> {
    if list.capacity() - list.len() >= more {
        return Ok(());
    }
    let more = more.max(list.len() / 2);
    list.try_reserve_exact(more).map_err(|_| NoRoom)
}

/// Reserves room for `more` items, and for no others.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn reserve_exact<T>(list: &mut Vec<T>, more: usize) -> Result<(), NoRoom> {
    list.try_reserve_exact(more).map_err(|_| NoRoom)
}

#[cold]
fn grow<T>(list: &mut Vec<T>) -> Result<(), NoRoom> {
    let more = if list.len() < LARGE { list.len().max(4) } else { list.len() / 2 };
    list.try_reserve_exact(more).map_err(|_| NoRoom)
}

/// Sorts a list stably. The sort of the standard library needs memory for half of the list, which is
/// tried first.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn sort_by_key<T, K: Ord>(
    list: &mut [T],
    key: impl FnMut(&T) -> K,
) -> Result<(), NoRoom> {
    if list.len() >= LONG_TO_SORT {
        drop(self::list::<T>(list.len() / 2 + 1)?);
    }
    list.sort_by_key(key);
    Ok(())
}
