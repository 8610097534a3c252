//! Searches over stored results of analyses: finding candidates by an index, and verifying them.

pub(crate) mod compatible;
pub(crate) mod duplicates;
pub(crate) mod fingerprint_index;
pub(crate) mod instruments;
pub(crate) mod lookup;
pub(crate) mod melody;
pub(crate) mod progression;
