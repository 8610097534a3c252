//! Locks that tell whether a process is there: held through transactions, given back when the
//! process ends, however it ends.
//!
//! They are advisory locks of a class that SQL's own functions do not reach, so that nobody can
//! pretend to be a worker; `pg_locks` shows them with this class as `objsubid`.

use std::ffi::CStr;

use pgrx::pg_sys;

use super::catalog;

/// SQL's functions take the classes 1 and 2.
pub(crate) const CLASS: u16 = 0x4D49;

/// One lock of this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The number of a job.
    pub(crate) job: i64,
    /// Who of the job's: 0 is the walk, from 1 on its workers.
    pub(crate) who: i32,
}

impl Lock {
    /// Takes the lock for this process, unless another has it.
    pub(crate) fn try_take(self) -> bool {
        // SAFETY: the tag is valid; a session lock is released by `release` or at the end.
        let result =
            unsafe { pg_sys::LockAcquire(&self.tag(), pg_sys::ExclusiveLock as i32, true, true) };
        result != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL
    }

    /// Gives the lock back, once for each time that it was taken.
    pub(crate) fn release(self) {
        // SAFETY: as above.
        unsafe {
            pg_sys::LockRelease(&self.tag(), pg_sys::ExclusiveLock as i32, true);
        }
    }

    /// Whether another process has the lock.
    pub(crate) fn is_held_elsewhere(self) -> bool {
        let free = self.try_take();
        if free {
            self.release();
        }
        !free
    }

    fn tag(self) -> pg_sys::LOCKTAG {
        pg_sys::LOCKTAG {
            // SAFETY: reads the backend's own state.
            locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
            // Two jobs share a lock only when four thousand million lie between them.
            locktag_field2: self.job as u32,
            locktag_field3: self.who as u32,
            locktag_field4: CLASS,
            locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
            locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
        }
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
