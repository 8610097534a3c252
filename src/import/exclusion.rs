//! Which imports of a database may write at the same time.

use crate::pg::import_lock;

/// Waits for the imports of this database that are under way, and holds off others until the
/// transaction ends: two that write the same contents in another order would deadlock.
pub(crate) fn hold_off_all() {
    import_lock::take_alone();
}

/// Waits for the direct imports that are under way, and holds them off until the transaction ends.
/// Transactions that write one batch each, in its order, do not disturb one another.
pub(crate) fn hold_off_direct() {
    import_lock::take_share();
}
