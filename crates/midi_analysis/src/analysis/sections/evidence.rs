//! What the weights of sections are multiplied with, for their trainer.

use std::ops::Range;

use super::bars::Bars;
pub use super::decode::class as stretch_class;
pub use super::letters::PAIR_TERMS;
use super::letters::{Passage, pair_terms};
use super::terms::Terms;
pub use super::terms::{BAR_LINE_TERMS, LONGEST as LONGEST_SECTION, STRETCH_TERMS};
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

    /// What says whether two sections of bars are alike; the first begins before the second.
    pub fn pair(&self, earlier: Range<usize>, later: Range<usize>) -> [f32; PAIR_TERMS] {
        let passage = |bars: Range<usize>| Passage { from: bars.start, bars: bars.len(), tonic: 0 };
        pair_terms(&self.bars.bars, &self.terms.sums, passage(earlier), passage(later))
    }
}

pub(crate) fn section_evidence(
    score: &Score<'_>,
    grid: &BeatGrid,
    melody: &[Note],
) -> Result<Option<SectionEvidence>, Error> {
    let Some(bars) = Bars::of(score, grid, melody, &|| false)? else { return Ok(None) };
    let terms = Terms::of(&bars.bars, &|| false)?;
    let stretches = |end: usize| {
        (1..=end.min(LONGEST_SECTION)).map(|length| terms.stretch(end, length)).collect()
    };
    Ok(Some(SectionEvidence {
        starts_s: bars.starts.iter().map(|start| start.seconds).collect(),
        stretches: (1..=terms.bars).map(stretches).collect(),
        bars,
        terms,
    }))
}
