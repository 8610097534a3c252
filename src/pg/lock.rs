//! Session locks that show whether a worker exists: they are held across transactions, and released when the process
//! ends, however it ends. Whether a lock is held is read from the server's list of locks and not found out by taking
//! it, because a process that took the lock would look like the worker.
//!
//! Another lock keeps imports from disturbing each other. They hold it until their transaction ends.
//!
//! All are advisory locks of classes that SQL's own functions cannot use, so that nobody can pretend to be a worker or
//! keep imports from running. `pg_locks` shows the class as `objsubid`.

use std::ffi::CStr;

use pgrx::pg_sys;

use super::catalog;
use super::require::require_transaction;

/// The class of the workers' locks. SQL's functions use the classes 1 and 2. The view `midi_import_progress` looks for
/// this one.
const CLASS: u16 = 0x4D49;

/// The class of the lock that a process holds while it starts the workers of a job.
const TURN_CLASS: u16 = CLASS + 1;

/// The class of the lock that imports take.
const IMPORT_CLASS: u16 = CLASS + 2;

/// Distinguishes the lock between prunes and pieces that clients send, which no import waits for.
const PRUNE: i32 = 1;

/// The highest number of a job that fits into a lock.
pub(crate) const HIGHEST_JOB: i64 = u32::MAX as i64;

/// The lock of a worker in this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The number of a job.
    pub(crate) job: i64,
    /// The number of the worker in the job, from 1 on; 0 is the walk of the source.
    pub(crate) who: i32,
}

/// The workers of this database's jobs at the time of the call.
pub(crate) struct Alive(Vec<Holder>);

struct Holder {
    job: u32,
    who: i32,
    pid: i32,
}

impl Alive {
    /// Reads the server's list of locks.
    pub(crate) fn read() -> Self {
        // SAFETY: reads shared memory under its own locks. The result has an array of that length. Both are palloc'd,
        // and freed here.
        unsafe {
            let data = pg_sys::GetLockStatusData();
            let count = usize::try_from((*data).nelements).unwrap_or(0);
            let locks = std::slice::from_raw_parts((*data).locks, count);
            let database = pg_sys::MyDatabaseId.to_u32();
            let holders = locks.iter().filter_map(|lock| Holder::of(lock, database)).collect();
            pg_sys::pfree((*data).locks.cast());
            pg_sys::pfree(data.cast());
            Self(holders)
        }
    }

    /// The workers of a job: their numbers, and their process IDs.
    pub(crate) fn of(&self, job: i64) -> impl Iterator<Item = (i32, i32)> {
        let job = job as u32;
        let workers = self.0.iter().filter(move |holder| holder.job == job && holder.who > 0);
        workers.map(|holder| (holder.who, holder.pid))
    }

    /// A job that has a worker, or whose source is being listed.
    pub(crate) fn job(&self) -> Option<u32> {
        self.0.first().map(|holder| holder.job)
    }

    /// Whether a job has a worker.
    pub(crate) fn any(&self, job: i64) -> bool {
        self.of(job).next().is_some()
    }

    /// Whether a job has this worker.
    pub(crate) fn has(&self, job: i64, who: i32) -> bool {
        self.of(job).any(|(other, _)| other == who)
    }
}

impl Holder {
    fn of(lock: &pg_sys::LockInstanceData, database: u32) -> Option<Self> {
        let tag = &lock.locktag;
        let is_held = lock.holdMask & (1 << pg_sys::ExclusiveLock) != 0;
        let is_one = tag.locktag_type == pg_sys::LockTagType::LOCKTAG_ADVISORY as u8
            && tag.locktag_field1 == database
            && tag.locktag_field4 == CLASS
            && is_held;
        let (job, who) = (tag.locktag_field2, tag.locktag_field3 as i32);
        is_one.then_some(Self { job, who, pid: lock.pid })
    }
}

