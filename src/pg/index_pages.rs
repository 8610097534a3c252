//! Reading and changing the pages of an index of our own, under their locks.
//!
//! Changes are generic WAL records (chapter 66 of PostgreSQL's documentation), so that an index survives a crash and is
//! there on a standby.

use std::mem::offset_of;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{self, Relation};
use pgrx::prelude::*;

/// The size of a page.
pub(super) const SIZE: usize = pg_sys::BLCKSZ as usize;
/// The bytes of a page.
pub(super) type Bytes = [u8; SIZE];

/// The most rows of a page of a table: PostgreSQL's `MaxHeapTuplesPerPage`.
const MOST_LINES: u16 =
    ((SIZE - offset_of!(pg_sys::PageHeaderData, pd_linp)) / (HEAD_OF_ROW + LINE)) as u16;
const HEAD_OF_ROW: usize = 24;
const LINE: usize = size_of::<pg_sys::ItemIdData>();

/// A page that cannot be one of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Where a row is in its table: block and line, as PostgreSQL's `ItemPointerData` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) block: u32,
    pub(super) line: u16,
}

impl Row {
    /// # Safety
    /// The pointer must be valid.
    pub(super) unsafe fn of(tid: pg_sys::ItemPointer) -> Self {
        // SAFETY: by the contract.
        let tid = unsafe { *tid };
        let block = u32::from(tid.ip_blkid.bi_hi) << 16 | u32::from(tid.ip_blkid.bi_lo);
        Self { block, line: tid.ip_posid }
    }

    /// The row, unless no page of a table has such a line.
    pub(super) fn sound(self) -> Result<Self, Damaged> {
        if (1..=MOST_LINES).contains(&self.line) { Ok(self) } else { Err(Damaged) }
    }

    pub(super) fn item_pointer(self) -> pg_sys::ItemPointerData {
        let Self { block, line } = self;
        pg_sys::ItemPointerData {
            ip_blkid: pg_sys::BlockIdData { bi_hi: (block >> 16) as u16, bi_lo: block as u16 },
            ip_posid: line,
        }
    }
}

/// An index that PostgreSQL has opened for the call in progress.
#[derive(Clone, Copy)]
pub(super) struct Pages(Relation);

/// A page that is locked, and pinned in the cache, as long as this lives.
pub(super) struct Locked {
    buffer: pg_sys::Buffer,
}

/// How a page is locked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    Shared,
    Exclusive,
}

impl Locked {
    pub(super) fn bytes(&self) -> &Bytes {
        // SAFETY: a pinned page has this size, and nobody writes to it while it is locked.
        unsafe { &*pg_sys::BufferGetPage(self.buffer).cast() }
    }

    /// The number of the page.
    pub(super) fn block(&self) -> u32 {
        // SAFETY: it is pinned.
        unsafe { pg_sys::BufferGetBlockNumber(self.buffer) }
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

/// A change of a few pages, at most four, that is logged as one.
pub(super) struct Change {
    log: *mut pg_sys::GenericXLogState,
}

impl Change {
    /// The bytes of a page that is to be changed. They are a copy, which replaces the page at the end.
    pub(super) fn page(&mut self, page: &Locked) -> &mut Bytes {
        self.register(page, 0)
    }

    /// The bytes of a page that is made anew, with so many bytes at its end for the access method.
    pub(super) fn anew(&mut self, page: &Locked, special: usize) -> &mut Bytes {
        let copy = self.register(page, pg_sys::GENERIC_XLOG_FULL_IMAGE);
        // SAFETY: the copy has the size of a page.
        unsafe { pg_sys::PageInit(copy.as_mut_ptr().cast(), SIZE, special) };
        copy
    }

    fn register(&mut self, page: &Locked, flags: u32) -> &mut Bytes {
        // SAFETY: the page is locked, and the copy lives until the change is finished.
        unsafe {
            &mut *pg_sys::GenericXLogRegisterBuffer(self.log, page.buffer, flags as i32).cast()
        }
    }

    pub(super) fn finish(self) {
        // SAFETY: it was started, and is finished once.
        unsafe { pg_sys::GenericXLogFinish(self.log) };
    }
}

impl Pages {
    /// # Safety
    /// The relation must be an index of the calling access method, open until the call of PostgreSQL ends.
    pub(super) unsafe fn new(relation: Relation) -> Self {
        Self(relation)
    }

    /// The index, for functions of PostgreSQL.
    pub(super) fn relation(self) -> Relation {
        self.0
    }

    /// The number of pages.
    pub(super) fn count(self) -> u32 {
        // SAFETY: the index is open.
        unsafe { pg_sys::RelationGetNumberOfBlocksInFork(self.0, pg_sys::ForkNumber::MAIN_FORKNUM) }
    }

    /// Counts a scan in the statistics of the server.
    pub(super) fn count_scan(self) {
        // SAFETY: the index is open, and PostgreSQL keeps its counters as long as it is, if it counts.
        unsafe {
            if (*self.0).pgstat_info.is_null() && (*self.0).pgstat_enabled {
                pg_sys::pgstat_assoc_relation(self.0);
            }
            if let Some(counters) = (*self.0).pgstat_info.as_mut() {
                #[cfg(feature = "pg15")]
                let scans = &mut counters.t_counts.t_numscans;
                #[cfg(not(feature = "pg15"))]
                let scans = &mut counters.counts.numscans;
                *scans += 1;
            }
        }
    }

    pub(super) fn lock(self, block: u32, lock: Lock, strategy: &Strategy) -> Locked {
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
    pub(super) fn extend(self, fork: pg_sys::ForkNumber::Type) -> Locked {
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

    /// Starts a change of pages that are locked exclusively.
    pub(super) fn change(self) -> Change {
        // SAFETY: the index is open.
        Change { log: unsafe { pg_sys::GenericXLogStart(self.0) } }
    }

    /// The value, or an ERROR if a page is damaged.
    pub(super) fn sound<T>(self, value: Result<T, Damaged>) -> T {
        value.unwrap_or_else(|Damaged| {
            // SAFETY: the index is open, and its name is a C string.
            let name =
                unsafe { std::ffi::CStr::from_ptr((*(*self.0).rd_rel).relname.data.as_ptr()) };
            let message = format!("index \"{}\" contains a damaged page", name.to_string_lossy());
            ErrorReport::new(PgSqlErrorCode::ERRCODE_INDEX_CORRUPTED, message, "Pages::sound")
                .set_hint("Please REINDEX it.")
                .report(PgLogLevel::ERROR);
            unreachable!("an ERROR does not return")
        })
    }
}

/// Sleeps for as long as the settings of vacuums ask (`vacuum_cost_delay`).
pub(super) fn vacuum_delay() {
    // SAFETY: a call in a vacuum, or in the making of an index, which asks for no delay.
    unsafe {
        #[cfg(not(feature = "pg18"))]
        pg_sys::vacuum_delay_point();
        #[cfg(feature = "pg18")]
        pg_sys::vacuum_delay_point(false);
    }
}
