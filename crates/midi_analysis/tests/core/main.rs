//! Tests of the core through its public functions, on files written by the tests themselves.

mod catalog;
mod chords;
mod features;
mod key;
mod melody;
mod music;
mod properties;
mod recovery;
mod rhythm;
mod write;
