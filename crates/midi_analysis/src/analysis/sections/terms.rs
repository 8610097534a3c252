//! What speaks for a section at each bar line: how much the music after it differs from the music before (novelty, Foote 2000), rests
//! and long notes of the melody (grouping preference rules 2 and 3 of Lerdahl & Jackendoff 1983), and
//! whether what comes again elsewhere begins or ends here (the structure features of Serrà et al. 2014,
//! by distance).

use super::bars::Bar;
use super::likeness::Sums;
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
const REPEATS: usize = 4;
/// Terms of a bar line.
pub const BAR_LINE_TERMS: usize = NOVELTIES * WINDOWS.len() + MELODIC + REPEATS * PASSAGES.len();
/// Most bars of a section.
pub const LONGEST: usize = 16;

/// Terms of all bar lines, and how alike bars are.
pub(super) struct Terms {
    /// By bar line, from the second; the first is that of the second bar.
    pub(super) bar_lines: Vec<[f32; BAR_LINE_TERMS]>,
    pub(super) sums: Sums,
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
        for length in PASSAGES {
            repeats(&sums, length, from, &mut bar_lines)?;
            from += REPEATS;
        }
        Ok(Self { bar_lines, sums, bars: bars.len() })
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
    let mut passages = room::filled(0.0_f32, 2 * length + count + 1)?;
    let mut most = [(); REPEATS].map(|()| Vec::new());
    for most in &mut most {
        *most = room::filled(0.0_f32, count + 1)?;
    }
    let share = (length as f32).recip();
    for (lag, row) in (length..).map_while(|lag| Some((lag, sums.row(lag)?))) {
        let compared = row.len().saturating_sub(length);
        let pairs = row.iter().zip(&row[row.len() - compared..]);
        for (passage, (from, to)) in passages[length..].iter_mut().zip(pairs) {
            *passage = (to - from) * share;
        }
        passages[length + compared..][..length].fill(0.0);
        let (after, before) = (&passages[length..][..compared + length], &passages[..]);
        // What holds of a passage holds of the one like it.
        for from in [0, lag] {
            let [most_after, most_before, begins, ends] = &mut most;
            let lines = most_after[from..].iter_mut().zip(&mut most_before[from..]);
            let lines = lines.zip(begins[from..].iter_mut().zip(&mut ends[from..]));
            let around = after.iter().zip(before);
            for (((most_after, most_before), (begins, ends)), (&after, &before)) in
                lines.zip(around)
            {
                *most_after = higher(*most_after, after);
                *most_before = higher(*most_before, before);
                *begins = higher(*begins, after - before);
                *ends = higher(*ends, before - after);
            }
        }
    }
    for (line, terms) in bar_lines.iter_mut().enumerate() {
        for (term, most) in terms[from..from + REPEATS].iter_mut().zip(&most) {
            *term = most[line + 1];
        }
    }
    Ok(())
}

/// The higher of two numbers; one instruction, which `max` is not, since it ignores NaN.
fn higher(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}
