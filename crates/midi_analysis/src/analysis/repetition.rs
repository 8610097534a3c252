//! Whether a piece repeats a loop, and how much of it is repeated.
//!
//! The sketch of a bar consists of one-permutation minimal hashes of its notes and their positions
//! (Broder 1997; Li, Owen & Zhang 2012): the share of entries that two sketches have in common estimates
//! the Jaccard similarity of the notes. The similarity of all bars with those a fixed number of bars
//! later shows the period of a loop, as the correlative matrix of Hsu, Liu & Chen (2001) shows repeats.

use crate::analysis::fingerprint::mix;
use crate::analysis::onsets::{MOST_BARS, Onset, bar_count, with_notes};
use crate::model::note::Note;
use crate::model::score::Score;

/// Entries of a sketch.
const ENTRIES: usize = 32;
const EMPTY: u8 = u8::MAX;
/// Longest loop, in bars.
const LONGEST_LOOP: usize = 16;
/// Similarity from which bars are alike, and the share of bars a period apart that have to be alike in a
/// loop: more than where each bar is played twice.
const ALIKE: f32 = 0.35;
const LOOP_SHARE: f32 = 0.7;
/// A shorter period is preferred where the similarity of its bars is at least this share of the best
/// period's; less where there are few pairs of bars.
const AS_GOOD: f32 = 0.9;
const ONE_PAIR: f32 = 0.15;
/// Similarity from which a bar counts as a repetition of another one.
const SAME: f32 = 0.8;

type Sketch = [u8; ENTRIES];

/// Repetition in a piece.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Repetition {
    /// Bars of the loop that the piece repeats; `None` where it has none.
    pub loop_bars: Option<u8>,
    /// Share of the bars with notes that repeat an earlier one, 0-1; `None` without two bars.
    pub repeated_share: Option<f32>,
}

impl Repetition {
    /// `onsets` are all of the score.
    pub(crate) fn of(score: &Score<'_>, onsets: &[Onset]) -> Self {
        let bars = Sketches::of(score, onsets).0;
        let sounding = bars.iter().filter(|bar| sounds(bar)).count();
        if sounding < 2 {
            return Self::default();
        }
        let compared = Compared::of(&bars);
        Self {
            loop_bars: period(&compared.lags),
            repeated_share: Some(repeated(&bars, compared.again) as f32 / sounding as f32),
        }
    }
}

/// The sketches of successive bars.
pub(crate) struct Sketches(Vec<Sketch>);

impl Sketches {
    /// Longest loop, in bars.
    pub(crate) const LONGEST_LOOP: usize = LONGEST_LOOP;

    /// Those of so many bars without notes, at most of as many as are analysed individually.
    pub(crate) fn silent(bars: usize) -> Self {
        Self(vec![[EMPTY; ENTRIES]; bars.min(MOST_BARS)])
    }

    /// Those of a score, of which these are all onsets.
    fn of(score: &Score<'_>, onsets: &[Onset]) -> Self {
        let mut bars = Self::silent(bar_count(onsets));
        for (onset, notes) in with_notes(onsets, score) {
            let Some(position) = onset.position else { continue };
            for note in notes {
                bars.add(position.bar as usize, position.slot_in_bar(), note);
            }
        }
        bars
    }

    /// Adds a note at a slot of a bar, counted from 0. What is beyond the last bar is left out.
    #[inline]
    pub(crate) fn add(&mut self, bar: usize, slot: u32, note: &Note) {
        let Some(bar) = self.0.get_mut(bar) else { return };
        let hash = hash(note, slot);
        let entry = &mut bar[(hash >> 16) as usize % ENTRIES];
        *entry = (*entry).min((hash as u8).min(EMPTY - 1));
    }

    /// Bars of the loop that they repeat; `None` where they have none.
    pub(crate) fn loop_bars(&self) -> Option<u8> {
        let sounding = self.0.iter().filter(|bar| sounds(bar)).count();
        (sounding > 1).then(|| period(&Compared::of(&self.0).lags)).flatten()
    }
}

