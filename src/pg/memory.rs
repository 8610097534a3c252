//! Memory contexts for work that is repeated often, so that the backend's memory does not grow with the
//! number of repetitions.

use std::ffi::CStr;

use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The hint of errors for a lack of memory.
pub(crate) const OUT_OF_MEMORY_HINT: &str = "The server has less memory free than the content takes. The settings \
     midi_pipeline.max_file_size and midi_pipeline.max_events bound what one file may.";

/// The error for a call for which there is not enough memory.
pub(crate) fn out_of_memory() -> ErrorReport {
    let code = PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY;
    ErrorReport::new(code, "out of memory", "memory").set_hint(OUT_OF_MEMORY_HINT)
}

/// A memory context that only this value deletes, when it is dropped.
///
/// It is a child of the context that lives as long as the process. As a child of the current one, it would be
/// deleted with it, for example at the end of SPI's connection, and once more here.
struct OwnContext(pg_sys::MemoryContext);

impl OwnContext {
    fn new(name: &'static CStr) -> Self {
        // SAFETY: the top context exists during the whole process.
        unsafe { Self::below(pg_sys::TopMemoryContext, name) }
    }

    /// # Safety
    /// The parent must exist, and outlive the new context.
    unsafe fn below(parent: pg_sys::MemoryContext, name: &'static CStr) -> Self {
        // PostgreSQL keeps the pointer to the name, which is constant.
        // SAFETY: by the contract, the parent exists.
        Self(unsafe {
            pg_sys::AllocSetContextCreateExtended(
                parent,
                name.as_ptr(),
                pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
                pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
            )
        })
    }

    /// Runs `work` with this context as the current one.
    fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        // SAFETY: this context is owned by self and outlives the call.
        let before = Before(unsafe { pg_sys::MemoryContextSwitchTo(self.0) });
        let result = work();
        drop(before);
        result
    }
}

impl Drop for OwnContext {
    fn drop(&mut self) {
        // SAFETY: nothing else deletes the context. It is not the current one, because `run` has ended.
        unsafe { pg_sys::MemoryContextDelete(self.0) };
    }
}

/// The current memory context from before, which is restored when this is dropped, also when an ERROR unwinds.
struct Before(pg_sys::MemoryContext);

impl Drop for Before {
    fn drop(&mut self) {
        // SAFETY: the caller runs in this context, so it still exists.
        unsafe { pg_sys::MemoryContextSwitchTo(self.0) };
    }
}

/// A memory context that is reset after each use.
pub(super) struct ScratchContext(OwnContext);

impl ScratchContext {
    /// Creates an empty context.
    pub(super) fn new() -> Self {
        Self(OwnContext::new(c"midi_pipeline scratch"))
    }

    /// Runs `work` with this context as the current one, then frees what it allocated there.
    ///
    /// # Safety
    /// Neither the result nor anything that `work` changes may refer to memory that it allocated in the
    /// context.
    pub(super) unsafe fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let result = self.0.run(work);
        // SAFETY: by the contract, nothing in the context is used any more.
        unsafe { pg_sys::MemoryContextReset(self.0.0) };
        result
    }
}

/// Memory contexts that are reset after each row that is read. pgrx copies a value of a row into the
/// parent of the current context, which it assumes to be the context of SPI's caller. That is the
/// transaction's, where every value would stay until the transaction ends.
pub(super) struct RowContext {
    current: OwnContext,
    /// Declared second, so that it is dropped after its child.
    parent: OwnContext,
}

impl RowContext {
    /// Creates empty contexts.
    pub(super) fn new() -> Self {
        let parent = OwnContext::new(c"midi_pipeline row");
        // SAFETY: the parent exists, and is dropped after the child.
        let current = unsafe { OwnContext::below(parent.0, c"midi_pipeline value") };
        Self { current, parent }
    }

    /// Runs `read`, then frees what it allocated and what pgrx copied for it.
    ///
    /// # Safety
    /// Neither the result nor anything that `read` changes may refer to memory that it allocated in the
    /// contexts.
    pub(super) unsafe fn run<R>(&mut self, read: impl FnOnce() -> R) -> R {
        let result = self.current.run(read);
        // SAFETY: by the contract, nothing in the contexts is used any more.
        unsafe {
            pg_sys::MemoryContextReset(self.current.0);
            // Not its child, which is used again.
            pg_sys::MemoryContextResetOnly(self.parent.0);
        }
        result
    }
}
