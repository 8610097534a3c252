//! The databases of the server.

use std::ffi::CStr;

use pgrx::pg_sys;

use super::require::require_transaction;

/// A database that can be connected to.
pub(crate) struct Database {
    pub(crate) oid: pg_sys::Oid,
    pub(crate) name: Vec<u8>,
}

/// The databases that can be connected to, without templates. Must be called within a transaction.
///
/// The catalog is scanned without an index: before the first client has connected, a process without a
/// database has no index to use.
pub(crate) fn all() -> Vec<Database> {
    require_transaction();
    let mut databases = Vec::new();
    // SAFETY: as autovacuum's launcher reads this shared catalog: within a transaction, under a lock, each
    // row for as long as the scan is at it.
    unsafe {
        let lock = pg_sys::AccessShareLock as i32;
        let relation = pg_sys::table_open(pg_sys::DatabaseRelationId, lock);
        let (none, no_keys) = (std::ptr::null_mut(), std::ptr::null_mut());
        let scan =
            pg_sys::systable_beginscan(relation, pg_sys::InvalidOid, false, none, 0, no_keys);
        loop {
            let row = pg_sys::systable_getnext(scan);
            if row.is_null() {
                break;
            }
            let form = &*pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_database>();
            // A limit of -2 marks one whose DROP DATABASE was interrupted.
            if form.datallowconn && !form.datistemplate && form.datconnlimit != -2 {
                let name = CStr::from_ptr(form.datname.data.as_ptr());
                databases.push(Database { oid: form.oid, name: name.to_bytes().to_owned() });
            }
        }
        pg_sys::systable_endscan(scan);
        pg_sys::table_close(relation, lock);
    }
    databases
}