/// A hash of a note's pitch, kind and position: the mixing step of MurmurHash3 (Appleby 2011).
fn hash(note: &Note, slot: u32) -> u32 {
    let mut mixed = slot << 8 | u32::from(note.is_drum()) << 7 | u32::from(note.pitch);
    mixed = (mixed ^ mixed >> 16).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ mixed >> 13).wrapping_mul(0xc2b2_ae35);
    mixed ^ mixed >> 16
}

fn sounds(bar: &Sketch) -> bool {
    bar.iter().any(|&entry| entry != EMPTY)
}

/// Share of the entries of either sketch that both have in common; `None` in silence.
fn similarity(a: &Sketch, b: &Sketch) -> Option<f32> {
    let (mut same, mut either) = (0_u8, 0_u8);
    for (&a, &b) in a.iter().zip(b) {
        let sounds = u8::from(a & b != EMPTY);
        same += u8::from(a == b) & sounds;
        either += sounds;
    }
    (either > 0).then(|| f32::from(same) / f32::from(either))
}

/// Comparison of bars with those a fixed number of bars later.
#[derive(Clone, Copy, Default)]
struct Lag {
    similarity: f32,
    pairs: u32,
    alike: u32,
}

impl Lag {
    fn mean(&self) -> f32 {
        self.similarity / self.pairs.max(1) as f32
    }

    fn is_loop(&self) -> bool {
        self.pairs > 0 && self.alike as f32 >= LOOP_SHARE * self.pairs as f32
    }
}

/// Comparison of each bar with the preceding few.
struct Compared {
    /// By distance in bars, less one, up to half the length of the piece.
    lags: Vec<Lag>,
    /// By bar, whether it is the same as one of the preceding few.
    again: Vec<bool>,
}

impl Compared {
    fn of(bars: &[Sketch]) -> Self {
        let mut again = vec![false; bars.len()];
        let mut lags = Vec::with_capacity(LONGEST_LOOP);
        for distance in 1..=LONGEST_LOOP.min(bars.len() - 1) {
            let mut lag = Lag::default();
            let later = bars[distance..].iter().zip(&mut again[distance..]);
            for (before, (bar, again)) in bars.iter().zip(later) {
                if let Some(similarity) = similarity(before, bar) {
                    lag.similarity += similarity;
                    lag.pairs += 1;
                    lag.alike += u32::from(similarity >= ALIKE);
                    *again |= similarity >= SAME;
                }
            }
            lags.push(lag);
        }
        lags.truncate(bars.len() / 2);
        Self { lags, again }
    }
}

/// The shortest period that is as good as the best, if it is that of a loop.
fn period(lags: &[Lag]) -> Option<u8> {
    let best = lags.iter().map(Lag::mean).fold(0.0, f32::max);
    let as_good = |lag: &Lag| {
        let needed = AS_GOOD - ONE_PAIR / (lag.pairs as f32).sqrt();
        lag.is_loop() && lag.mean() >= best * needed
    };
    Some(lags.iter().position(as_good)? as u8 + 1)
}

/// Counts the bars that are the same as one of the preceding few, which is known, or equal to any earlier
/// one.
fn repeated(bars: &[Sketch], mut again: Vec<bool>) -> usize {
    // Equal bars are neighbours in the order of their hashes, and their numbers ascend.
    let mut order: Vec<(u64, u32)> = bars.iter().map(bar_hash).zip(0..).collect();
    order.sort_unstable();
    let number = |&(_, bar): &(u64, u32)| bar as usize;
    for same in order.chunk_by(|a, b| bars[number(a)] == bars[number(b)]) {
        for later in same[1..].iter().map(number) {
            again[later] |= sounds(&bars[later]);
        }
    }
    again.into_iter().filter(|&again| again).count()
}

/// A hash of 64 bits, which thousands of different bars do not share.
fn bar_hash(bar: &Sketch) -> u64 {
    let (words, _) = bar.as_chunks();
    words.iter().fold(0, |hash, word| mix(hash ^ u64::from_le_bytes(*word)))
}
