//! TODO layer.

pub(crate) mod lookup;
pub(crate) mod search;
