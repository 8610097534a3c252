//! Tests that run inside PostgreSQL, one subject a file. What takes several connections, a restart
//! or a crash is tested from outside, in the crate `midi_pipeline_tests`.

mod access;
mod depths;
mod duplicates;
mod editing;
mod finding;
mod functions;
mod importing;
mod naming;
mod panics;
mod progressions;
mod reanalyzing;
mod reports;
mod searching;
mod similarity;
mod support;
mod surface;
mod writing;
