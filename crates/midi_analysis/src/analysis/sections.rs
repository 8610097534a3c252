//! Sections: the parts that a piece consists of, and the letters by which they repeat, as in AABA.
//!
//! A section is what musicians give a letter to: usually a phrase or a period of 4 to 12 bars. First each
//! [bar](bars) is described, and it is measured how [alike](mod@likeness) bars are; then what speaks for
//! a section at each bar line and for each stretch of bars ([terms]) is weighed over all divisions of the
//! piece ([decode]), and sections that are alike get one [letter](letters). The task and its measures are
//! those of structural segmentation (Paulus, Müller & Klapuri 2010); the sections of pop songs that the
//! weights are learned from are those of Dai, Zhang & Dannenberg (2020). A loop of up to four bars that goes
//! round unchanged four times or more is one section, and so is each chorus of a blues; forms that go on in
//! equal lengths are found by their [periods].

mod bars;
mod decode;
mod division;
#[cfg(feature = "training")]
pub(crate) mod evidence;
mod letters;
mod likeness;
mod lines;
mod periods;
mod powers;
mod terms;

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use self::bars::{Bar, Bars};
use self::division::Division;
use self::letters::Passage;
use self::likeness::Likes;
use self::periods::CHORUS;
use self::terms::Terms;
use crate::analysis::key::EstimatedKey;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::Error;
use crate::model::key::{Key, Mode};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room;

/// Longest loop that is one section, in bars; how often it goes round at least, as what is there two or three times
/// is a phrase and its repeats; and how alike all its bars are to those a loop later, of 255.
const LONGEST_LOOP: usize = 4;
const LEAST_ROUNDS: usize = 4;
const UNCHANGED: u8 = 243;

/// One section.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Section {
    /// Number of the section, from 1.
    pub section_no: u32,
    /// Second at which it begins: its first bar line; the first begins with the first note.
    pub start_s: f64,
    /// Second at which the next one begins, or the last note ends.
    pub end_s: f64,
    /// Its first bar, as beats are numbered; an upbeat before it belongs to the section before, or to the
    /// first. `None` where no beats are known.
    pub start_bar: Option<u32>,
    /// Its bars, with a count-in of one or two bars before the first section and a last chord after the last one.
    /// `None` where no beats are known.
    pub bars: Option<u32>,
    /// `A` for the first section and those that repeat it, `B` for the next one that is different, and so on;
    /// `A'` for a varied repeat of `A`, whose melody differs in part, or which is longer, shorter or in another
    /// key. After `Z` comes `a`; beyond `z` a section has the letter of those that it is likest to.
    pub label: String,
}

/// The sections of a piece in short.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Form {
    /// Sections, at least one.
    pub section_count: u32,
    /// Their labels: `AABA`, `ABA'`.
    pub letters: String,
}

impl Form {
    pub(crate) fn of(sections: &[Section]) -> Self {
        Self {
            section_count: sections.len() as u32,
            letters: sections.iter().map(|section| section.label.as_str()).collect(),
        }
    }
}

/// The sections of a piece, in the order of time; at least one. `melody` is in the order of time.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn sections(
    score: &Score<'_>,
    grid: &BeatGrid,
    melody: &[Note],
    key: Option<&EstimatedKey>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Section>, Error> {
    let first_s = score.notes.first().map_or(0.0, |note| score.tempo.seconds(note.start));
    let end_s = score.tempo.seconds(score.end);
    let Some(bars) = Bars::of(score, grid, melody, interrupted)? else {
        return Ok(vec![Section {
            section_no: 1,
            start_s: first_s,
            end_s,
            start_bar: None,
            bars: None,
            label: "A".to_owned(),
        }]);
    };
    let (terms, mut division) = dispatch!(Level::new(), simd => {
        terms_and_division(simd, &bars.bars, interrupted)
    })?;
    join_loops(&mut division.begins, &terms.likes, bars.bars.len());
    let passages = passages(&division, &bars, key)?;
    let letters = letters::letters(&bars.bars, &terms.likes, &passages, interrupted)?;
    // A beat that is tracked may be a little after the last note.
    let seconds = |bar: usize| bars.starts[bar].seconds.max(first_s).min(end_s);
    let mut sections: Vec<Section> = room::list(passages.len())?;
    for (index, (&begin, letter)) in division.begins.iter().zip(&letters).enumerate() {
        let next = division.begins.get(index + 1);
        let last = bars.total - begin as u32;
        sections.push(Section {
            section_no: index as u32 + 1,
            start_s: if index == 0 { first_s } else { seconds(begin) },
            end_s: next.map_or(end_s, |&next| seconds(next)),
            start_bar: Some(bars.starts[begin].number),
            bars: Some(next.map_or(last, |&next| (next - begin) as u32)),
            label: letter.label(),
        });
    }
    Ok(sections)
}

