//! What the tests of all crates share.
//!
//! [`smf`] writes standard MIDI files, well-formed and damaged ones, and needs no other crate. With the feature `generators`
//! come collections: the project's own pieces, a corpus of generated music, variants of pieces, archives, and hostile
//! files. With the feature `cluster` come temporary clusters of PostgreSQL, folders that
//! they can read, and disks that are full or fail.

pub mod smf;

#[cfg(feature = "generators")]
pub mod archives;
#[cfg(feature = "generators")]
pub mod corpus;
#[cfg(feature = "generators")]
pub mod demo;
#[cfg(feature = "generators")]
pub mod hostile;
#[cfg(feature = "generators")]
pub mod variants;

#[cfg(feature = "cluster")]
pub mod cluster;
#[cfg(feature = "cluster")]
pub mod disk;
#[cfg(feature = "cluster")]
pub mod faulty_files;
#[cfg(feature = "cluster")]
pub mod folder;
