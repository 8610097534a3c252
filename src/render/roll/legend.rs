//! The legend: which colour is what, in up to three lines.

use svg::node::element::Group;

use super::colors::Colors;
use super::shapes::{Strip, label, rectangle};
use super::window::Window;
use crate::render::text::{breadth, fitted};

/// Pixels of a line, of a swatch, between a name and the next swatch, and of the longest name.
const LINE: f64 = 18.0;
const SWATCH: f64 = 10.0;
const APART: f64 = 16.0;
const LONGEST: f64 = 190.0;
const LINES: u8 = 3;
/// The size of its type, as in the style.
const SIZE: f64 = 11.0;
/// Room for "and 999 more".
const MORE: f64 = 90.0;

pub(super) fn legend(colors: &Colors, window: &Window) -> Strip {
    let mut shapes = Group::new();
    let (mut x, mut line) = (window.left, 0);
    for (index, voice) in colors.voices().enumerate() {
        let name = fitted(&voice.name, SIZE, LONGEST);
        let width = SWATCH + 5.0 + breadth(&name, SIZE) + APART;
        let last_line = line + 1 == LINES;
        let most = if last_line { window.right - MORE } else { window.right };
        if x + width > most && x > window.left {
            if last_line {
                let more = format!("and {} more", colors.voice_count() - index);
                shapes = shapes.add(label("voice", x, f64::from(line) * LINE + 12.0, &more));
                break;
            }
            (x, line) = (window.left, line + 1);
        }
        let y = f64::from(line) * LINE;
        let swatch = rectangle(&format!("swatch c{}", voice.color), x, y + 3.5, SWATCH, SWATCH);
        shapes =
            shapes.add(swatch.set("rx", 2)).add(label("voice", x + SWATCH + 5.0, y + 12.0, &name));
        x += width;
    }
    Strip { shapes, height: f64::from(line + 1) * LINE }
}
