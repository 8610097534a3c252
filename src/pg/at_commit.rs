//! Work that is done once the current transaction is committed, and not if the transaction or the savepoint in which
//! it was requested is rolled back.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr;

use pgrx::prelude::*;

/// Work to do, and the subtransaction that has to be committed before.
struct Task {
    subtransaction: pg_sys::SubTransactionId,
    work: Box<dyn FnOnce()>,
}

thread_local! {
    static TASKS: RefCell<Vec<Task>> = const { RefCell::new(Vec::new()) };
    static IS_REGISTERED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` once the current transaction is committed. It must not fail, because the commit cannot be undone any
/// more. If the transaction is prepared for a two-phase commit, `work` is not run: another session commits it.
pub(crate) fn run(work: impl FnOnce() + 'static) {
    register();
    // SAFETY: reads the backend's own state.
    let subtransaction = unsafe { pg_sys::GetCurrentSubTransactionId() };
    TASKS.with_borrow_mut(|tasks| tasks.push(Task { subtransaction, work: Box::new(work) }));
}

fn register() {
    if !IS_REGISTERED.replace(true) {
        // SAFETY: both callbacks live as long as the process, and are registered once.
        unsafe {
            pg_sys::RegisterXactCallback(Some(transaction_ends), ptr::null_mut());
            pg_sys::RegisterSubXactCallback(Some(subtransaction_ends), ptr::null_mut());
        }
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn transaction_ends(event: pg_sys::XactEvent::Type, _arg: *mut c_void) {
    use pg_sys::XactEvent::*;
    match event {
        XACT_EVENT_COMMIT => {
            for task in TASKS.take() {
                (task.work)();
            }
        }
        XACT_EVENT_ABORT | XACT_EVENT_PREPARE => drop(TASKS.take()),
        _ => {}
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn subtransaction_ends(
    event: pg_sys::SubXactEvent::Type,
    this: pg_sys::SubTransactionId,
    parent: pg_sys::SubTransactionId,
    _arg: *mut c_void,
) {
    use pg_sys::SubXactEvent::*;
    TASKS.with_borrow_mut(|tasks| match event {
        SUBXACT_EVENT_COMMIT_SUB => {
            for task in tasks.iter_mut().filter(|task| task.subtransaction == this) {
                task.subtransaction = parent;
            }
        }
        SUBXACT_EVENT_ABORT_SUB => tasks.retain(|task| task.subtransaction != this),
        _ => {}
    });
}
