//! Bytes of a file -> a [score](crate::model::score): containers, chunks, events, repairs, texts.

pub(crate) mod builder;
pub(crate) mod container;
pub(crate) mod counter;
pub(crate) mod credible;
pub(crate) mod event;
pub(crate) mod events;
pub(crate) mod exclusive;
pub(crate) mod foreign;
pub(crate) mod mangled;
pub(crate) mod mend;
pub(crate) mod message;
pub(crate) mod pairing;
pub(crate) mod percussion;
pub(crate) mod ports;
pub(crate) mod reader;
pub(crate) mod repair;
pub(crate) mod riff;
pub(crate) mod score;
pub(crate) mod setups;
pub(crate) mod smf;
mod survey;
mod sysex_length;
pub(crate) mod text;
pub(crate) mod xf;
pub(crate) mod zip;
