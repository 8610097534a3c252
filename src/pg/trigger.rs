//! Trigger functions in C that answer an error, and do not panic, if they are not called as triggers.

use pgrx::heap_tuple::PgHeapTuple;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::trigger_support::PgTriggerError;
use pgrx::{AllocatedByRust, PgTrigger};

/// The row that a trigger function returns; `None` for a statement's trigger.
pub(crate) type Answer<'a> = Result<Option<PgHeapTuple<'a, AllocatedByRust>>, PgTriggerError>;

/// Defines a C function of the given name, and the function by which PostgreSQL asks how it is called. The
/// first function makes the row that the trigger returns, the second the error for other calls.
macro_rules! trigger_function {
    ($(#[$attribute:meta])* $name:ident, $info:ident, $answer:expr, $not_a_trigger:expr) => {
        #[doc = concat!("Tells PostgreSQL how [`", stringify!($name), "`] is called.")]
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        pub extern "C-unwind" fn $info() -> &'static ::pgrx::pg_sys::Pg_finfo_record {
            &::pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        $(#[$attribute])*
        ///
        /// # Safety
        /// Called by PostgreSQL.
        #[allow(unsafe_code)]
        #[::pgrx::pg_guard]
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(
            call: ::pgrx::pg_sys::FunctionCallInfo,
        ) -> ::pgrx::pg_sys::Datum {
            // SAFETY: PostgreSQL passes a valid call.
            unsafe { $crate::pg::trigger::answer(call, $answer, $not_a_trigger) }
        }
    };
}

pub(crate) use trigger_function;

/// Answers the call of a trigger function.
///
/// # Safety
/// The call must be in progress.
pub(crate) unsafe fn answer(
    call: pg_sys::FunctionCallInfo,
    answer: for<'a> fn(&'a PgTrigger<'a>) -> Answer<'a>,
    not_a_trigger: fn() -> ErrorReport,
) -> pg_sys::Datum {
    // SAFETY: by the contract; pgrx checks whether the call's context is a trigger's.
    let trigger = unsafe { PgTrigger::from_fcinfo(&*call) };
    let row =
        trigger.and_then(|trigger| Ok(answer(&trigger)?.and_then(PgHeapTuple::into_trigger_datum)));
    match row {
        // PostgreSQL ignores what a statement's trigger returns.
        Ok(row) => row.unwrap_or(pg_sys::Datum::null()),
        Err(_) => {
            not_a_trigger().report(PgLogLevel::ERROR);
            unreachable!("an ERROR does not return")
        }
    }
}

/// Whether this process applies changes of another server, as a subscription does.
pub(crate) fn applies_replicated_changes() -> bool {
    const REPLICA: i32 = pg_sys::SESSION_REPLICATION_ROLE_REPLICA as i32;
    // SAFETY: reads the backend's own state.
    unsafe { pg_sys::SessionReplicationRole == REPLICA }
}
