//! Which bar lines begin sections: a semi-Markov conditional random field (Sarawagi & Cohen 2004) over bars.
//!
//! A division of the piece scores the sum of what speaks for its bar lines, for the lengths of its sections,
//! and for each as a stretch of bars. Sections begin at the bar lines that are likely over all divisions,
//! each weighed by its probability.

use super::powers::{exp2, log2};
use super::terms::{LONGEST, Terms};
use crate::error::{Error, check};
use crate::room::{self, NoRoom};
use crate::weights::sections::{BAR_LINES, LENGTHS, STRETCHES};

/// Probability from which a section begins at a bar line: about half of the F measure that is reached, where
/// the expected F measure is largest (Lipton, Elkan & Narayanaswamy 2014).
const LIKELY: f32 = 0.32;
/// Longest lengths, in bars, of short and of middling sections, for which stretches count differently.
const SHORT: usize = 2;
const MIDDLING: usize = 6;

/// The row of weights for stretches of a length.
pub fn class(length: usize) -> usize {
    usize::from(length > SHORT) + usize::from(length > MIDDLING)
}

/// The bars at which sections begin, ascending; the first is 0.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn beginnings(
    terms: &Terms,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<usize>, Error> {
    let bars = terms.bars;
    let scores = scores(terms)?;
    check(interrupted)?;
    // Logarithms of the sums over the divisions before and after each bar line.
    let mut before = room::filled(0.0_f32, bars + 1)?;
    for end in 1..=bars {
        before[end] =
            log_sum(end.min(LONGEST), |length| before[end - length] + scores[end][length - 1]);
    }
    let mut after = room::filled(0.0_f32, bars + 1)?;
    for from in (0..bars).rev() {
        after[from] = log_sum((bars - from).min(LONGEST), |length| {
            after[from + length] + scores[from + length][length - 1]
        });
    }
    let is_likely =
        |&bar: &usize| bar == 0 || exp2(before[bar] + after[bar] - before[bars]) > LIKELY;
    Ok(room::gathered((0..bars).filter(is_likely))?)
}

/// By bar, the scores of the sections that end before it, by length.
fn scores(terms: &Terms) -> Result<Vec<[f32; LONGEST]>, NoRoom> {
    let bars = terms.bars;
    let mut scores = room::filled([f32::NEG_INFINITY; LONGEST], bars + 1)?;
    for (line, scores) in terms.bar_lines.iter().zip(&mut scores[1..]) {
        let line = line.iter().zip(&BAR_LINES).fold(0.0, |sum, (term, weight)| sum + term * weight);
        *scores = LENGTHS.map(|length| line + length);
    }
    scores[bars] = LENGTHS;
    for length in 1..=LONGEST.min(bars) {
        let [before, after, halves] = STRETCHES[class(length)];
        // What speaks for a section with the one before it speaks for that one with the one after.
        let weigh = |lag: usize, weight: f32, shift: usize, scores: &mut [[f32; LONGEST]]| {
            let Some(row) = terms.sums.row(lag) else { return };
            let Some(later) = row.get(lag..) else { return };
            let weight = weight / lag as f32;
            let ends = scores[length + shift..].iter_mut();
            for (scores, (from, to)) in ends.zip(row.iter().zip(later)) {
                scores[length - 1] += weight * (to - from);
            }
        };
        weigh(length, before, length, &mut scores);
        weigh(length, after, 0, &mut scores);
        if length.is_multiple_of(2) {
            weigh(length / 2, halves, 0, &mut scores);
        }
    }
    Ok(scores)
}

/// The logarithm to the base 2 of the sum of the powers of 2 of `value(1..=count)`.
fn log_sum(count: usize, value: impl Fn(usize) -> f32) -> f32 {
    let mut values = [f32::NEG_INFINITY; LONGEST];
    let mut most = f32::NEG_INFINITY;
    for (slot, each) in values.iter_mut().zip(1..=count) {
        *slot = value(each);
        most = if *slot > most { *slot } else { most };
    }
    let powers = values.map(|value| exp2(value - most));
    most + log2(powers.iter().sum())
}
