//! The shapes that the parts of the picture are made of. Places are pixels, to a tenth.

use svg::node::element::{Group, Path, Rectangle, Text};

use crate::render::text::printable;

/// A part of the picture: its shapes, below its own top, and its height.
pub(super) struct Strip {
    pub(super) shapes: Group,
    pub(super) height: f64,
}

impl Strip {
    /// A part that is not there.
    pub(super) fn none() -> Self {
        Self { shapes: Group::new(), height: 0.0 }
    }
}

/// A tenth of a pixel is as fine as is seen.
pub(super) fn tenths(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

pub(super) fn rectangle(class: &str, x: f64, y: f64, width: f64, height: f64) -> Rectangle {
    Rectangle::new()
        .set("class", class)
        .set("x", tenths(x))
        .set("y", tenths(y))
        .set("width", tenths(width))
        .set("height", tenths(height))
}

/// A text that begins at a place, or ends there if its class says so.
pub(super) fn label(class: &str, x: f64, y: f64, text: &str) -> Text {
    Text::new(printable(text)).set("class", class).set("x", tenths(x)).set("y", tenths(y))
}

pub(super) fn path(class: &str, data: String) -> Path {
    Path::new().set("class", class).set("d", data)
}

/// Shapes that are moved down.
pub(super) fn moved(shapes: Group, down: f64) -> Group {
    shapes.set("transform", format!("translate(0 {})", tenths(down)))
}
