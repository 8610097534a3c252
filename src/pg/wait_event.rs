//! What a process waits for, as the column `wait_event` of `pg_stat_activity` shows it.

use pgrx::pg_sys;

/// A reason to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    /// For the threads that read and analyze files.
    Analysis,
    /// For the thread that unpacks archives.
    Archive,
    /// For the thread that lists folders.
    Listing,
    /// For a thread that reads from storage.
    Storage,
    /// For the end of a job.
    Job,
    /// For the workers of a job to begin, or to leave.
    Workers,
    /// For files that other workers of the same job are not done with.
    OtherWorkers,
    /// For a node of a distributed library that does not answer.
    Nodes,
    /// For what is due next.
    Schedule,
}

impl Wait {
    /// The number under which the server shows it. Before PostgreSQL 17 all extensions share one.
    #[cfg(not(any(feature = "pg17", feature = "pg18")))]
    #[expect(clippy::unused_self, reason = "as in later versions")]
    pub(super) fn event(self) -> u32 {
        pg_sys::PG_WAIT_EXTENSION
    }

    /// The number under which the server shows it, which is made by the first process that needs it.
    ///
    /// Raises an ERROR where other extensions have used up the numbers.
    #[cfg(any(feature = "pg17", feature = "pg18"))]
    pub(super) fn event(self) -> u32 {
        use std::sync::atomic::{AtomicU32, Ordering};
        /// The numbers that this process knows.
        static EVENTS: [AtomicU32; Wait::Schedule as usize + 1] =
            [const { AtomicU32::new(0) }; Wait::Schedule as usize + 1];
        let known = &EVENTS[self as usize];
        if known.load(Ordering::Relaxed) == 0 {
            // SAFETY: the server copies the name.
            let event = unsafe { pg_sys::WaitEventExtensionNew(self.name().as_ptr()) };
            known.store(event, Ordering::Relaxed);
        }
        known.load(Ordering::Relaxed)
    }

    /// The name, as users read it: docs/monitoring.md lists them.
    #[cfg(any(feature = "pg17", feature = "pg18"))]
    fn name(self) -> &'static std::ffi::CStr {
        match self {
            Self::Analysis => c"MidiPipelineAnalysis",
            Self::Archive => c"MidiPipelineArchive",
            Self::Listing => c"MidiPipelineListing",
            Self::Storage => c"MidiPipelineStorage",
            Self::Job => c"MidiPipelineJob",
            Self::Workers => c"MidiPipelineWorkers",
            Self::OtherWorkers => c"MidiPipelineOtherWorkers",
            Self::Nodes => c"MidiPipelineNodes",
            Self::Schedule => c"MidiPipelineSchedule",
        }
    }

    /// Calls `wait`, and shows meanwhile that the process waits. It must call nothing of PostgreSQL.
    pub(crate) fn during<T>(self, wait: impl FnOnce() -> T) -> T {
        let event = self.event();
        let _shown = Shown::new(event);
        wait()
    }
}

/// Shows an event for as long as it lives.
struct Shown;

impl Shown {
    fn new(event: u32) -> Self {
        // SAFETY: it points to the entry of this process in shared memory, or to a variable of its own; others only read it.
        unsafe { pg_sys::my_wait_event_info.write_volatile(event) };
        Self
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { pg_sys::my_wait_event_info.write_volatile(0) };
    }
}
