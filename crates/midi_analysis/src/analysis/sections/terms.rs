//! What speaks for a section: terms of each bar line, and of each stretch of bars.
//!
//! Of a bar line: how much the music after it differs from the music before (novelty, Foote 2000), rests
//! and long notes of the melody (grouping preference rules 2 and 3 of Lerdahl & Jackendoff 1983), and
//! whether what comes again elsewhere begins or ends here (the structure features of Serrà et al. 2014,
//! by distance). Of a stretch: whether its neighbour of the same length, or its own second half, is alike.

use super::bars::Bar;
use super::likeness::{KINDS, Sums};
use crate::error::Error;
use crate::room;

/// Bars on each side of a bar line that are compared.
const WINDOWS: [usize; 3] = [1, 2, 4];
/// Numbers that the surroundings are compared in: pitch classes, rhythm, texture.
const PROFILE: usize = 32;
const NOVELTIES: usize = 10;
const MELODIC: usize = 10;
/// Bars of passages that come again.
const PASSAGES: [usize; 2] = [2, 4];
const REPEATS: usize = 6;
/// Terms of a bar line.
pub const BAR_LINE_TERMS: usize =
    NOVELTIES * WINDOWS.len() + MELODIC + REPEATS * KINDS * PASSAGES.len();
/// Terms of a stretch of bars.
pub const STRETCH_TERMS: usize = 3 * KINDS;
/// Most bars of a section.
pub const LONGEST: usize = 16;

/// Terms of all bar lines, and what those of stretches are computed from.
pub(super) struct Terms {
    /// By bar line, from the second; the first is that of the second bar.
    pub(super) bar_lines: Vec<[f32; BAR_LINE_TERMS]>,
    pub(super) sums: [Sums; KINDS],
    pub(super) bars: usize,
}

impl Terms {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(bars: &[Bar], interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let sums = Sums::of(bars, interrupted)?;
        let mut bar_lines = room::filled([0.0; BAR_LINE_TERMS], bars.len() - 1)?;
        novelty(bars, &mut bar_lines)?;
        for (line, terms) in bar_lines.iter_mut().enumerate() {
            melodic(&bars[line], &bars[line + 1], &mut terms[NOVELTIES * WINDOWS.len()..]);
        }
        let mut from = NOVELTIES * WINDOWS.len() + MELODIC;
        for sums in &sums {
            for length in PASSAGES {
                repeats(sums, length, from, &mut bar_lines)?;
                from += REPEATS;
            }
        }
        Ok(Self { bar_lines, sums, bars: bars.len() })
    }

    /// Terms of the stretch of `length` bars that ends before bar `end`.
    pub(super) fn stretch(&self, end: usize, length: usize) -> [f32; STRETCH_TERMS] {
        let from = end - length;
        let mut terms = [0.0; STRETCH_TERMS];
        for (sums, terms) in self.sums.iter().zip(terms.chunks_exact_mut(3)) {
            if let Some(before) = from.checked_sub(length) {
                terms[0] = sums.mean(before, length, length).unwrap_or(0.0);
            }
            terms[1] = sums.mean(from, length, length).unwrap_or(0.0);
            if length.is_multiple_of(2) {
                terms[2] = sums.mean(from, length / 2, length / 2).unwrap_or(0.0);
            }
        }
        terms
    }
}

type Profile = [f32; PROFILE];

fn profile(bar: &Bar) -> Profile {
    let mut profile = [0.0; PROFILE];
    profile[..12].copy_from_slice(&bar.classes());
    profile[12..28].copy_from_slice(&bar.rhythm);
    profile[28..].copy_from_slice(&bar.texture);
    profile
}