/// What speaks for sections, and the division of a piece. Loops are inlined, to be compiled for each kind of vector
/// instructions.
#[inline(always)]
fn terms_and_division(
    simd: impl Simd,
    bars: &[Bar],
    interrupted: &dyn Fn() -> bool,
) -> Result<(Terms, Division), Error> {
    let terms = Terms::of(simd, bars, interrupted)?;
    let division = decode::division(simd, bars, &terms, interrupted)?;
    Ok((terms, division))
}

/// Leaves out the beginnings between sections that lie in one short loop. A bar may be another than the same one a loop
/// before and a loop later, as a fill is.
fn join_loops(beginnings: &mut Vec<usize>, likes: &Likes, bars: usize) {
    for lag in 1..=LONGEST_LOOP {
        let [once, twice] = [lag, 2 * lag].map(|lag| likes.pairs(lag).unwrap_or_default());
        if once.iter().all(|&like| like < UNCHANGED) {
            continue;
        }
        let is_unchanged = |pairs: &[u8], earlier: Option<usize>| {
            earlier.and_then(|bar| pairs.get(bar)).is_some_and(|&like| like >= UNCHANGED)
        };
        let is_same = |bar: usize| is_unchanged(once, bar.checked_sub(lag));
        // Whether a single bar is another where the loop goes on before and after it, or ends with it.
        let is_other = |bar: usize| {
            let goes_on = is_same(bar + 1) && is_unchanged(twice, bar.checked_sub(lag));
            (bar <= lag || is_same(bar - 1)) && (goes_on || bar + 1 == bars)
        };
        let goes_on = |bar: usize| {
            bar < bars && (is_same(bar) || is_other(bar) || bar >= 2 * lag && is_other(bar - lag))
        };
        let mut from = 0;
        for bar in lag..=bars {
            if goes_on(bar) {
                continue;
            }
            if bar >= from + LEAST_ROUNDS * lag {
                let first = beginnings.partition_point(|&begins| begins < from);
                let within = beginnings.partition_point(|&begins| begins <= bar);
                // The last section goes on after the loop.
                let last = within.saturating_sub(usize::from(bar < bars));
                beginnings.drain((first + 1).min(last)..last);
            }
            from = bar + 1 - lag;
        }
    }
}

/// What is compared of the sections, each with its key.
fn passages(
    division: &Division,
    bars: &Bars,
    key: Option<&EstimatedKey>,
) -> Result<Vec<Passage>, Error> {
    let mut changes = key.into_iter().flat_map(EstimatedKey::changes).peekable();
    let mut tonic = 0;
    let passage = |(index, section): (usize, Range<usize>)| {
        // The key of its middle: keys change a little before or after bar lines.
        let middle = bars.starts[section.start + section.len() / 2].tick;
        while let Some((_, key)) = changes.next_if(|(tick, _)| *tick <= middle || index == 0) {
            tonic = major_tonic(key);
            if index == 0 && changes.peek().is_none_or(|(tick, _)| *tick > middle) {
                break;
            }
        }
        let is_chorus = division.in_choruses && section.len() == CHORUS;
        Passage { from: section.start, bars: section.len(), tonic, is_chorus }
    };
    Ok(room::gathered(division.sections().enumerate().map(passage))?)
}

/// The tonic of the major key that has the notes of a key.
fn major_tonic(key: Key) -> u8 {
    let up = if key.mode == Mode::Minor { 3 } else { 0 };
    (key.tonic.index() as u8 + up) % 12
}
