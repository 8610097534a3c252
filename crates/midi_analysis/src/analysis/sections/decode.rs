//! Which bar lines begin sections: a semi-Markov conditional random field (Sarawagi & Cohen 2004) over bars.
//!
//! A division of the piece scores the sum of what speaks for its bar lines, for the lengths of its sections,
//! and for each as a stretch of bars. Sections begin at the bar lines that are likely over all divisions,
//! each weighed by its probability.

use super::powers::{exp2, log2};
use super::terms::{LONGEST, Terms};
use crate::error::{Error, check};
use crate::room;
use crate::weights::sections::{BAR_LINES, LENGTHS, STRETCHES};

/// Probability from which a section begins at a bar line: about half of the F measure that is reached, where
/// the expected F measure is largest (Lipton, Elkan & Narayanaswamy 2014).
const LIKELY: f32 = 0.33;
/// Longest lengths, in bars, of short and of middling sections, for which stretches count differently.
const SHORT: usize = 2;
const MIDDLING: usize = 6;
/// Bars between two checks for interrupts.
const BARS_BETWEEN_CHECKS: usize = 256;

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
    let mut scores = room::filled([f32::NEG_INFINITY; LONGEST], bars + 1)?;
    for (end, scores) in scores.iter_mut().enumerate().skip(1) {
        if end % BARS_BETWEEN_CHECKS == 0 {
            check(interrupted)?;
        }
        let line = terms.bar_lines.get(end - 1).map_or(0.0, |terms| product(terms, &BAR_LINES));
        for (score, length) in scores.iter_mut().zip(1..=end) {
            let stretch = product(&terms.stretch(end, length), &STRETCHES[class(length)]);
            *score = line + LENGTHS[length - 1] + stretch;
        }
    }
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

fn product<const N: usize>(terms: &[f32; N], weights: &[f32; N]) -> f32 {
    terms.iter().zip(weights).fold(0.0, |sum, (term, weight)| sum + term * weight)
}

/// The logarithm to the base 2 of the sum of the powers of 2 of `value(1..=count)`.
fn log_sum(count: usize, value: impl Fn(usize) -> f32) -> f32 {
    let most = (1..=count).map(&value).fold(f32::NEG_INFINITY, f32::max);
    most + log2((1..=count).fold(0.0, |sum, each| sum + exp2(value(each) - most)))
}
