//! Notices to the client, each told once in a statement, however often that searches.

use std::sync::atomic::{AtomicI64, Ordering};

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error;
use crate::pg::transaction;

/// One kind of notice, and when the statement began that was told it last.
pub(super) struct Once(AtomicI64);

impl Once {
    pub(super) const fn new() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    /// Whether the statement in progress has been told.
    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed) == transaction::statement_start()
    }

    /// Tells the statement what there is to tell, unless it has been told; nothing counts, too.
    pub(super) fn tell(&self, notices: impl IntoIterator<Item = ErrorReport>) {
        let statement = transaction::statement_start();
        if self.0.swap(statement, Ordering::Relaxed) != statement {
            notices.into_iter().for_each(|notice| notice.report(PgLogLevel::NOTICE));
        }
    }
}

/// How to get more results of a search than `most`: by a larger number up to `limit`, and `beyond`.
pub(super) fn how_to_get_more(most: usize, limit: i32, beyond: &'static str) -> &'static str {
    if most < limit as usize { "A larger max_results returns more." } else { beyond }
}

/// Tells that more files match than the `most` that were asked for, if so many were `found`, and how to get at them.
pub(super) fn more_matches(found: usize, most: usize, how: &str) {
    static TOLD: Once = Once::new();
    if most > 0 && found > most {
        TOLD.tell([error::more_results(most, how)]);
    }
}

/// Tells that nothing is known of a piece by which others could be found.
pub(crate) fn nothing_to_compare() {
    static TOLD: Once = Once::new();
    TOLD.tell([error::nothing_to_compare()]);
}
