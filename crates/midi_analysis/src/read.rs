//! TODO layer.

pub(crate) mod container;
pub(crate) mod events;
pub(crate) mod pairing;
pub(crate) mod percussion;
pub(crate) mod reader;
pub(crate) mod repair;
pub(crate) mod smf;
pub(crate) mod text;
