//! The trigger `midi_guard`, which lets only the extension and superusers write to the tables of jobs and
//! schedules.
//!
//! Superusers' rows include those of a restored dump and those that a subscription applies. Their role OIDs
//! may mean other roles in this cluster, and the rows may have been forged elsewhere. So the trigger removes
//! the OID from rows that are inserted, and from rows that a subscription changes; rows without one are not
//! executed.

use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::PgTrigger;
use pgrx::heap_tuple::PgHeapTuple;
use pgrx::prelude::*;
use pgrx::trigger_support::PgTriggerOperation;

use crate::error;
use crate::pg::role;
use crate::pg::trigger::{self, trigger_function};

/// The column with the role of a row; NULL where the row is not trusted.
const ROLE: &str = "role_oid";

/// Whether this process is running a statement of the extension on its own tables.
static WRITING: AtomicBool = AtomicBool::new(false);

/// Runs `work`, a statement of the extension on its own tables, during which no other code is called.
pub(crate) fn writing<R>(work: impl FnOnce() -> R) -> R {
    let _writing = Writing(WRITING.swap(true, Ordering::Relaxed));
    work()
}

/// Restores the state from before when it is dropped, also when an ERROR unwinds.
struct Writing(bool);

impl Drop for Writing {
    fn drop(&mut self) {
        WRITING.store(self.0, Ordering::Relaxed);
    }
}

trigger_function! {
    /// The function of the trigger, which `sql/guard.sql` declares.
    midi_guard, pg_finfo_midi_guard, guarded, error::not_a_trigger
}

/// The row that may be written.
fn guarded<'a>(trigger: &'a PgTrigger<'a>) -> trigger::Answer<'a> {
    let is_ours = WRITING.load(Ordering::Relaxed);
    if !is_ours && !role::is_superuser() {
        error::written_by_the_extension_only(&trigger.table_name()?).report(PgLogLevel::ERROR);
    }
    let operation = trigger.op()?;
    let comes_from_elsewhere = !is_ours
        && match operation {
            PgTriggerOperation::Insert => true,
            _ => trigger::applies_replicated_changes(),
        };
    let row = match operation {
        PgTriggerOperation::Delete => trigger.old(),
        PgTriggerOperation::Insert | PgTriggerOperation::Update => trigger.new(),
        PgTriggerOperation::Truncate => None,
    };
    Ok(row.map(PgHeapTuple::into_owned).map(|mut row| {
        if comes_from_elsewhere && row.get_attribute_by_name(ROLE).is_some() {
            row.set_by_name(ROLE, None::<pg_sys::Oid>).expect("the column holds role numbers");
        }
        row
    }))
}
