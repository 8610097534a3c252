//! Whether a piece goes round in a loop, and how much of it comes again.
//!
//! Each bar is sketched by one-permutation minimal hashes of what begins where in it (Broder 1997;
//! Li, Owen & Zhang 2012): the share of sketch entries that two bars have in common estimates the
//! Jaccard similarity of their notes. The similarity of all bars with those a fixed number of bars
//! later shows a loop's period, as the correlative matrix of Hsu, Liu & Chen (2001) shows repeats.

use crate::analysis::place::{Place, bar_count};
use crate::model::note::Note;
use crate::model::score::Score;

/// Entries of a sketch.
const ENTRIES: usize = 32;
const EMPTY: u8 = u8::MAX;
/// Longest loop sought, in bars.
const LONGEST_LOOP: usize = 16;
/// Similarity from which bars are alike, and the share of bars a period apart that are in a loop:
/// more than where each bar is played twice.
const ALIKE: f32 = 0.35;
const LOOP_SHARE: f32 = 0.7;
/// A shorter period is the loop where its bars are this nearly as similar as the best period's, the
/// less nearly the fewer pairs of bars there are to tell.
const AS_GOOD: f32 = 0.9;
const ONE_PAIR: f32 = 0.15;
/// Similarity from which a bar is another one come again.
const SAME: f32 = 0.8;

type Sketch = [u8; ENTRIES];

/// Repetition in a piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repetition {
    /// Bars of the loop that the piece goes round in; `None` where it does not, or once only.
    pub loop_bars: Option<i16>,
    /// Share of the bars with notes that repeat an earlier one, 0-1; `None` without two bars.
    pub repeated_share: Option<f32>,
}

impl Repetition {
    /// `places` are those of the notes.
    pub(crate) fn of(score: &Score<'_>, places: &[Option<Place>]) -> Self {
        let bars = sketches(score, places);
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

fn sketches(score: &Score<'_>, places: &[Option<Place>]) -> Vec<Sketch> {
    let mut bars = vec![[EMPTY; ENTRIES]; bar_count(places)];
    for (note, place) in score.notes.iter().zip(places) {
        let Some(place) = place else { continue };
        if let Some(bar) = bars.get_mut(place.bar as usize) {
            let hash = hash(note, place.slot_in_bar());
            let entry = &mut bar[(hash >> 16) as usize % ENTRIES];
            *entry = (*entry).min((hash as u8).min(EMPTY - 1));
        }
    }
    bars
}

/// A number made of a note's pitch, kind and place: the mixing step of MurmurHash3 (Appleby 2011).
fn hash(note: &Note, slot: u32) -> u32 {
    let mut mixed = slot << 8 | u32::from(note.is_drum()) << 7 | u32::from(note.pitch);
    mixed = (mixed ^ mixed >> 16).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ mixed >> 13).wrapping_mul(0xc2b2_ae35);
    mixed ^ mixed >> 16
}

fn sounds(bar: &Sketch) -> bool {
    bar.iter().any(|&entry| entry != EMPTY)
}

/// Share of entries that both have in common, of those that either has; `None` in silence.
fn similarity(a: &Sketch, b: &Sketch) -> Option<f32> {
    let (mut same, mut either) = (0_u8, 0_u8);
    for (&a, &b) in a.iter().zip(b) {
        let sounds = u8::from(a & b != EMPTY);
        same += u8::from(a == b) & sounds;
        either += sounds;
    }
    (either > 0).then(|| f32::from(same) / f32::from(either))
}

/// Bars held against those a number of bars later.
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

/// Each bar held against those of the last few bars.
struct Compared {
    /// By how many bars apart, less one, as far as a piece has twice as many.
    lags: Vec<Lag>,
    /// Whether the bar is like one of them.
    again: Vec<bool>,
}

impl Compared {
    fn of(bars: &[Sketch]) -> Self {
        let mut lags = [Lag::default(); LONGEST_LOOP];
        let mut again = vec![false; bars.len()];
        for (index, bar) in bars.iter().enumerate() {
            let earlier = bars[index.saturating_sub(LONGEST_LOOP)..index].iter().rev();
            for (lag, before) in lags.iter_mut().zip(earlier) {
                if let Some(similarity) = similarity(before, bar) {
                    lag.similarity += similarity;
                    lag.pairs += 1;
                    lag.alike += u32::from(similarity >= ALIKE);
                    again[index] |= similarity >= SAME;
                }
            }
        }
        Self { lags: lags[..LONGEST_LOOP.min(bars.len() / 2)].to_vec(), again }
    }
}

/// The shortest period that is as good as the best, if that makes a loop.
fn period(lags: &[Lag]) -> Option<i16> {
    let best = lags.iter().map(Lag::mean).fold(0.0, f32::max);
    let as_good = |lag: &Lag| {
        let needed = AS_GOOD - ONE_PAIR / (lag.pairs as f32).sqrt();
        lag.is_loop() && lag.mean() >= best * needed
    };
    Some(lags.iter().position(as_good)? as i16 + 1)
}

/// Bars that are like one of the last few, which is known, or the same as any earlier one.
fn repeated(bars: &[Sketch], mut again: Vec<bool>) -> usize {
    let mut order: Vec<u32> = (0..bars.len() as u32).collect();
    order.sort_by_key(|&bar| &bars[bar as usize]);
    for same in order.chunk_by(|&a, &b| bars[a as usize] == bars[b as usize]) {
        for &bar in &same[1..] {
            again[bar as usize] |= sounds(&bars[bar as usize]);
        }
    }
    again.into_iter().filter(|&again| again).count()
}
