//! What the weights of sections are multiplied with, for their trainer.

use std::ops::Range;

use fearless_simd::{Level, dispatch};

use super::bars::Bars;
pub use super::decode::{LIKELY as SECTION_LIKELY, class as stretch_class};
use super::decode::{divided, sameness};
pub use super::letters::PAIR_TERMS;
use super::letters::{Passage, pair_terms};
pub use super::lines::{AROUND, HIDDEN, VIEWS};
use super::terms::Terms;
pub use super::terms::{BAR_LINE_TERMS, LONGEST as LONGEST_SECTION};
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::Error;
use crate::model::note::Note;
use crate::model::score::Score;

/// The bars of a piece, and what speaks for sections of them.
#[non_exhaustive]
pub struct SectionEvidence {
    /// Seconds at which bars begin, and at which the last one ends.
    pub starts_s: Vec<f64>,
    /// By the bar after it, from the second, and by its length: terms of a stretch of bars.
    pub stretches: Vec<Vec<[f32; STRETCH_TERMS]>>,
    bars: Bars,
    terms: Terms,
}

impl SectionEvidence {
    /// Terms of bar lines, from that of the second bar.
    pub fn bar_lines(&self) -> &[[f32; BAR_LINE_TERMS]] {
        &self.terms.bar_lines
    }

    /// The bars at which sections begin with a probability above `least`, given that of each bar.
    ///
    /// # Errors
    /// Out of memory.
    pub fn beginnings(&self, likely: &[f32], least: f32) -> Result<Vec<usize>, Error> {
        Ok(divided(&self.bars.bars, likely, least, &self.terms.likes)?.begins)
    }

    /// What says whether two sections of bars are alike; the first begins before the second.
    pub fn pair(&self, earlier: Range<usize>, later: Range<usize>) -> [f32; PAIR_TERMS] {
        let passage = |bars: Range<usize>| Passage {
            from: bars.start,
            bars: bars.len(),
            tonic: 0,
            is_chorus: false,
        };
        pair_terms(&self.bars.bars, &self.terms.likes, passage(earlier), passage(later))
    }
}

pub(crate) fn section_evidence(
    score: &Score<'_>,
    grid: &BeatGrid,
    melody: &[Note],
) -> Result<Option<SectionEvidence>, Error> {
    let Some(bars) = Bars::of(score, grid, melody, &|| false)? else { return Ok(None) };
    let terms = dispatch!(Level::new(), simd => Terms::of(simd, &bars.bars, &|| false))?;
    let stretches = |end: usize| {
        (1..=end.min(LONGEST_SECTION)).map(|length| stretch(&terms, end, length)).collect()
    };
    Ok(Some(SectionEvidence {
        starts_s: bars.starts.iter().map(|start| start.seconds).collect(),
        stretches: (1..=terms.bars).map(stretches).collect(),
        bars,
        terms,
    }))
}

/// Terms of a stretch of bars.
pub const STRETCH_TERMS: usize = 4;

/// How alike the stretch of `length` bars that ends before bar `end` is to the one before it and to the one after
/// it, and its halves to each other, and by how much these are the same.
fn stretch(terms: &Terms, end: usize, length: usize) -> [f32; STRETCH_TERMS] {
    let from = end - length;
    let mean = |from, length| terms.likes.mean(from, length, length).unwrap_or(0.0);
    let halves = if length.is_multiple_of(2) { mean(from, length / 2) } else { 0.0 };
    [
        from.checked_sub(length).map_or(0.0, |before| mean(before, length)),
        mean(from, length),
        halves,
        sameness(halves),
    ]
}
