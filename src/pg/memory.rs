//! A memory context for one batch, so that the backend's memory does not grow with their number.

use pgrx::PgMemoryContexts;

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
