//! The pages of the index: PostgreSQL's header, a body up to `pd_lower`, nothing that is logged, and at the end what kind of
//! page it is, a number, and a page that follows.
//!
//! Numbers are stored as the processor stores them, as in all of PostgreSQL's pages.

use std::mem::offset_of;

use pgrx::pg_sys;

use crate::pg::index_pages::{Bytes, Damaged, SIZE};

/// Bytes at the end of a page.
pub(super) const SPECIAL_SIZE: usize = 16;
/// The number of the page that says which others are used.
pub(super) const META: u32 = 0;
/// No page.
pub(super) const NO_PAGE: u32 = u32::MAX;

const HEADER: usize = offset_of!(pg_sys::PageHeaderData, pd_linp);
const LOWER: usize = offset_of!(pg_sys::PageHeaderData, pd_lower);
const SPECIAL: usize = SIZE - SPECIAL_SIZE;
const NUMBER: usize = SPECIAL + 8;
const NEXT: usize = SPECIAL + 12;
/// The most bytes of a body.
pub(super) const CAPACITY: usize = SPECIAL - HEADER;

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first page.
    Meta,
    /// Rows with their elements. Its number is one more than that of the page before.
    Pending,
    /// The pages of a segment, with the first key of each. Its number is the segment's.
    Directory,
    /// Postings of a segment. Its number is the segment's.
    Data,
    /// One that may be used again.
    Free,
}

impl Kind {
    /// By which it is recognised; it changes with the layout.
    const fn mark(self) -> [u8; 8] {
        *match self {
            Self::Meta => b"midip1m\0",
            Self::Pending => b"midip1p\0",
            Self::Directory => b"midip1i\0",
            Self::Data => b"midip1d\0",
            Self::Free => b"midip1f\0",
        }
    }
}

/// Makes an empty page of one that PostgreSQL has initialised.
pub(super) fn make(page: &mut Bytes, kind: Kind, number: u32) {
    page[SPECIAL..NUMBER].copy_from_slice(&kind.mark());
    page[NUMBER..NEXT].copy_from_slice(&number.to_ne_bytes());
    set_next(page, NO_PAGE);
}

/// Whether a page is of this kind.
pub(super) fn is(page: &Bytes, kind: Kind) -> bool {
    page[SPECIAL..NUMBER] == kind.mark()
}

/// Whether a page may be used: it is free, or was never written, as after a crash while the index grew.
pub(super) fn is_usable(page: &Bytes) -> bool {
    is(page, Kind::Free) || page[LOWER..HEADER].iter().all(|&byte| byte == 0)
}

/// The number of a page.
pub(super) fn number(page: &Bytes) -> u32 {
    u32_at(page, NUMBER)
}

/// The page that follows.
pub(super) fn next(page: &Bytes) -> Option<u32> {
    Some(u32_at(page, NEXT)).filter(|&block| block != NO_PAGE)
}

pub(super) fn set_next(page: &mut Bytes, block: u32) {
    page[NEXT..].copy_from_slice(&block.to_ne_bytes());
}

/// The body of a page.
pub(super) fn body(page: &Bytes) -> Result<&[u8], Damaged> {
    let end = usize::from(u16::from_ne_bytes([page[LOWER], page[LOWER + 1]]));
    page[..SPECIAL].get(HEADER..end).ok_or(Damaged)
}

/// Adds bytes to the body; `false` where there is no room for them.
pub(super) fn append(page: &mut Bytes, bytes: &[u8]) -> Result<bool, Damaged> {
    let used = body(page)?.len();
    let Some(room) = page[HEADER + used..SPECIAL].get_mut(..bytes.len()) else { return Ok(false) };
    room.copy_from_slice(bytes);
    set_length(page, used + bytes.len());
    Ok(true)
}

/// Replaces the body by one of at most [`CAPACITY`] bytes.
pub(super) fn replace(page: &mut Bytes, bytes: &[u8]) {
    page[HEADER..HEADER + bytes.len()].copy_from_slice(bytes);
    set_length(page, bytes.len());
}

fn set_length(page: &mut Bytes, length: usize) {
    page[LOWER..LOWER + 2].copy_from_slice(&((HEADER + length) as u16).to_ne_bytes());
}

fn u32_at(page: &Bytes, at: usize) -> u32 {
    u32::from_ne_bytes(std::array::from_fn(|byte| page[at + byte]))
}
