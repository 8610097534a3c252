//! Locks of the whole index, which PostgreSQL's deadlock detector knows and an ERROR releases.
//!
//! A reader looks at pages that the first one names, so these must not be used for something else meanwhile. It holds
//! `Readers` while it looks; who takes pages away from the first one waits for it. `Mergers` is held by the only session that
//! makes and removes segments.

use pgrx::pg_sys;

use crate::pg::index_pages::Pages;

/// What is locked. PostgreSQL numbers such locks as pages.
#[derive(Clone, Copy)]
enum Of {
    Readers = 0,
    Mergers = 1,
}

/// A lock that is held as long as this lives.
pub(super) struct Held {
    pages: Pages,
    of: Of,
    mode: u32,
}

impl Held {
    /// Lets no page be taken away.
    pub(super) fn as_reader(pages: Pages) -> Self {
        Self::wait(pages, Of::Readers, pg_sys::ShareLock)
    }

    /// Waits until nobody looks at pages that were taken away from the first one.
    pub(super) fn without_readers(pages: Pages) -> Self {
        Self::wait(pages, Of::Readers, pg_sys::ExclusiveLock)
    }

    /// Waits until no other session makes segments.
    pub(super) fn as_merger(pages: Pages) -> Self {
        Self::wait(pages, Of::Mergers, pg_sys::ExclusiveLock)
    }

    /// `None` where another session makes segments.
    pub(super) fn as_merger_at_once(pages: Pages) -> Option<Self> {
        let (of, mode) = (Of::Mergers, pg_sys::ExclusiveLock);
        // SAFETY: the index is open.
        let is_held =
            unsafe { pg_sys::ConditionalLockPage(pages.relation(), of as u32, mode as i32) };
        is_held.then_some(Self { pages, of, mode })
    }

    fn wait(pages: Pages, of: Of, mode: u32) -> Self {
        // SAFETY: the index is open.
        unsafe { pg_sys::LockPage(pages.relation(), of as u32, mode as i32) };
        Self { pages, of, mode }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // After an ERROR, PostgreSQL has released its locks, or will.
        if !std::thread::panicking() {
            // SAFETY: it is held, and the index is open.
            unsafe {
                pg_sys::UnlockPage(self.pages.relation(), self.of as u32, self.mode as i32);
            }
        }
    }
}
