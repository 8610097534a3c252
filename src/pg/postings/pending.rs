//! Rows that wait to be sorted: a list of pages, to whose last one they are added as they come.
//!
//! Only the last page grows. So the pages before it can be sorted while others add rows.

use super::meta::Waiting;
use super::page::{self, CAPACITY, Kind, NO_PAGE, SPECIAL_SIZE};
use super::posting::{Key, Posting};
use super::store::{Store, put_meta};
use crate::pg::index_pages::{Damaged, Lock, Locked, Row, Strategy};
use crate::pg::interrupts;

/// The most pages that wait before they are sorted. Every scan reads all of them, and a search makes hundreds of scans.
const MOST_PAGES: u32 = 32;
/// Most pages that are sorted at once. There are more than usual where a merge took long.
const MOST_SORTED: usize = 1_024;
/// Bytes of a row before its elements: block, line, and how many elements follow.
const HEAD: usize = 4 + 2 + 2;
/// Most elements in one entry. A row with more has several.
const MOST_ELEMENTS: usize = (CAPACITY - HEAD) / 4;

/// Adds a row. Returns whether it is time to sort.
pub(super) fn insert(store: Store, row: Row, elements: &[i32]) -> bool {
    let mut is_time = false;
    let parts = elements.chunks(MOST_ELEMENTS);
    let empty = elements.is_empty().then_some(&[][..]);
    for part in parts.chain(empty) {
        let mut entry = Vec::with_capacity(HEAD + 4 * part.len());
        entry.extend(row.block.to_ne_bytes());
        entry.extend(row.line.to_ne_bytes());
        entry.extend((part.len() as u16).to_ne_bytes());
        entry.extend(part.iter().flat_map(|element| element.to_ne_bytes()));
        is_time |= add(store, &entry);
    }
    is_time
}

fn add(store: Store, entry: &[u8]) -> bool {
    let mut is_time = false;
    loop {
        interrupts::check();
        let last = store.pages.sound(store.waiting()).last;
        if last != NO_PAGE && add_to(store, last, entry) {
            return is_time;
        }
        is_time |= store.pages.sound(grow(store, last)) > MOST_PAGES;
    }
}

/// Adds an entry to a page if it is still the last, and there is room.
fn add_to(store: Store, block: u32, entry: &[u8]) -> bool {
    let locked = store.pages.sound(store.lock(block, Lock::Exclusive, &Strategy::KEPT));
    let bytes = locked.bytes();
    let used = store.pages.sound(page::body(bytes)).len();
    if !is_last(&locked) || used + entry.len() > CAPACITY {
        return false;
    }
    let mut log = store.pages.change();
    let added = page::append(log.page(&locked), entry);
    log.finish();
    store.pages.sound(added)
}

/// Whether a page is the last with rows that wait.
fn is_last(locked: &Locked) -> bool {
    page::is(locked.bytes(), Kind::Pending) && page::next(locked.bytes()).is_none()
}

/// Adds a page behind the last one, unless somebody has done so. Returns how many there are.
pub(super) fn grow(store: Store, last: u32) -> Result<u32, Damaged> {
    let (first, mut meta) = store.lock_meta();
    let waiting = &mut meta.waiting;
    if waiting.last != last {
        return Ok(waiting.pages());
    }
    let new = store.allocate();
    let before = (last != NO_PAGE)
        .then(|| store.lock(last, Lock::Exclusive, &Strategy::KEPT))
        .transpose()?;
    if before.as_ref().is_some_and(|before| !is_last(before)) {
        return Err(Damaged);
    }
    waiting.last = new.block();
    waiting.last_number = waiting.last_number.wrapping_add(1);
    if before.is_none() {
        waiting.first = waiting.last;
        waiting.first_number = waiting.last_number;
    }
    let (number, pages) = (waiting.last_number, waiting.pages());
    let mut log = store.pages.change();
    put_meta(&mut log, &first, &meta);
    if let Some(before) = &before {
        page::set_next(log.page(before), new.block());
    }
    page::make(log.anew(&new, SPECIAL_SIZE), Kind::Pending, number);
    log.finish();
    Ok(pages)
}

/// Which of the pages with rows that wait are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    All,
    /// All but the last, which may grow; at most [`MOST_SORTED`].
    Still,
}

/// Pages with rows that wait that were read, and the first of those that were not.
pub(super) struct Read {
    pub(super) blocks: Vec<u32>,
    pub(super) next: u32,
}

/// Gives rows that wait to `take`, each with its elements, page by page.
pub(super) fn each(
    store: Store,
    waiting: &Waiting,
    part: Part,
    mut take: impl FnMut(Row, &[[u8; 4]]) -> Result<(), Damaged>,
) -> Result<Read, Damaged> {
    let mut read = Read { blocks: Vec::new(), next: waiting.first };
    let mut number = waiting.first_number;
    while read.next != NO_PAGE
        && (part == Part::All || read.next != waiting.last && read.blocks.len() < MOST_SORTED)
    {
        interrupts::check();
        let block = read.next;
        let locked = store.lock_of(block, (Kind::Pending, number), &Strategy::KEPT)?;
        entries(page::body(locked.bytes())?, &mut take)?;
        read.blocks.push(block);
        // Others may have added pages since.
        let next = page::next(locked.bytes()).filter(|_| block != waiting.last);
        read.next = next.unwrap_or(NO_PAGE);
        number = number.wrapping_add(1);
    }
    let is_cut =
        read.next == NO_PAGE && read.blocks.last().is_some_and(|&last| last != waiting.last);
    if is_cut { Err(Damaged) } else { Ok(read) }
}

fn entries(
    mut body: &[u8],
    take: &mut impl FnMut(Row, &[[u8; 4]]) -> Result<(), Damaged>,
) -> Result<(), Damaged> {
    while !body.is_empty() {
        let ([b0, b1, b2, b3, l0, l1, c0, c1], rest) =
            body.split_first_chunk::<HEAD>().ok_or(Damaged)?;
        let row = Row {
            block: u32::from_ne_bytes([*b0, *b1, *b2, *b3]),
            line: u16::from_ne_bytes([*l0, *l1]),
        };
        let length = 4 * usize::from(u16::from_ne_bytes([*c0, *c1]));
        let (elements, rest) = rest.split_at_checked(length).ok_or(Damaged)?;
        take(row.sound()?, elements.as_chunks().0)?;
        body = rest;
    }
    Ok(())
}

/// The postings of a row.
pub(super) fn postings(row: Row, elements: &[[u8; 4]]) -> impl Iterator<Item = Posting> {
    let keys = elements.iter().map(|&element| Key::of(i32::from_ne_bytes(element)));
    let none = elements.is_empty().then_some(Key::NONE);
    keys.chain(none).map(move |key| Posting::new(key, row))
}
