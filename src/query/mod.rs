//! Queries on the library: by a line of text, by melody, by progression, by similarity, by what fits together. Each runs with
//! the privileges of the caller.
//!
//! An index gives candidates, the core verifies them, and the results are the same without the index.
//! The duplicates of a few files are a view (`sql/duplicates.sql`), for which `functions::duplicates` compares
//! fingerprints; those of one file, and all of them, are found here.

pub(crate) mod cataloged;
pub(crate) mod compatible;
pub(crate) mod duplicates;
pub(crate) mod file_duplicates;
pub(crate) mod melody;
pub(crate) mod notice;
mod path;
pub(crate) mod progression;
pub(crate) mod report;
pub(crate) mod similar;
pub(crate) mod text;
