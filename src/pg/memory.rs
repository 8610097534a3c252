//! Memory contexts of work that is done many times, so that the backend's memory does not grow with how
//! often.

use pgrx::{PgMemoryContexts, pg_sys};

/// A memory context that is emptied after each use.
pub(crate) struct BatchContext(PgMemoryContexts);

impl BatchContext {
    /// Makes an empty context below the current one.
    pub(crate) fn new() -> Self {
        Self(PgMemoryContexts::new("midi_pipeline batch"))
    }

    /// Runs `work` with this context as the current one, and frees what it allocated there. The
    /// result must own its memory: no datum may be returned.
    pub(crate) fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        // SAFETY: the context is owned by self and outlives the call; by the contract above nothing
        // that lives in it is reachable after the reset.
        unsafe {
            let result = self.0.switch_to(|_| work());
            self.0.reset();
            result
        }
    }
}

/// Memory contexts that are emptied after each row that is read. pgrx copies a value of a row into the
/// parent of the current context, in the belief that it is where the caller of SPI was: it is the
/// transaction's own, and every value would stay until the transaction ends.
pub(crate) struct RowContext {
    current: PgMemoryContexts,
    /// Dropped after what is below it.
    parent: PgMemoryContexts,
}

impl RowContext {
    /// Makes empty contexts below the current one.
    pub(crate) fn new() -> Self {
        let mut parent = PgMemoryContexts::new("midi_pipeline row");
        // SAFETY: the parent is there, and outlives the other.
        let current = unsafe { parent.switch_to(|_| PgMemoryContexts::new("midi_pipeline value")) };
        Self { current, parent }
    }

    /// Runs `read`, and frees what it allocated and what pgrx copied for it. The result must own its
    /// memory.
    pub(crate) fn run<R>(&mut self, read: impl FnOnce() -> R) -> R {
        // SAFETY: the contexts are owned by self and outlive the call; by the contract above nothing
        // that lives in them is reachable after the reset.
        unsafe {
            let result = self.current.switch_to(|_| read());
            self.current.reset();
            // Without what is below it, which is used again.
            pg_sys::MemoryContextResetOnly(self.parent.value());
            result
        }
    }
}
