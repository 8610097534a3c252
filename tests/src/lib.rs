//! Tests of the installed extension from outside: on throw-away clusters, over several connections, with files made for
//! the purpose (crates/testkit). What one session can show in one transaction is tested beside the code instead, by
//! `#[pg_test]`.

pub mod browser;
pub mod catalog;
pub mod citus;
pub mod contents;
pub mod documents;
pub mod extensions;
pub mod imports;
pub mod indexed;
pub mod jobs;
pub mod server_copy;
pub mod surface;
pub mod synthetic;
pub mod upgrades;
