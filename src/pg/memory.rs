//! Memory contexts for work that is repeated often, so that the backend's memory does not grow with the
//! number of repetitions.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::{PgMemoryContexts, pg_sys};

/// The hint of errors for a lack of memory.
pub(crate) const OUT_OF_MEMORY_HINT: &str = "The server has less memory free than the content takes. The settings \
     midi_pipeline.max_file_size and midi_pipeline.max_events bound what one file may.";

/// The error for a call for which there is not enough memory.
pub(crate) fn out_of_memory() -> ErrorReport {
    let code = PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY;
    ErrorReport::new(code, "out of memory", "memory").set_hint(OUT_OF_MEMORY_HINT)
}

/// A memory context that is reset after each use.
pub(crate) struct BatchContext(PgMemoryContexts);

impl BatchContext {
    /// Creates an empty context below the current one.
    pub(crate) fn new() -> Self {
        Self(PgMemoryContexts::new("midi_pipeline batch"))
    }

    /// Runs `work` with this context as the current one, then frees what it allocated there.
    ///
    /// The result owns its memory: types that refer to PostgreSQL's hold raw pointers, so they are not
    /// `Send`. For the same reason the variables that `work` changes must not be such types; the compiler
    /// checks this only for the result.
    pub(crate) fn run<R: Send>(&mut self, work: impl FnOnce() -> R) -> R {
        // SAFETY: see above.
        unsafe { self.run_unchecked(work) }
    }

    /// [`Self::run`] for results of any type.
    ///
    /// # Safety
    /// Neither the result nor anything that `work` changes may refer to memory that it allocated in the
    /// context.
    pub(super) unsafe fn run_unchecked<R>(&mut self, work: impl FnOnce() -> R) -> R {
        // SAFETY: the context is owned by self and outlives the call. By the contract, nothing in it is
        // used after the reset.
        unsafe {
            let result = self.0.switch_to(|_| work());
            self.0.reset();
            result
        }
    }
}

/// Memory contexts that are reset after each row that is read. pgrx copies a value of a row into the
/// parent of the current context, which it assumes to be the context of SPI's caller. That is the
/// transaction's, where every value would stay until the transaction ends.
pub(super) struct RowContext {
    current: PgMemoryContexts,
    /// Declared second, so that it is dropped after its child.
    parent: PgMemoryContexts,
}

impl RowContext {
    /// Creates empty contexts below the current one.
    pub(super) fn new() -> Self {
        let mut parent = PgMemoryContexts::new("midi_pipeline row");
        // SAFETY: the parent exists, and outlives the child.
        let current = unsafe { parent.switch_to(|_| PgMemoryContexts::new("midi_pipeline value")) };
        Self { current, parent }
    }

    /// Runs `read`, then frees what it allocated and what pgrx copied for it.
    ///
    /// # Safety
    /// Neither the result nor anything that `read` changes may refer to memory that it allocated in the
    /// contexts.
    pub(super) unsafe fn run<R>(&mut self, read: impl FnOnce() -> R) -> R {
        // SAFETY: the contexts are owned by self and outlive the call. By the contract, nothing in them is
        // used after the reset.
        unsafe {
            let result = self.current.switch_to(|_| read());
            self.current.reset();
            // Not its child, which is used again.
            pg_sys::MemoryContextResetOnly(self.parent.value());
            result
        }
    }
}
