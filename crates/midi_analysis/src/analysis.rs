//! What music says of itself: one module a subject, each of which computes the group of an
//! [`Analysis`](crate::Analysis) that it is named after, or rows.

pub(crate) mod chords;
pub(crate) mod complexity;
pub(crate) mod controllers;
pub(crate) mod drums;
pub(crate) mod embedding;
pub(crate) mod features;
pub(crate) mod fingerprint;
pub(crate) mod instruments;
pub(crate) mod key;
pub(crate) mod melody;
pub(crate) mod meter;
pub(crate) mod pitch;
pub(crate) mod place;
pub(crate) mod repetition;
pub(crate) mod rhythm;
pub(crate) mod tally;
pub(crate) mod tempo;
pub(crate) mod texture;
pub(crate) mod timing;
