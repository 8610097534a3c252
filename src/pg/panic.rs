//! Panics: a client gets an ERROR without details, and the server's log gets the message and the location.
//!
//! pgrx makes an ERROR with the panic's own message. If the server's environment has RUST_BACKTRACE, it also adds a
//! backtrace to the DETAIL of every ERROR that passes through Rust, including PostgreSQL's own. Here its hook is
//! replaced by one that takes no backtrace for the client, and that has the message replaced while PostgreSQL builds
//! the ERROR: an error context callback may set another message, just as it may add a line.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::PanicHookInfo;
use std::ptr;
use std::sync::Mutex;

use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The message of the ERROR.
const MESSAGE: &CStr = c"internal error in midi_pipeline";
const HINT: &CStr = c"See the server's log for the cause, and please report it.";

/// The log entry of the current panic, until it is written.
static UNREPORTED: Mutex<Option<String>> = Mutex::new(None);

/// Replaces pgrx's hook. Must be called from `_PG_init`, which runs after pgrx has set the hook.
pub(crate) fn install() {
    drop(std::panic::take_hook());
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_main_thread() {
            // The main thread gets the panic when it waits for the thread. This writes to the server's log.
            default(panic);
        } else if let Some(message) = message(panic.payload()) {
            prepare_report(described(panic, message));
        }
    }));
}

/// Reports a panic that was caught to the server's log, and returns the error for the client.
pub(crate) fn caught() -> ErrorReport {
    if let Some(entry) = take() {
        // SAFETY: `prepare_report` pushed a callback onto the stack, where it is on top: callbacks that were pushed
        // later were popped while unwinding.
        unsafe {
            let stack = pg_sys::error_context_stack;
            if let Some(top) = stack.as_ref()
                && top.callback.is_some_and(|callback| ptr::fn_addr_eq(callback, REWORD))
            {
                pg_sys::error_context_stack = top.previous;
            }
        }
        report(&entry);
    }
    let [message, hint] = [MESSAGE, HINT].map(CStr::to_string_lossy);
    ErrorReport::new(PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, message, "panic").set_hint(hint)
}

fn is_main_thread() -> bool {
    // SAFETY: both return an ID of the system.
    unsafe { libc::gettid() == libc::getpid() }
}

/// The message of a panic; `None` for an ERROR that unwinds through Rust.
fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
}

fn described(panic: &PanicHookInfo<'_>, message: &str) -> String {
    let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
    // On one line, so that it can be found in the log.
    let message = message.replace('\n', " ");
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => format!("panic{place}: {message}\n{backtrace}"),
        _ => format!("panic{place}: {message}"),
    }
}

/// Keeps the log entry, and has the message of the ERROR that pgrx makes of the panic replaced.
fn prepare_report(entry: String) {
    let Ok(mut slot) = UNREPORTED.lock() else { return };
    if slot.replace(entry).is_none() {
        // SAFETY: on the main thread. The callback is never freed. PostgreSQL restores the stack where it catches
        // the ERROR.
        unsafe {
            let callback = Box::leak(Box::new(pg_sys::ErrorContextCallback {
                previous: pg_sys::error_context_stack,
                callback: Some(REWORD),
                arg: ptr::null_mut(),
            }));
            pg_sys::error_context_stack = callback;
        }
    }
}

fn take() -> Option<String> {
    UNREPORTED.lock().ok()?.take()
}

fn report(entry: &str) {
    ereport!(
        PgLogLevel::LOG_SERVER_ONLY,
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!("midi_pipeline: {entry}")
    );
}

const REWORD: unsafe extern "C-unwind" fn(*mut c_void) = reword;

/// Called while PostgreSQL builds the ERROR. Of Rust, only the code that reports it is on the stack then.
unsafe extern "C-unwind" fn reword(_argument: *mut c_void) {
    if let Some(entry) = take() {
        // SAFETY: errmsg and errhint replace what the current ERROR has. The format has one directive, and one
        // argument is given.
        unsafe {
            errmsg(c"%s".as_ptr(), MESSAGE.as_ptr());
            errhint(c"%s".as_ptr(), HINT.as_ptr());
        }
        report(&entry);
    }
}

// From PostgreSQL's `utils/elog.h`; pgrx does not declare them.
unsafe extern "C-unwind" {
    fn errmsg(format: *const c_char, ...) -> c_int;
    fn errhint(format: *const c_char, ...) -> c_int;
}
