//! Tables and their triggers, as they stand in the relation cache.

use std::ffi::CStr;

use pgrx::pg_sys;

/// Looks at a table and its triggers, which stay as they are until the transaction ends.
pub(super) fn look_at<R>(
    table: pg_sys::Oid,
    look: impl FnOnce(&pg_sys::FormData_pg_class, &[pg_sys::Trigger]) -> R,
) -> R {
    // SAFETY: the lock keeps the table, its descriptor and its triggers as they are; CREATE TRIGGER and
    // all else that would change them wait for it. A relation has its class and, where it has triggers,
    // their descriptor. An ERROR on the way closes the relation.
    unsafe {
        let relation = pg_sys::table_open(table, pg_sys::RowExclusiveLock as i32);
        let triggers = (*relation).trigdesc.as_ref().map_or(&[][..], |triggers| {
            std::slice::from_raw_parts(triggers.triggers, triggers.numtriggers as usize)
        });
        let found = look(&*(*relation).rd_rel, triggers);
        pg_sys::table_close(relation, pg_sys::NoLock as i32);
        found
    }
}

/// The name of a table.
pub(super) fn name(class: &pg_sys::FormData_pg_class) -> String {
    // SAFETY: a relation has a name, which ends in NUL.
    unsafe { CStr::from_ptr(class.relname.data.as_ptr()) }.to_string_lossy().into_owned()
}

/// The name of a trigger.
pub(super) fn trigger_name(trigger: &pg_sys::Trigger) -> String {
    // SAFETY: a trigger has a name, which ends in NUL.
    unsafe { CStr::from_ptr(trigger.tgname) }.to_string_lossy().into_owned()
}
