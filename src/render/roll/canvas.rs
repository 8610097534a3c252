//! Cells that notes are painted on, and the few paths that show them. However many notes there are, there is no more to
//! write than there are cells.

use std::fmt::Write;

use midi_analysis::TimedNote;
use svg::node::element::{Group, Path};

use super::colors::COLORS;
use super::window::Window;

/// Columns in a pixel, and how many there are at most.
const FINENESS: f64 = 2.0;
const MOST_COLUMNS: f64 = 4096.0;
/// Degrees of loudness that are told apart.
const LEVELS: u8 = 6;
/// How opaque the softest is.
const SOFTEST: f64 = 0.4;
/// How much of its row a note fills.
const THICKNESS: f64 = 0.86;
/// Fewest columns of a note.
const SHORTEST: usize = 2;
/// Free columns before a note.
const BETWEEN: usize = 2;

/// Rows of cells, each with a colour and a loudness.
pub(super) struct Canvas {
    columns: usize,
    /// Width of a column in pixels.
    step: f64,
    /// Row by row from the top. 0 is empty.
    cells: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(window: &Window, rows: usize) -> Self {
        let width = window.right - window.left;
        let columns = (width * FINENESS).min(MOST_COLUMNS);
        let count = columns as usize;
        Self { columns: count, step: width / columns, cells: vec![0; count * rows] }
    }

    /// Paints a note on a row, for so many pixels where its length says nothing. The columns before it are free of the
    /// note before, so that repeated notes are told apart.
    pub(super) fn paint(
        &mut self,
        window: &Window,
        note: &TimedNote,
        row: usize,
        color: u8,
        stroke: Option<f64>,
    ) {
        let column = |second: f64| (window.share(second) * self.columns as f64) as usize;
        let start = column(note.start_s).min(self.columns - SHORTEST);
        let end = match stroke {
            Some(pixels) => start + (pixels / self.step) as usize,
            None => column(note.start_s + note.duration_s),
        };
        let end = end.max(start + SHORTEST).min(self.columns);
        let level = u16::from(note.note.velocity.clamp(1, 127) - 1) * u16::from(LEVELS) / 127;
        let cells = &mut self.cells[row * self.columns..(row + 1) * self.columns];
        cells[start..end].fill(1 + color * LEVELS + level as u8);
        let begins = note.start_s >= window.start_s;
        if begins && end - start > SHORTEST {
            cells[start.saturating_sub(BETWEEN)..start].fill(0);
        }
    }

    /// The paths, for a canvas whose first row begins at this place.
    pub(super) fn drawn(&self, left: f64, top: f64, row_height: f64) -> Group {
        let mut group = Group::new()
            .set("class", "notes")
            .set("transform", format!("translate({left} {top}) scale({} {row_height})", self.step))
            .set("stroke-width", THICKNESS);
        for (code, data) in (0..).zip(self.data()) {
            if !data.is_empty() {
                let loudness = (f64::from(code % LEVELS) + 1.0) / f64::from(LEVELS);
                let opacity = SOFTEST + (1.0 - SOFTEST) * loudness;
                let path = Path::new()
                    .set("class", format!("c{}", code / LEVELS))
                    .set("stroke-opacity", format!("{opacity:.2}"))
                    .set("d", data);
                group = group.add(path);
            }
        }
        group
    }

    /// For each colour and loudness the runs of its cells: lines through the middle of their rows.
    fn data(&self) -> Vec<String> {
        let mut data = vec![String::new(); COLORS * usize::from(LEVELS)];
        // The cell at which the last line of each ends.
        let mut pens = vec![usize::MAX; data.len()];
        let mut at = 0;
        for run in self.cells.chunk_by(|one, next| one == next) {
            // A run that reaches over the end of a row is one for each row.
            let mut rest = run.len();
            while rest > 0 {
                let (row, column) = (at / self.columns, at % self.columns);
                let length = rest.min(self.columns - column);
                if let Some(code) = run[0].checked_sub(1).map(usize::from) {
                    let pen = pens[code];
                    let written = if pen != usize::MAX && (pen - 1) / self.columns == row {
                        write!(data[code], "m{} 0h{length}", at - pen)
                    } else {
                        write!(data[code], "M{column} {row}.5h{length}")
                    };
                    written.expect("a string takes all");
                    pens[code] = at + length;
                }
                at += length;
                rest -= length;
            }
        }
        data
    }
}
