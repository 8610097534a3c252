//! Tests of the installed extension from outside: on throw-away clusters, over several connections, with files made for
//! the purpose. What one session can show in one transaction is tested beside the code instead, by `#[pg_test]`.

pub mod archives;
pub mod cluster;
pub mod corpus;
pub mod demo;
pub mod disk;
pub mod documents;
pub mod folder;
pub mod imports;
pub mod jobs;
pub mod nasty;
pub mod smf;
pub mod surface;
pub mod synthetic;
pub mod troubled;
pub mod variants;
