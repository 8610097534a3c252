//! Room for what a file may hold a great deal of: where there is none, the file has an error and the
//! process goes on.
//!
//! The standard library's own ways to grow end the process where memory runs out. They are left to
//! what is small whatever the file.

use crate::error::{Error, ErrorKind};

/// There is no memory for what was to be kept. Of no size, since it is asked for with each note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoRoom;

impl From<NoRoom> for Error {
    fn from(_: NoRoom) -> Self {
        Self::new(ErrorKind::OutOfMemory, 0, "out of memory")
    }
}

/// Entries from which a list grows by a half instead of to the double.
const LARGE: usize = 1 << 20;
/// Entries from which the room that sorting takes is not small.
const LONG_TO_SORT: usize = 1 << 16;

/// An empty list with room for so many.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn list<T>(capacity: usize) -> Result<Vec<T>, NoRoom> {
    let mut list = Vec::new();
    list.try_reserve_exact(capacity).map_err(|_| NoRoom)?;
    Ok(list)
}

/// A list of so many of one value.
///
/// # Errors
/// [`NoRoom`].
pub(crate) fn filled<T: Clone>(value: T, length: usize) -> Result<Vec<T>, NoRoom> {
    let mut filled = list(length)?;
    filled.resize(length, value);
    Ok(filled)
}

/// All that an iterator gives.
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

/// Makes room for so many more.
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

#[cold]
fn grow<T>(list: &mut Vec<T>) -> Result<(), NoRoom> {
    let more = if list.len() < LARGE { list.len().max(4) } else { list.len() / 2 };
    list.try_reserve_exact(more).map_err(|_| NoRoom)
}

/// Sorts a list and keeps the order of equals. The sort of the standard library needs room for half of
/// it, which is tried first.
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
