//! Reading and changing the entries of the index.

use pgrx::pg_sys::{self, Relation};

use super::page::{self, Bytes, Entry};
use crate::pg::index_pages::{Damaged, Lock, Locked, Pages, Row, Strategy};
use crate::pg::interrupts;

/// An index that PostgreSQL has opened for the call in progress.
#[derive(Clone, Copy)]
pub(super) struct Index(Pages);

impl Index {
    /// # Safety
    /// The relation must be an index of this access method, open until the call of PostgreSQL ends.
    pub(super) unsafe fn new(relation: Relation) -> Self {
        // SAFETY: by the contract.
        Self(unsafe { Pages::new(relation) })
    }

    /// The number of pages.
    pub(super) fn pages(self) -> u32 {
        self.0.count()
    }

    /// Counts a scan in the statistics of the server.
    pub(super) fn count_scan(self) {
        self.0.count_scan();
    }

    fn lock(self, block: u32, lock: Lock, strategy: &Strategy) -> Locked {
        self.0.lock(block, lock, strategy)
    }

    /// Changes a page, and logs the change. With `anew`, the page is made anew first.
    fn change<T>(self, page: &Locked, anew: bool, change: impl FnOnce(&mut Bytes) -> T) -> T {
        let mut log = self.0.change();
        let copy = if anew { log.anew(page, page::MARK_SIZE) } else { log.page(page) };
        let changed = change(copy);
        log.finish();
        changed
    }

    /// Makes an index without entries. An unlogged one is kept in `INIT_FORKNUM`, from which it is copied after a crash.
    pub(super) fn make_empty(self, fork: pg_sys::ForkNumber::Type) {
        let meta = self.0.extend(fork);
        self.change(&meta, true, page::make_meta);
    }

    /// Adds a page with these entries, at most [`page::CAPACITY`].
    pub(super) fn append(self, entries: &[Entry]) {
        let page = self.0.extend(pg_sys::ForkNumber::MAIN_FORKNUM);
        let done = self.change(&page, true, |page| {
            page::make_data(page);
            page::replace(page, entries)
        });
        self.sound(done);
    }

    /// Reads the entries of a page.
    pub(super) fn read(self, block: u32, strategy: &Strategy, read: impl FnOnce(&[Entry])) {
        let page = self.lock(block, Lock::Shared, strategy);
        read(self.sound(page::entries(page.bytes())));
    }

    /// Adds an entry to the first page with room, or to a new one.
    pub(super) fn insert(self, entry: &Entry) {
        let first = self.room();
        let mut block = first;
        while !self.insert_at(block, entry) {
            interrupts::check();
            block += 1;
        }
        if block != first {
            // Where a vacuum has made room meanwhile, it stays known.
            self.move_room(|room| if room == first { block } else { room });
        }
    }

    /// Adds an entry to a page, or one behind the last; `false` where there is no room for it.
    fn insert_at(self, block: u32, entry: &Entry) -> bool {
        if block >= self.pages() {
            self.grow(block);
        }
        let page = self.lock(block, Lock::Exclusive, &Strategy::KEPT);
        let has_room = self.sound(page::has_room(page.bytes()));
        if has_room {
            let is_new = page::is_new(page.bytes());
            let added = self.change(&page, is_new, |page| {
                if is_new {
                    page::make_data(page);
                }
                page::add(page, entry)
            });
            self.sound(added);
        }
        has_room
    }

    /// Adds a page, unless somebody has done so.
    fn grow(self, block: u32) {
        // Locked, so that only one adds it.
        let _meta = self.lock(page::META, Lock::Exclusive, &Strategy::KEPT);
        if block >= self.pages() {
            self.append(&[]);
        }
    }

    /// The page from which on there may be room.
    fn room(self) -> u32 {
        let meta = self.lock(page::META, Lock::Shared, &Strategy::KEPT);
        let room = self.sound(page::room(meta.bytes()));
        // Pages are never given back, so it is one of these, or the next.
        self.sound(if room <= self.pages() { Ok(room) } else { Err(Damaged) })
    }

    /// Changes the page from which on there may be room.
    pub(super) fn move_room(self, change: impl FnOnce(u32) -> u32) {
        let meta = self.lock(page::META, Lock::Exclusive, &Strategy::KEPT);
        let room = self.sound(page::room(meta.bytes()));
        let moved = change(room);
        if moved != room {
            self.change(&meta, false, |page| page::set_room(page, moved));
        }
    }

    /// Removes the entries of a page whose rows are not to be kept. Returns how many are kept and removed.
    pub(super) fn sift(
        self,
        block: u32,
        strategy: &Strategy,
        mut keep: impl FnMut(Row) -> bool,
    ) -> (usize, usize) {
        let page = self.lock(block, Lock::Exclusive, strategy);
        let all = self.sound(page::entries(page.bytes()));
        let kept: Vec<Entry> = all.iter().copied().filter(|entry| keep(page::row(entry))).collect();
        let removed = all.len() - kept.len();
        if removed > 0 {
            let done = self.change(&page, false, |page| page::replace(page, &kept));
            self.sound(done);
        }
        (kept.len(), removed)
    }

    fn sound<T>(self, value: Result<T, Damaged>) -> T {
        self.0.sound(value)
    }
}
