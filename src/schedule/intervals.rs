//! How long the launcher and the scheduler workers wait.

use std::time::Duration;

/// The longest time between two checks of a database. Whoever makes a schedule or starts a job wakes the
/// launcher. Rows that come in otherwise, by a restored dump, are found after this time.
pub(super) const MAX_INTERVAL: Duration = Duration::from_secs(3600);

/// The time until the next check of a database whose last check gave no result, and of one whose jobs are
/// under way or wait for a free worker slot.
pub(super) const RETRY_INTERVAL: Duration = Duration::from_secs(60);
