//! Queries on the library: by a line of text, by melody, by progression, by similarity. Each runs with
//! the privileges of the caller.
//!
//! An index gives candidates, the core verifies them, and the results are the same without the index.
//! Duplicates are a view (`sql/duplicates.sql`), for which `functions::duplicates` compares fingerprints.

pub(crate) mod melody;
pub(crate) mod progression;
pub(crate) mod similar;
pub(crate) mod text;
