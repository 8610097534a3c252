//! Pictures and pages, as SVG and HTML. They are made of values: what they show is read and computed elsewhere.

pub(crate) mod page;
pub(crate) mod piece;
pub(crate) mod report;
pub(crate) mod roll;
mod text;
