//! Tests of the core through its public functions, on files written by the tests themselves.

mod key;
mod music;
mod properties;
mod recovery;
mod rhythm;
mod write;
