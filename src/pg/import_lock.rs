//! The lock by which imports of a database keep out of each other's way, held until the transaction ends.
//!
//! It is an advisory lock of a class that SQL's own functions do not reach, so that nobody but an
//! import can hold imports off; `pg_locks` shows it with this class as `objsubid`.

use pgrx::pg_sys;

/// SQL's functions take the classes 1 and 2, jobs 0x4D49 and the one after ([`super::lock`]).
const CLASS: u16 = 0x4D49 + 2;

/// Waits for every other holder, and holds off others.
pub(crate) fn take_alone() {
    take(pg_sys::ExclusiveLock);
}

/// Waits for who holds it alone, and holds such off.
pub(crate) fn take_share() {
    take(pg_sys::ShareLock);
}

fn take(mode: u32) {
    let tag = pg_sys::LOCKTAG {
        // SAFETY: reads the backend's own state.
        locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
        locktag_field2: 0,
        locktag_field3: 0,
        locktag_field4: CLASS,
        locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
        locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
    };
    // SAFETY: the tag is valid; a lock that is no session's is released when the transaction ends. The
    // wait is one like any other: it is cancelled, timed out and looked at for deadlocks.
    unsafe {
        pg_sys::LockAcquire(&tag, mode as i32, false, false);
    }
}
