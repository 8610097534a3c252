//! The pages of the index: which are used, and for what.

use pgrx::pg_sys::{self, Relation};

use super::meta::{Meta, Waiting};
use super::page::{self, Kind, META, NO_PAGE, SPECIAL_SIZE};
use crate::pg::index_pages::{Bytes, Change, Damaged, Lock, Locked, Pages, Strategy};
use crate::pg::interrupts;

/// An index that PostgreSQL has opened for the call in progress.
#[derive(Clone, Copy)]
pub(super) struct Store {
    pub(super) pages: Pages,
}

impl Store {
    /// # Safety
    /// The relation must be an index of this access method, open until the call of PostgreSQL ends.
    pub(super) unsafe fn new(relation: Relation) -> Self {
        // SAFETY: by the contract.
        Self { pages: unsafe { Pages::new(relation) } }
    }

    /// Makes an index without rows. An unlogged one is kept in `INIT_FORKNUM`, from which it is copied after a crash.
    pub(super) fn make_empty(self, fork: pg_sys::ForkNumber::Type) {
        let first = self.pages.extend(fork);
        let waiting = Waiting { first: NO_PAGE, last: NO_PAGE, first_number: 0, last_number: 0 };
        let meta = Meta { next_id: 0, waiting, segments: Vec::new() };
        self.write(first, Kind::Meta, 0, &meta.encode());
    }

    /// What the first page says.
    pub(super) fn meta(self) -> Result<Meta, Damaged> {
        decode(self.pages.lock(META, Lock::Shared, &Strategy::KEPT).bytes())
    }

    /// Where the first page says that rows wait.
    pub(super) fn waiting(self) -> Result<Waiting, Damaged> {
        let locked = self.pages.lock(META, Lock::Shared, &Strategy::KEPT);
        Waiting::decode(meta_body(locked.bytes())?)
    }

    /// The first page, locked, and what it says.
    pub(super) fn lock_meta(self) -> (Locked, Meta) {
        let first = self.pages.lock(META, Lock::Exclusive, &Strategy::KEPT);
        let meta = self.pages.sound(decode(first.bytes()));
        (first, meta)
    }

    /// Changes what the first page says.
    pub(super) fn change_meta<T>(self, change: impl FnOnce(&mut Meta) -> T) -> T {
        let (first, mut meta) = self.lock_meta();
        let changed = change(&mut meta);
        let mut log = self.pages.change();
        put_meta(&mut log, &first, &meta);
        log.finish();
        changed
    }

    /// A page that the index names, locked.
    pub(super) fn lock(
        self,
        block: u32,
        lock: Lock,
        strategy: &Strategy,
    ) -> Result<Locked, Damaged> {
        let is_there = block < self.pages.count();
        is_there.then(|| self.pages.lock(block, lock, strategy)).ok_or(Damaged)
    }

    /// A page of a kind and number, locked for reading.
    pub(super) fn lock_of(
        self,
        block: u32,
        (kind, number): (Kind, u32),
        strategy: &Strategy,
    ) -> Result<Locked, Damaged> {
        let locked = self.lock(block, Lock::Shared, strategy)?;
        let bytes = locked.bytes();
        let is_it = page::is(bytes, kind) && page::number(bytes) == number;
        if is_it { Ok(locked) } else { Err(Damaged) }
    }

    /// Reads the body of a page of a kind and number.
    pub(super) fn read<T>(
        self,
        block: u32,
        of: (Kind, u32),
        strategy: &Strategy,
        read: impl FnOnce(&[u8]) -> Result<T, Damaged>,
    ) -> Result<T, Damaged> {
        read(page::body(self.lock_of(block, of, strategy)?.bytes())?)
    }

    /// Writes a page that is free or new.
    pub(super) fn write(self, locked: Locked, kind: Kind, number: u32, body: &[u8]) {
        let mut log = self.pages.change();
        let bytes = log.anew(&locked, SPECIAL_SIZE);
        page::make(bytes, kind, number);
        page::replace(bytes, body);
        log.finish();
    }

    /// A page that is free, or a new one at the end.
    pub(super) fn allocate(self) -> Locked {
        loop {
            // SAFETY: the index is open.
            let block = unsafe { pg_sys::GetFreeIndexPage(self.pages.relation()) };
            if block == pg_sys::InvalidBlockNumber || block >= self.pages.count() {
                return self.pages.extend(pg_sys::ForkNumber::MAIN_FORKNUM);
            }
            // What is said of free pages is not logged, and may be wrong after a crash.
            let locked = self.pages.lock(block, Lock::Exclusive, &Strategy::KEPT);
            if page::is_usable(locked.bytes()) {
                return locked;
            }
        }
    }

    /// Lets pages be used again. Nobody may look at them any more.
    pub(super) fn free(self, blocks: &[u32]) {
        for &block in blocks {
            interrupts::check();
            let locked = self.pages.lock(block, Lock::Exclusive, &Strategy::KEPT);
            self.write(locked, Kind::Free, 0, &[]);
            // SAFETY: the index is open.
            unsafe { pg_sys::RecordFreeIndexPage(self.pages.relation(), block) };
        }
        if !blocks.is_empty() {
            // SAFETY: the index is open.
            unsafe { pg_sys::IndexFreeSpaceMapVacuum(self.pages.relation()) };
        }
    }
}

/// Puts what the first page says into a change.
pub(super) fn put_meta(log: &mut Change, first: &Locked, meta: &Meta) {
    page::replace(log.page(first), &meta.encode());
}

fn decode(bytes: &Bytes) -> Result<Meta, Damaged> {
    Meta::decode(meta_body(bytes)?)
}

fn meta_body(bytes: &Bytes) -> Result<&[u8], Damaged> {
    if page::is(bytes, Kind::Meta) { page::body(bytes) } else { Err(Damaged) }
}
