//! The pages of the index: the first says where there is room, and all others have entries.
//!
//! A page has PostgreSQL's header, then entries of one size up to `pd_lower`, then nothing that is logged, and at its end
//! a mark by which it is recognised. Numbers are stored as the processor stores them, as in all of PostgreSQL's pages.

use std::mem::offset_of;

use pgrx::pg_sys;

use super::vector::{Coded, LENGTH, Numbers};
pub(super) use crate::pg::index_pages::Bytes;
use crate::pg::index_pages::{Damaged, Row, SIZE};

/// Bytes at the end of a page.
pub(super) const MARK_SIZE: usize = 8;
/// The number of the page that says where there is room.
pub(super) const META: u32 = 0;
/// The first page with entries.
pub(super) const FIRST: u32 = 1;

const HEADER: usize = offset_of!(pg_sys::PageHeaderData, pd_linp);
const LOWER: usize = offset_of!(pg_sys::PageHeaderData, pd_lower);
const SPECIAL: usize = SIZE - MARK_SIZE;
/// Marks of the kinds of page; they change with the layout.
const META_MARK: [u8; MARK_SIZE] = *b"midiv1m\0";
const DATA_MARK: [u8; MARK_SIZE] = *b"midiv1d\0";
/// A row, the vector's bytes, and three numbers.
const ENTRY: usize = NUMBERS + 12;
const TID: usize = 6;
const NUMBERS: usize = TID + LENGTH;
/// The most entries of a page.
pub(super) const CAPACITY: usize = (SPECIAL - HEADER) / ENTRY;
/// Bytes of the first page: the length of the vectors, and the page with room.
const META_SIZE: usize = 8;

/// An entry: a row, and the vector that it has.
pub(super) type Entry = [u8; ENTRY];

/// The entry of a row.
pub(super) fn entry(row: Row, vector: &Coded) -> Entry {
    let halves = [(row.block >> 16) as u16, row.block as u16, row.line];
    let Numbers { scale, square, error } = vector.numbers;
    let mut entry = [0; ENTRY];
    let (start, rest) = entry.split_at_mut(TID);
    let (codes, end) = rest.split_at_mut(LENGTH);
    start.copy_from_slice(halves.map(u16::to_ne_bytes).as_flattened());
    codes.copy_from_slice(&vector.bytes);
    end.copy_from_slice([scale, square, error].map(f32::to_ne_bytes).as_flattened());
    entry
}

/// The row of an entry.
#[inline]
pub(super) fn row(entry: &Entry) -> Row {
    let half = |at: usize| u16::from_ne_bytes([entry[at], entry[at + 1]]);
    Row { block: u32::from(half(0)) << 16 | u32::from(half(2)), line: half(4) }
}

/// The bytes of an entry's vector.
#[inline(always)]
pub(super) fn vector_bytes(entry: &Entry) -> &[u8; LENGTH] {
    const { assert!(TID + LENGTH <= ENTRY) };
    entry[TID..].first_chunk().unwrap_or(&[0; LENGTH])
}

/// The numbers of an entry's vector.
#[inline(always)]
pub(super) fn numbers(entry: &Entry) -> Numbers {
    let (numbers, _) = entry[NUMBERS..].as_chunks();
    let number = |at: usize| f32::from_ne_bytes(numbers[at]);
    Numbers { scale: number(0), square: number(1), error: number(2) }
}

/// Whether the page was never written, as after a crash while the index grew.
pub(super) fn is_new(page: &Bytes) -> bool {
    page[LOWER..HEADER].iter().all(|&byte| byte == 0)
}

/// Makes an empty page of entries of one that PostgreSQL has initialised.
pub(super) fn make_data(page: &mut Bytes) {
    page[SPECIAL..].copy_from_slice(&DATA_MARK);
}

/// Makes the first page of one that PostgreSQL has initialised.
pub(super) fn make_meta(page: &mut Bytes) {
    page[SPECIAL..].copy_from_slice(&META_MARK);
    page[HEADER..HEADER + 4].copy_from_slice(&(LENGTH as u32).to_ne_bytes());
    set_lower(page, HEADER + META_SIZE);
    set_room(page, FIRST);
}

/// The page from which on there may be room.
pub(super) fn room(page: &Bytes) -> Result<u32, Damaged> {
    let number = |at: usize| u32::from_ne_bytes(std::array::from_fn(|byte| page[at + byte]));
    let is_sound = page[SPECIAL..] == META_MARK && number(HEADER) as usize == LENGTH;
    let room = number(HEADER + 4);
    if is_sound && room >= FIRST { Ok(room) } else { Err(Damaged) }
}

/// Sets the page from which on there may be room.
pub(super) fn set_room(page: &mut Bytes, block: u32) {
    page[HEADER + 4..HEADER + META_SIZE].copy_from_slice(&block.to_ne_bytes());
}

/// The entries of a page; none of one that was never written.
pub(super) fn entries(page: &Bytes) -> Result<&[Entry], Damaged> {
    let used = if is_new(page) { &[][..] } else { &page[HEADER..used_to(page)?] };
    Ok(used.as_chunks().0)
}

/// Whether there is room for an entry.
pub(super) fn has_room(page: &Bytes) -> Result<bool, Damaged> {
    Ok(entries(page)?.len() < CAPACITY)
}

/// Adds an entry to a page with room.
pub(super) fn add(page: &mut Bytes, entry: &Entry) -> Result<(), Damaged> {
    let end = used_to(page)?;
    put(page, end, entry)
}

/// Removes all entries, and adds others, at most [`CAPACITY`].
pub(super) fn replace(page: &mut Bytes, entries: &[Entry]) -> Result<(), Damaged> {
    used_to(page)?;
    put(page, HEADER, entries.as_flattened())
}

/// Puts entries behind those that end at `end`.
fn put(page: &mut Bytes, end: usize, entries: &[u8]) -> Result<(), Damaged> {
    let room = page[end..SPECIAL].get_mut(..entries.len()).ok_or(Damaged)?;
    room.copy_from_slice(entries);
    set_lower(page, end + entries.len());
    Ok(())
}

/// The end of the entries of a page.
fn used_to(page: &Bytes) -> Result<usize, Damaged> {
    let end = usize::from(u16::from_ne_bytes([page[LOWER], page[LOWER + 1]]));
    let is_sound = page[SPECIAL..] == DATA_MARK
        && (HEADER..=SPECIAL).contains(&end)
        && (end - HEADER).is_multiple_of(ENTRY);
    if is_sound { Ok(end) } else { Err(Damaged) }
}

fn set_lower(page: &mut Bytes, end: usize) {
    page[LOWER..LOWER + 2].copy_from_slice(&(end as u16).to_ne_bytes());
}
