//! Tests of the core through its public functions, on files that the tests write.

mod bounds;
mod catalog;
mod chords;
mod containers;
mod declared_drums;
mod description;
mod drums;
mod features;
mod fingerprint;
mod key;
mod leftovers;
mod lyrics;
mod mangled;
mod melody;
mod music;
mod names;
mod piece;
mod ports;
mod progression;
mod properties;
mod recovery;
mod rhythm;
mod search;
mod support;
mod tags;
mod types;
