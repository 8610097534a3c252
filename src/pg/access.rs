//! Whether the current role may read the server's files.

use pgrx::pg_sys::{self, ROLE_PG_READ_SERVER_FILES};

use super::require::require_transaction;

/// Whether the current role is a superuser or has the privileges of `pg_read_server_files`.
pub(crate) fn may_read_server_files() -> bool {
    require_transaction();
    // SAFETY: both read the backend's own state and the role caches, within a transaction.
    unsafe {
        pg_sys::has_privs_of_role(pg_sys::GetUserId(), pg_sys::Oid::from(ROLE_PG_READ_SERVER_FILES))
    }
}
