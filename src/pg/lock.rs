//! Locks that tell whether a process is there: held through transactions, given back when the
//! process ends, however it ends. Who asks reads the server's list of locks, and takes none: one
//! that took the lock it asks about would be seen there itself.
//!
//! Imports keep out of each other's way by another, which they hold until their transaction ends.
//!
//! All are advisory locks of classes that SQL's own functions do not reach, so that nobody can
//! pretend to be a worker or hold imports off; `pg_locks` shows them with these as `objsubid`.

use std::ffi::CStr;

use pgrx::pg_sys;

use super::catalog;

/// SQL's functions take the classes 1 and 2. The view `midi_import_progress` looks for this one.
const CLASS: u16 = 0x4D49;

/// Of the lock that whoever starts a job's workers holds meanwhile, which says nothing of a worker.
const TURN_CLASS: u16 = CLASS + 1;

/// Of the lock by which imports keep out of each other's way.
const IMPORT_CLASS: u16 = CLASS + 2;

/// The highest number of a job that a lock can hold.
pub(crate) const HIGHEST_JOB: i64 = u32::MAX as i64;

/// One lock of this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The number of a job.
    pub(crate) job: i64,
    /// Who of the job's: 0 is the walk, from 1 on its workers.
    pub(crate) who: i32,
}

/// The workers of this database's jobs, as they were a moment ago.
pub(crate) struct Alive(Vec<Holder>);

struct Holder {
    job: u32,
    who: i32,
    pid: i32,
}

impl Alive {
    /// Reads the server's list of locks.
    pub(crate) fn read() -> Self {
        // SAFETY: reads shared memory under its own locks; the answer is an array of that length,
        // palloc'd, and freed with the function's memory context, or at once.
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

    /// The workers of a job: their numbers, and their processes.
    pub(crate) fn of(&self, job: i64) -> impl Iterator<Item = (i32, i32)> {
        let job = job as u32;
        let workers = self.0.iter().filter(move |holder| holder.job == job && holder.who > 0);
        workers.map(|holder| (holder.who, holder.pid))
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

/// The right to start a job's workers, which one process has at a time. It is given back when this
/// is dropped, be it by a return or by an ERROR that unwinds.
pub(crate) struct Turn(pg_sys::LOCKTAG);

impl Turn {
    /// Takes it, unless another process has it.
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
    /// Takes the lock for this process, unless another has it.
    pub(crate) fn try_take(self) -> bool {
        try_take(&self.tag())
    }

    /// Gives the lock back, once for each time that it was taken.
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
    // SAFETY: the tag is valid; a session lock is released by `release` or at the end.
    let result = unsafe { pg_sys::LockAcquire(tag, pg_sys::ExclusiveLock as i32, true, true) };
    result != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL
}

fn release(tag: &pg_sys::LOCKTAG) {
    // SAFETY: as above.
    unsafe {
        pg_sys::LockRelease(tag, pg_sys::ExclusiveLock as i32, true);
    }
}

/// Waits for the imports of this database that are under way, and holds off others until the
/// transaction ends: two that write the same contents in another order would deadlock.
pub(crate) fn hold_off_all_imports() {
    take_for_transaction(&tag(0, 0, IMPORT_CLASS), pg_sys::ExclusiveLock);
}

/// Waits for the direct imports that are under way, and holds them off until the transaction ends.
/// Transactions that write one batch each, in its order, do not disturb one another.
pub(crate) fn hold_off_direct_imports() {
    take_for_transaction(&tag(0, 0, IMPORT_CLASS), pg_sys::ShareLock);
}

fn take_for_transaction(tag: &pg_sys::LOCKTAG, mode: u32) {
    // SAFETY: the tag is valid; a lock that is no session's is released when the transaction ends. The
    // wait is one like any other: it is cancelled, timed out and looked at for deadlocks.
    unsafe {
        pg_sys::LockAcquire(tag, mode as i32, false, false);
    }
}

/// Holds off DROP EXTENSION until the transaction ends; answers false where there is no such
/// extension. To be called before any of its tables is locked, since DROP EXTENSION locks the
/// extension first, and the tables in an order of its own.
pub(crate) fn hold_extension(name: &CStr) -> bool {
    let Some(oid) = catalog::extension(name) else { return false };
    // SAFETY: a lock of this transaction's.
    unsafe {
        let share = pg_sys::AccessShareLock as i32;
        pg_sys::LockDatabaseObject(pg_sys::ExtensionRelationId, oid, 0, share);
    }
    // It may have been dropped while this waited.
    catalog::extension(name) == Some(oid)
}
