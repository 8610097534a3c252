//! The trigger `midi_guard`: the tables of jobs and schedules are written by the extension alone, and by
//! superusers, whose word is the database's.
//!
//! A superuser's rows are those of a restored dump too, or of a subscription, whose numbers of roles mean
//! others here, and which somebody may have made up elsewhere: they come in without the number that
//! lets them run. So does what a subscription changes in a row.

use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::heap_tuple::PgHeapTuple;
use pgrx::prelude::*;
use pgrx::trigger_support::{PgTriggerError, PgTriggerOperation};
use pgrx::{AllocatedByRust, PgTrigger};

use crate::error;

/// How a subscription writes, and whatever else applies what was done elsewhere.
const REPLICA: i32 = pg_sys::SESSION_REPLICATION_ROLE_REPLICA as i32;

/// The column that says whose a row is; NULL where nobody's word is taken for it.
const ROLE: &str = "role_oid";

/// Whether what is run in this process is a statement of the extension's own bookkeeping.
static WRITING: AtomicBool = AtomicBool::new(false);

/// Runs `work`, a statement of the bookkeeping, in which nobody else's code is called.
pub(crate) fn writing<R>(work: impl FnOnce() -> R) -> R {
    let _writing = Writing(WRITING.swap(true, Ordering::Relaxed));
    work()
}

/// Holds what was before, and puts it back when it is dropped, be it by a return or by an ERROR.
struct Writing(bool);

impl Drop for Writing {
    fn drop(&mut self) {
        WRITING.store(self.0, Ordering::Relaxed);
    }
}

/// Tells PostgreSQL how [`midi_guard`] is called.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn pg_finfo_midi_guard() -> &'static pg_sys::Pg_finfo_record {
    &pg_sys::Pg_finfo_record { api_version: 1 }
}

/// The function of the trigger, which `sql/guard.sql` declares; pgrx's own wrapper would panic where it is
/// called as another function.
///
/// # Safety
/// Called by PostgreSQL.
#[pg_guard]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn midi_guard(call: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: PostgreSQL passes a valid call, and in its context a trigger's data, or something else.
    let trigger = unsafe { PgTrigger::from_fcinfo(&*call) };
    let row = trigger.and_then(|trigger| {
        let row = guarded(&trigger)?;
        Ok(row.and_then(PgHeapTuple::into_trigger_datum))
    });
    match row {
        // Of a statement's trigger nothing is expected.
        Ok(row) => row.unwrap_or(pg_sys::Datum::null()),
        Err(_) => {
            error::not_a_trigger().report(PgLogLevel::ERROR);
            unreachable!("an ERROR does not return")
        }
    }
}

/// The row that may be written.
fn guarded<'a>(
    trigger: &'a PgTrigger<'a>,
) -> Result<Option<PgHeapTuple<'a, AllocatedByRust>>, PgTriggerError> {
    let is_ours = WRITING.load(Ordering::Relaxed);
    // SAFETY: reads the backend's own state and the role caches, within a transaction.
    if !is_ours && !unsafe { pg_sys::superuser() } {
        error::written_by_the_extension_alone(&trigger.table_name()?).report(PgLogLevel::ERROR);
    }
    let operation = trigger.op()?;
    let comes_from_elsewhere = !is_ours
        && match operation {
            PgTriggerOperation::Insert => true,
            // SAFETY: reads the backend's own state.
            _ => unsafe { pg_sys::SessionReplicationRole == REPLICA },
        };
    let row = match operation {
        PgTriggerOperation::Delete => trigger.old(),
        PgTriggerOperation::Insert | PgTriggerOperation::Update => trigger.new(),
        PgTriggerOperation::Truncate => None,
    };
    Ok(row.map(PgHeapTuple::into_owned).map(|mut row| {
        if comes_from_elsewhere && row.get_attribute_by_name(ROLE).is_some() {
            row.set_by_name(ROLE, None::<pg_sys::Oid>).expect("the column holds such numbers");
        }
        row
    }))
}