/// How much the bars before and after each bar line differ.
fn novelty(bars: &[Bar], bar_lines: &mut [[f32; BAR_LINE_TERMS]]) -> Result<(), Error> {
    let mut sums: Vec<Profile> = room::filled([0.0; PROFILE], bars.len() + 1)?;
    for (index, bar) in bars.iter().enumerate() {
        let profile = profile(bar);
        sums[index + 1] = std::array::from_fn(|each| sums[index][each] + profile[each]);
    }
    for (line, terms) in bar_lines.iter_mut().enumerate() {
        let at = line + 1;
        for (window, terms) in WINDOWS.into_iter().zip(terms.chunks_exact_mut(NOVELTIES)) {
            let (from, to) = (at.saturating_sub(window), (at + window).min(bars.len()));
            let mean = |from: usize, to: usize| -> Profile {
                let share = ((to - from) as f32).recip();
                std::array::from_fn(|each| (sums[to][each] - sums[from][each]) * share)
            };
            let (before, after) = (mean(from, at), mean(at, to));
            terms[0] = 1.0 - cosine(&before[..12], &after[..12]);
            terms[1] = 1.0 - cosine(&before[12..28], &after[12..28]);
            for texture in 0..4 {
                let change = after[28 + texture] - before[28 + texture];
                terms[2 + texture] = change.abs();
                if texture < 3 {
                    terms[6 + texture] = change;
                }
            }
            let lines = |bars: &[Bar]| bars.iter().fold(0, |lines, bar| lines | bar.lines);
            let (before, after) = (lines(&bars[from..at]), lines(&bars[at..to]));
            let either = (before | after).count_ones().max(1) as f32;
            terms[9] = (before ^ after).count_ones() as f32 / either;
        }
    }
    Ok(())
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let (mut product, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        product += a * b;
        of_a += a * a;
        of_b += b * b;
    }
    let lengths = of_a * of_b;
    if lengths > 0.0 { product / lengths.sqrt() } else { f32::from(u8::from(of_a == of_b)) }
}

/// The melody around a bar line.
fn melodic(before: &Bar, after: &Bar, terms: &mut [f32]) {
    let truth = |fact: bool| f32::from(u8::from(fact));
    let (sang, sings) = (before.melody_notes > 0, after.melody_notes > 0);
    let begun = |slots: &[u8]| slots.iter().filter(|&&class| class > 0).count() as f32 / 4.0;
    terms[0] = after.rest;
    terms[1] = after.interval;
    terms[2] = (after.rest.max(0.0) * 4.0 + 1.0).sqrt();
    terms[3] = (after.interval * 4.0 + 1.0).sqrt();
    terms[4] = after.held;
    terms[5] = truth(sang && !sings);
    terms[6] = truth(sings && !sang);
    terms[7] = truth(after.melody[0] > 0);
    terms[8] = begun(&before.melody[8..]);
    terms[9] = begun(&after.melody[..8]);
}

/// Whether passages of `length` bars that come again at some distance begin or end at each bar line.
fn repeats(
    sums: &Sums,
    length: usize,
    from: usize,
    bar_lines: &mut [[f32; BAR_LINE_TERMS]],
) -> Result<(), Error> {
    let count = bar_lines.len() + 1;
    // By bar: the likeness of the passage that begins there, after as many zeros.
    let mut passage = room::filled(0.0_f32, length + count + 1)?;
    let mut best = room::filled([0.0_f32; REPEATS], count + 1)?;
    let share = (length as f32).recip();
    for lag in length..=sums.lags() {
        let row = sums.row(lag);
        let passages = row.len().saturating_sub(length);
        passage[length..].fill(0.0);
        for (index, value) in passage[length..length + passages].iter_mut().enumerate() {
            *value = (row[index + length] - row[index]) * share;
        }
        // What holds of a passage holds of the one like it.
        for at in (1..count).filter(|&at| at < passages + length) {
            let (after, before) = (passage[at + length], passage[at]);
            note_repeat(&mut best[at], after, before);
            if at + lag < count {
                note_repeat(&mut best[at + lag], after, before);
            }
        }
        if passages > 0 && lag < count {
            note_repeat(&mut best[lag], passage[length], 0.0);
        }
    }
    for (terms, best) in bar_lines.iter_mut().zip(&best[1..]) {
        terms[from..from + REPEATS].copy_from_slice(best);
    }
    Ok(())
}

/// The most that passages after and before a bar line are repeated, and the two most that only one is.
fn note_repeat(best: &mut [f32; REPEATS], after: f32, before: f32) {
    let [most_after, most_before, begins, begins_next, ends, ends_next] = best;
    *most_after = most_after.max(after);
    *most_before = most_before.max(before);
    let (beginning, ending) = (after - before, before - after);
    *begins_next = begins_next.max(begins.min(beginning));
    *begins = begins.max(beginning);
    *ends_next = ends_next.max(ends.min(ending));
    *ends = ends.max(ending);
}
