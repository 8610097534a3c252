//! TODO layer.

pub(crate) mod gm;
pub(crate) mod score;
