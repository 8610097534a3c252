//! What becomes of a panic: an ERROR that tells a client no more than that something went wrong, and
//! an entry in the server's log that tells what and where.
//!
//! pgrx makes an ERROR of a panic, with the panic's own message, and where the server's environment
//! has RUST_BACKTRACE it adds a backtrace to the DETAIL of every ERROR that passes through Rust, those
//! of PostgreSQL included. Here its hook is replaced by one that takes no backtrace for a client, and
//! that has the ERROR reworded while PostgreSQL puts it together: as the context callback of an
//! ERROR may add a line to it, it may give it another message.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::PanicHookInfo;
use std::ptr;
use std::sync::Mutex;

use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// What a client is told of a panic.
const MESSAGE: &CStr = c"internal error in midi_pipeline";
const HINT: &CStr = c"The server's log tells what happened and where; please report it.";

/// What the log is to tell of the panic that is under way.
static UNTOLD: Mutex<Option<String>> = Mutex::new(None);

/// Replaces pgrx's hook. To be called from `_PG_init`, which is called after pgrx has set it.
pub(crate) fn install() {
    drop(std::panic::take_hook());
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_main_thread() {
            // Whoever waits for the thread hears of it; this writes to the server's log.
            default(panic);
        } else if let Some(message) = message(panic.payload()) {
            put_down(described(panic, message));
        }
    }));
}

/// What a client is told, for one who caught the panic: it is in the server's log, and nothing is
/// left of it.
pub(crate) fn caught() -> ErrorReport {
    if let Some(untold) = take() {
        // SAFETY: `put_down` put a callback on top of the stack, where it has stayed, since what is
        // put on it in between is taken off on the way back.
        unsafe {
            let stack = pg_sys::error_context_stack;
            if let Some(top) = stack.as_ref()
                && top.callback.is_some_and(|callback| ptr::fn_addr_eq(callback, REWORD))
            {
                pg_sys::error_context_stack = top.previous;
            }
        }
        tell(&untold);
    }
    let [message, hint] = [MESSAGE, HINT].map(CStr::to_string_lossy);
    ErrorReport::new(PgSqlErrorCode::ERRCODE_INTERNAL_ERROR, message, "panic").set_hint(hint)
}

fn is_main_thread() -> bool {
    // SAFETY: both ask the system for a number.
    unsafe { libc::gettid() == libc::getpid() }
}

/// The message of a panic; `None` of an ERROR on its way through Rust.
fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
}

fn described(panic: &PanicHookInfo<'_>, message: &str) -> String {
    let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
    // A line of its own, by which it can be found.
    let message = message.replace('\n', " ");
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => format!("panic{place}: {message}\n{backtrace}"),
        _ => format!("panic{place}: {message}"),
    }
}

/// Remembers what is to be told, and has the ERROR that pgrx makes of the panic reworded.
fn put_down(untold: String) {
    let Ok(mut place) = UNTOLD.lock() else { return };
    if place.replace(untold).is_none() {
        // SAFETY: on the main thread. The callback is never freed; PostgreSQL resets the stack to
        // what it was where the ERROR is caught.
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
    UNTOLD.lock().ok()?.take()
}

fn tell(untold: &str) {
    ereport!(
        PgLogLevel::LOG_SERVER_ONLY,
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        format!("midi_pipeline: {untold}")
    );
}

const REWORD: unsafe extern "C-unwind" fn(*mut c_void) = reword;

/// Called while the ERROR is put together, when nothing of Rust is on the stack any more but what
/// reports it.
unsafe extern "C-unwind" fn reword(_argument: *mut c_void) {
    if let Some(untold) = take() {
        // SAFETY: errmsg and errhint replace what the ERROR under way has; the strings have no other
        // directive than the one that is given.
        unsafe {
            errmsg(c"%s".as_ptr(), MESSAGE.as_ptr());
            errhint(c"%s".as_ptr(), HINT.as_ptr());
        }
        tell(&untold);
    }
}

// Of PostgreSQL's `utils/elog.h`, which pgrx leaves out.
unsafe extern "C-unwind" {
    fn errmsg(format: *const c_char, ...) -> c_int;
    fn errhint(format: *const c_char, ...) -> c_int;
}
