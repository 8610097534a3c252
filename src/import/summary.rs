//! The result of an import that runs within one call.

use super::outcome::Counts;

/// The outcomes of the files, and the duration of the import.
pub(crate) struct Summary {
    pub(crate) counts: Counts,
    pub(crate) seconds: f64,
}
