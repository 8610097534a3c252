//! The lane of drums: a row with a name for each drum that plays, the highest pitch on top.

use midi_analysis::{TimedNote, drum_name};
use svg::node::element::Group;

use super::canvas::Canvas;
use super::colors::Colors;
use super::shapes::{label, path, rectangle, tenths};
use super::window::Window;
use crate::render::text::fitted;

/// Pixels of a row where it is free, and of the name of a drum.
const USUAL_ROW: f64 = 12.0;
const LEAST_ROW: f64 = 1.0;
const NAME: f64 = 9.5;
/// Width of the names in pixels.
const NAME_WIDTH: f64 = 100.0;
/// Pixels of a stroke: how long a drum's note is says little.
const STROKE: f64 = 4.0;

/// The lane.
pub(super) struct Drums {
    /// The pitches of its rows, as bits.
    pitches: u128,
    rows: usize,
    /// Pixels of a row.
    pub(super) row_height: f64,
    /// Pixels of the lane; 0 where nothing is in it.
    pub(super) height: f64,
}

impl Drums {
    /// A lane for these drums, which may have so much room.
    pub(super) fn of(colors: &Colors, most: Option<f64>) -> Self {
        let rows = colors.drums.count_ones() as usize;
        let room = most.filter(|_| colors.pitches != 0).unwrap_or(f64::INFINITY);
        let row_height = USUAL_ROW.min(room / rows.max(1) as f64).max(LEAST_ROW);
        Self { pitches: colors.drums, rows, row_height, height: row_height * rows as f64 }
    }

    pub(super) fn canvas(&self, window: &Window) -> Canvas {
        Canvas::new(window, self.rows)
    }

    pub(super) fn paint(&self, canvas: &mut Canvas, window: &Window, note: &TimedNote, color: u8) {
        let above = self.pitches.checked_shr(u32::from(note.note.pitch) + 1).unwrap_or(0);
        canvas.paint(window, note, above.count_ones() as usize, color, Some(STROKE));
    }

    /// The rows and their names, as far as there is room.
    pub(super) fn background(&self, window: &Window, top: f64) -> Group {
        if self.rows == 0 {
            return Group::new();
        }
        let mut group = Group::new().add(rectangle(
            "lane",
            window.left,
            top,
            window.right - window.left,
            self.height,
        ));
        let mut named = top - NAME;
        let mut rows = String::new();
        let pitches = (0..128_u8).rev().filter(|pitch| self.pitches >> pitch & 1 == 1);
        for (row, pitch) in (0..).zip(pitches) {
            let middle = top + (f64::from(row) + 0.5) * self.row_height;
            rows += &format!("M{} {}H{}", window.left, tenths(middle), window.right);
            if middle >= named + NAME {
                let name = drum_name(pitch).map_or_else(|| format!("Drum {pitch}"), str::to_owned);
                let name = fitted(&name, NAME, NAME_WIDTH);
                group = group.add(label("name", window.left - 4.0, middle + NAME * 0.35, &name));
                named = middle;
            }
        }
        group.add(path("drum-rows", rows))
    }
}
