//! The lane of pitched notes, a row a semitone, with a keyboard at its left.

use std::fmt::Write;

use midi_analysis::TimedNote;
use svg::node::element::Group;

use super::canvas::Canvas;
use super::colors::Colors;
use super::shapes::{label, path, rectangle, tenths};
use super::window::Window;

/// Fewest rows.
const FEWEST: usize = 14;
/// Height of the lane in pixels where it is free, and of a row.
const USUAL: f64 = 300.0;
const LOWEST_ROW: f64 = 3.5;
const HIGHEST_ROW: f64 = 10.0;
/// Width of the keys in pixels, and of the black ones.
const WHITE: f64 = 20.0;
const BLACK: f64 = 12.0;
/// Height of an octave that has room for a name.
const NAMED_OCTAVE: f64 = 11.0;

/// The lane.
pub(super) struct Pitches {
    top: u8,
    rows: usize,
    /// Pixels of a row.
    pub(super) row_height: f64,
    /// Pixels of the lane; 0 where nothing is in it.
    pub(super) height: f64,
}

impl Pitches {
    /// A lane for these pitches, as high as there is room.
    pub(super) fn of(colors: &Colors, room: Option<f64>) -> Self {
        if colors.pitches == 0 {
            return Self { top: 0, rows: 0, row_height: 1.0, height: 0.0 };
        }
        let lowest = colors.pitches.trailing_zeros() as usize;
        let highest = 127 - colors.pitches.leading_zeros() as usize;
        let missing = FEWEST.saturating_sub(highest - lowest + 3);
        let top = (highest + 1 + missing / 2).min(127);
        let bottom = lowest.saturating_sub(1 + missing - missing / 2);
        let rows = top - bottom + 1;
        let usual = (USUAL / rows as f64).clamp(LOWEST_ROW, HIGHEST_ROW);
        let row_height = room.map_or(usual, |room| room / rows as f64);
        Self { top: top as u8, rows, row_height, height: row_height * rows as f64 }
    }

    pub(super) fn canvas(&self, window: &Window) -> Canvas {
        Canvas::new(window, self.rows)
    }

    pub(super) fn paint(&self, canvas: &mut Canvas, window: &Window, note: &TimedNote, color: u8) {
        let row = usize::from(self.top.saturating_sub(note.note.pitch));
        canvas.paint(window, note, row, color, None);
    }

    /// Rows of black keys, lines between octaves, and the keyboard.
    pub(super) fn background(&self, window: &Window, top: f64) -> Group {
        if self.rows == 0 {
            return Group::new();
        }
        let keys = window.left - WHITE;
        let (mut rows, mut black, mut octaves) = (String::new(), String::new(), String::new());
        let mut group = Group::new()
            .add(rectangle("lane", window.left, top, window.right - window.left, self.height))
            .add(rectangle("white", keys, top, WHITE, self.height));
        for row in 0..self.rows {
            let pitch = usize::from(self.top) - row;
            let y = top + row as f64 * self.row_height;
            let bar = |x: f64, width: f64| {
                let height = tenths(self.row_height);
                format!(
                    "M{} {}h{}v{height}h-{}z",
                    tenths(x),
                    tenths(y),
                    tenths(width),
                    tenths(width)
                )
            };
            match pitch % 12 {
                1 | 3 | 6 | 8 | 10 => {
                    rows += &bar(window.left, window.right - window.left);
                    black += &bar(keys, BLACK);
                }
                0 => {
                    let below = y + self.row_height;
                    let line = write!(
                        octaves,
                        "M{} {}H{}",
                        tenths(keys),
                        tenths(below),
                        tenths(window.right)
                    );
                    line.expect("a string takes all");
                    if self.row_height * 12.0 >= NAMED_OCTAVE {
                        let name = format!("C{}", pitch as i32 / 12 - 1);
                        group = group.add(label("name", keys - 4.0, below - 1.0, &name));
                    }
                }
                _ => {}
            }
        }
        group.add(path("black-row", rows)).add(path("black", black)).add(path("octaves", octaves))
    }
}
