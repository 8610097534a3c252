//! What is computed from the notes of a piece: a module for each group of an
//! [`Analysis`](crate::Analysis), in which its values are defined, and for other results.

pub(crate) mod beat_position;
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
pub(crate) mod melody_index;
pub(crate) mod meter;
pub(crate) mod onsets;
pub(crate) mod parts;
pub(crate) mod pitch;
pub(crate) mod repetition;
pub(crate) mod rhythm;
pub(crate) mod roles;
pub(crate) mod sections;
pub(crate) mod tags;
pub(crate) mod tally;
pub(crate) mod tempo;
pub(crate) mod texture;
pub(crate) mod timing;
