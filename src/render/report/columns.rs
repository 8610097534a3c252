//! Columns side by side, as high as the files of each are many.

use maud::{Markup, html};

use super::numbers::{tenths, whole};

/// The measures of the picture, in its own units.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 160.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 24.0;
/// Fewer columns than this leave room.
const FEWEST: usize = 12;

/// A column.
pub(super) struct Column {
    /// What its files have in common.
    pub(super) name: String,
    pub(super) files: i64,
}

/// A chart of columns. `ticks` are texts below the left edges of columns, counted from 0.
pub(super) fn columns(title: &str, columns: &[Column], ticks: &[(usize, String)]) -> Markup {
    let most = columns.iter().map(|column| column.files).max().unwrap_or(0);
    let width = WIDTH / columns.len().max(FEWEST) as f64;
    let floor = HEIGHT - BOTTOM;
    let height = |files: i64| (floor - TOP) * files as f64 / most.max(1) as f64;
    html! {
        svg.columns viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) {
            line.rule x1="0" y1=(TOP) x2=(WIDTH) y2=(TOP) {}
            text.tick x="0" y=(TOP - 7.0) { (whole(most)) }
            @for (place, column) in columns.iter().enumerate() {
                g {
                    title { (column.name) ": " (whole(column.files)) }
                    // What is pointed at is the whole column, not the bar alone.
                    rect.hover x=(tenths(place as f64 * width)) y=(TOP) width=(tenths(width)) height=(floor - TOP) {}
                    @if column.files > 0 {
                        @let high = height(column.files).max(1.0);
                        rect.bar x=(tenths(place as f64 * width + width * 0.08)) y=(tenths(floor - high))
                            width=(tenths(width * 0.84)) height=(tenths(high)) rx="1.5" {}
                    }
                }
            }
            line.floor x1="0" y1=(floor) x2=(WIDTH) y2=(floor) {}
            @for (place, tick) in ticks {
                // The text at the very edge begins there.
                text.tick.middle[*place > 0] x=(tenths(*place as f64 * width)) y=(HEIGHT - 7.0) { (tick) }
            }
        }
    }
}
