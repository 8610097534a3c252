//! Names with bars, the longest for the most files.

use maud::{Markup, html};

use super::facts::Count;
use super::numbers::{tenths, whole};
use crate::render::page::text;

/// A bar for each name; nothing without names.
pub(super) fn bars(counts: &[Count]) -> Markup {
    let most = counts.iter().map(|count| count.files).max().unwrap_or(0).max(1);
    html! {
        @if !counts.is_empty() {
            table.bars {
                @for count in counts {
                    tr {
                        th scope="row" { (text(&count.name)) }
                        td {
                            svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
                                rect width=(tenths(100.0 * count.files as f64 / most as f64)) height="10" {}
                            }
                        }
                        td.number { (whole(count.files)) }
                    }
                }
            }
        }
    }
}