/// The right to start a job's workers, which one process has at a time. It is released when this is dropped, also when
/// an ERROR unwinds.
pub(crate) struct Turn(pg_sys::LOCKTAG);

impl Turn {
    /// Takes it, unless another process holds it.
    pub(crate) fn take(job: i64) -> Option<Self> {
        let tag = tag(job, 0, TURN_CLASS);
        try_take(&tag).then_some(Self(tag))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        release(&self.0);
    }
}

impl Lock {
    /// Takes the lock for this process, unless another process holds it.
    pub(crate) fn try_take(self) -> bool {
        try_take(&self.tag())
    }

    /// Releases the lock, once for each time that it was taken.
    pub(crate) fn release(self) {
        release(&self.tag());
    }

    fn tag(self) -> pg_sys::LOCKTAG {
        tag(self.job, self.who, CLASS)
    }
}

fn tag(job: i64, who: i32, class: u16) -> pg_sys::LOCKTAG {
    pg_sys::LOCKTAG {
        // SAFETY: reads the backend's own state.
        locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
        // No job has a number beyond HIGHEST_JOB.
        locktag_field2: job as u32,
        locktag_field3: who as u32,
        locktag_field4: class,
        locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
        locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
    }
}

fn try_take(tag: &pg_sys::LOCKTAG) -> bool {
    // SAFETY: the tag is valid. A session lock is released by `release` or at the end of the process.
    let result = unsafe { pg_sys::LockAcquire(tag, pg_sys::ExclusiveLock as i32, true, true) };
    result != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL
}

fn release(tag: &pg_sys::LOCKTAG) {
    // SAFETY: as above.
    unsafe {
        pg_sys::LockRelease(tag, pg_sys::ExclusiveLock as i32, true);
    }
}

/// Waits for the running imports of this database, and blocks others until the transaction ends: two that write the
/// same contents in different orders would deadlock.
pub(crate) fn hold_off_all_imports() {
    take_for_transaction(&tag(0, 0, IMPORT_CLASS), pg_sys::ExclusiveLock);
}

/// Waits for the running direct imports, and blocks others until the transaction ends. Transactions that write one
/// batch each, in its order, do not disturb each other.
pub(crate) fn hold_off_direct_imports() {
    take_for_transaction(&tag(0, 0, IMPORT_CLASS), pg_sys::ShareLock);
}

/// Waits for the running imports and prunes and for the pieces that clients are sending, and blocks them until the
/// transaction ends: so what is looked for in the library is not added meanwhile.
pub(crate) fn hold_off_all_additions() {
    hold_off_all_imports();
    take_for_transaction(&tag(0, PRUNE, IMPORT_CLASS), pg_sys::ExclusiveLock);
}

/// Waits for a running prune, and blocks others until the transaction ends. It blocks no import.
pub(crate) fn hold_off_prunes() {
    take_for_transaction(&tag(0, PRUNE, IMPORT_CLASS), pg_sys::ShareLock);
}

fn take_for_transaction(tag: &pg_sys::LOCKTAG, mode: u32) {
    require_transaction();
    // SAFETY: the tag is valid. The lock is released when the transaction ends. Cancels, timeouts and the deadlock
    // detector end the wait as they do for any lock.
    unsafe {
        pg_sys::LockAcquire(tag, mode as i32, false, false);
    }
}

/// Blocks DROP EXTENSION until the transaction ends. Returns false if there is no such extension. Must be called
/// before any of its tables is locked, because DROP EXTENSION locks the extension first, then the tables in an order
/// of its own.
pub(crate) fn hold_extension(name: &CStr) -> bool {
    let Some(oid) = catalog::extension(name) else { return false };
    // SAFETY: the lock belongs to this transaction.
    unsafe {
        let share = pg_sys::AccessShareLock as i32;
        pg_sys::LockDatabaseObject(pg_sys::ExtensionRelationId, oid, 0, share);
    }
    // It may have been dropped during the wait.
    catalog::extension(name) == Some(oid)
}
