//! Reading and changing the pages of an index, under their locks.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Relation};
use pgrx::prelude::*;

use super::page::{self, Bytes, Damaged, Entry, Row};
use crate::pg::interrupts;

/// An index that PostgreSQL has opened for the call in progress.
#[derive(Clone, Copy)]
pub(super) struct Index(Relation);

/// A page that is locked, and pinned in the cache, as long as this lives.
struct Locked {
    buffer: pg_sys::Buffer,
}

/// How a page is locked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    Shared,
    Exclusive,
}

impl Locked {
    fn bytes(&self) -> &Bytes {
        // SAFETY: a pinned page has this size, and nobody writes to it while it is locked.
        unsafe { &*pg_sys::BufferGetPage(self.buffer).cast() }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // After an ERROR, PostgreSQL has released its locks, or will.
        if !std::thread::panicking() {
            // SAFETY: it is locked and pinned.
            unsafe { pg_sys::UnlockReleaseBuffer(self.buffer) }
        }
    }
}

/// How pages are read: kept in the cache, or through a small ring of it, so that they do not displace others.
pub(super) struct Strategy {
    ring: pg_sys::BufferAccessStrategy,
    is_own: bool,
}

impl Strategy {
    /// Pages stay in the cache.
    pub(super) const KEPT: Self = Self { ring: std::ptr::null_mut(), is_own: false };

    /// For a scan of so many pages: those of a large index pass through, as those of a large table do.
    pub(super) fn of_scan(pages: u32) -> Self {
        // SAFETY: the main thread reads a setting of its own process.
        let cache = unsafe { pg_sys::NBuffers };
        if i64::from(pages) <= i64::from(cache) / 4 {
            return Self::KEPT;
        }
        let kind = pg_sys::BufferAccessStrategyType::BAS_BULKREAD;
        // SAFETY: a call in a transaction; PostgreSQL frees it with the memory of the query if this is not dropped.
        Self { ring: unsafe { pg_sys::GetAccessStrategy(kind) }, is_own: true }
    }

    /// That of a vacuum.
    ///
    /// # Safety
    /// It must live longer than this.
    pub(super) unsafe fn of_vacuum(ring: pg_sys::BufferAccessStrategy) -> Self {
        Self { ring, is_own: false }
    }
}

impl Drop for Strategy {
    fn drop(&mut self) {
        if self.is_own && !std::thread::panicking() {
            // SAFETY: made by GetAccessStrategy.
            unsafe { pg_sys::FreeAccessStrategy(self.ring) }
        }
    }
}

impl Index {
    /// # Safety
    /// The relation must be an index of this access method, open until the call of PostgreSQL ends.
    pub(super) unsafe fn new(relation: Relation) -> Self {
        Self(relation)
    }

    /// The number of pages.
    pub(super) fn pages(self) -> u32 {
        // SAFETY: the index is open.
        unsafe { pg_sys::RelationGetNumberOfBlocksInFork(self.0, pg_sys::ForkNumber::MAIN_FORKNUM) }
    }

    /// Counts a scan in the statistics of the server.
    pub(super) fn count_scan(self) {
        // SAFETY: the index is open, and PostgreSQL keeps its counters as long as it is, if it counts.
        unsafe {
            #[cfg(not(any(feature = "pg13", feature = "pg14")))]
            if (*self.0).pgstat_info.is_null() && (*self.0).pgstat_enabled {
                pg_sys::pgstat_assoc_relation(self.0);
            }
            if let Some(counters) = (*self.0).pgstat_info.as_mut() {
                #[cfg(any(feature = "pg13", feature = "pg14", feature = "pg15"))]
                let scans = &mut counters.t_counts.t_numscans;
                #[cfg(not(any(feature = "pg13", feature = "pg14", feature = "pg15")))]
                let scans = &mut counters.counts.numscans;
                *scans += 1;
            }
        }
    }

    fn lock(self, block: u32, lock: Lock, strategy: &Strategy) -> Locked {
        let mode = match lock {
            Lock::Shared => pg_sys::BUFFER_LOCK_SHARE,
            Lock::Exclusive => pg_sys::BUFFER_LOCK_EXCLUSIVE,
        };
        // SAFETY: the index is open, and a page that does not exist is an ERROR.
        unsafe {
            let buffer = pg_sys::ReadBufferExtended(
                self.0,
                pg_sys::ForkNumber::MAIN_FORKNUM,
                block,
                pg_sys::ReadBufferMode::RBM_NORMAL,
                strategy.ring,
            );
            pg_sys::LockBuffer(buffer, mode as i32);
            Locked { buffer }
        }
    }

    /// Adds a page at the end, which the caller has to initialise.
    fn extend(self, fork: pg_sys::ForkNumber::Type) -> Locked {
        // SAFETY: the index is open; the lock keeps others from adding the same page.
        unsafe {
            pg_sys::LockRelationForExtension(self.0, pg_sys::ExclusiveLock as i32);
            let buffer = pg_sys::ReadBufferExtended(
                self.0,
                fork,
                pg_sys::InvalidBlockNumber,
                pg_sys::ReadBufferMode::RBM_NORMAL,
                std::ptr::null_mut(),
            );
            pg_sys::LockBuffer(buffer, pg_sys::BUFFER_LOCK_EXCLUSIVE as i32);
            pg_sys::UnlockRelationForExtension(self.0, pg_sys::ExclusiveLock as i32);
            Locked { buffer }
        }
    }

    /// Changes a page, and logs the change. With `anew`, the page is made anew first.
    fn change<T>(self, page: &Locked, anew: bool, change: impl FnOnce(&mut Bytes) -> T) -> T {
        // SAFETY: the page is locked exclusively. What is changed is a copy, which replaces the page at the end.
        unsafe {
            let log = pg_sys::GenericXLogStart(self.0);
            let flags = if anew { pg_sys::GENERIC_XLOG_FULL_IMAGE } else { 0 };
            let copy = pg_sys::GenericXLogRegisterBuffer(log, page.buffer, flags as i32);
            if anew {
                pg_sys::PageInit(copy, page::SIZE, page::MARK_SIZE);
            }
            let changed = change(&mut *copy.cast());
            pg_sys::GenericXLogFinish(log);
            changed
        }
    }

    /// Makes an index without entries. An unlogged one is kept in `INIT_FORKNUM`, from which it is copied after a crash.
    pub(super) fn make_empty(self, fork: pg_sys::ForkNumber::Type) {
        let meta = self.extend(fork);
        self.change(&meta, true, page::make_meta);
    }

    /// Adds a page with these entries, at most [`page::CAPACITY`].
    pub(super) fn append(self, entries: &[Entry]) {
        let page = self.extend(pg_sys::ForkNumber::MAIN_FORKNUM);
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

    /// The value, or an ERROR if a page is damaged.
    fn sound<T>(self, value: Result<T, Damaged>) -> T {
        value.unwrap_or_else(|Damaged| {
            // SAFETY: the index is open, and its name is a C string.
            let name =
                unsafe { std::ffi::CStr::from_ptr((*(*self.0).rd_rel).relname.data.as_ptr()) };
            let message = format!("index \"{}\" contains a damaged page", name.to_string_lossy());
            ErrorReport::new(PgSqlErrorCode::ERRCODE_INDEX_CORRUPTED, message, "midi_vectors")
                .set_hint("Please REINDEX it.")
                .report(PgLogLevel::ERROR);
            unreachable!("an ERROR does not return")
        })
    }
}
