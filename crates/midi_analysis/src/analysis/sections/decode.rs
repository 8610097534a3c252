//! Which bar lines begin sections: a semi-Markov conditional random field (Sarawagi & Cohen 2004) over bars.
//!
//! A division of the piece scores the sum of what speaks for its bar lines, for the lengths of its sections,
//! and for each as a stretch of bars. Sections begin at the bar lines that are likely over all divisions,
//! each weighed by its probability.

use super::likeness::EQUAL;
use super::powers::exp2;
use super::terms::{LONGEST, Terms};
use crate::error::{Error, check};
use crate::room::{self, NoRoom};
use crate::weights::sections::{BAR_LINES, LENGTHS, STRETCHES};

/// Probability from which a section begins at a bar line. The expected F measure is largest at about half of what is
/// reached (Lipton, Elkan & Narayanaswamy 2014), 0.35; a little less divides more of the pairs of phrases that come
/// again together.
const LIKELY: f32 = 0.27;
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
    let mut scores = scores(terms)?;
    check(interrupted)?;
    // Of the divisions before each bar up to the longest section before it, as a share of those before the
    // current bar.
    let mut ways = [0.0; LONGEST];
    ways[LONGEST - 1] = 1.0;
    for scores in &mut scores[1..] {
        // From scores to the probabilities of the lengths of the section that ends here, if one does.
        for (score, ways) in scores.iter_mut().zip(ways) {
            *score = ways * exp2(*score);
        }
        let whole = sum(scores).max(f32::MIN_POSITIVE).recip();
        scores.iter_mut().for_each(|share| *share *= whole);
        ways = std::array::from_fn(|each| match each + 1 {
            LONGEST => 1.0,
            next => at_most(ways[next] * whole, MOST),
        });
    }
    check(interrupted)?;
    let mut likely = room::filled(0.0_f32, bars + LONGEST)?;
    likely[bars + LONGEST - 1] = 1.0;
    for (end, shares) in scores.iter().enumerate().skip(1).rev() {
        let ends = likely[end + LONGEST - 1];
        let begins = likely[end - 1..].iter_mut();
        begins.zip(shares).for_each(|(begins, share)| *begins += ends * share);
    }
    let likely = likely[LONGEST - 1..].iter().take(bars).enumerate();
    let begins = likely.filter(|&(bar, &likely)| bar == 0 || likely > LIKELY);
    Ok(room::gathered(begins.map(|(bar, _)| bar))?)
}

/// Limit of ratios, so that products stay finite.
const MOST: f32 = 1e18;

fn at_most(x: f32, most: f32) -> f32 {
    if x < most { x } else { most }
}

/// The sum of numbers, in four sums.
fn sum(numbers: &[f32; LONGEST]) -> f32 {
    let mut sums = [0.0; 4];
    for numbers in numbers.as_chunks::<4>().0 {
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// By bar, the scores of the sections that end before it, the longest first.
fn scores(terms: &Terms) -> Result<Vec<[f32; LONGEST]>, NoRoom> {
    let bars = terms.bars;
    let mut scores = room::filled([0.0; LONGEST], bars + 1)?;
    let mut sums = room::filled(0_u32, bars + 1)?;
    // Of the sections of one length, by the bar after them.
    let mut stretches = room::filled(0.0_f32, bars + 1)?;
    for length in 1..=LONGEST.min(bars) {
        let [before, after, halves] = STRETCHES[class(length)];
        stretches.fill(LENGTHS[length - 1]);
        // What speaks for a section with the one before it speaks for that one with the one after.
        add(&mut stretches[length..], terms, length, after, &mut sums);
        if let Some(stretches) = stretches.get_mut(2 * length..) {
            add(stretches, terms, length, before, &mut sums);
        }
        if length.is_multiple_of(2) {
            add(&mut stretches[length..], terms, length / 2, halves, &mut sums);
        }
        for (scores, stretch) in scores.iter_mut().zip(&stretches) {
            scores[LONGEST - length] = *stretch;
        }
    }
    for (line, scores) in terms.bar_lines.iter().zip(&mut scores[1..]) {
        let mut weighed = [0.0; 16];
        for (terms, weights) in line.as_chunks::<16>().0.iter().zip(BAR_LINES.as_chunks::<16>().0) {
            for (sum, (term, weight)) in weighed.iter_mut().zip(terms.iter().zip(weights)) {
                *sum += term * weight;
            }
        }
        let line = sum(&weighed);
        scores.iter_mut().for_each(|score| *score += line);
    }
    Ok(scores)
}

/// Adds the mean likeness of each stretch of `lag` bars to the next, by its first bar, times a weight. `sums` is
/// room for as many numbers as there are bar lines.
fn add(scores: &mut [f32], terms: &Terms, lag: usize, weight: f32, sums: &mut [u32]) {
    let Some(pairs) = terms.likes.pairs(lag) else { return };
    let mut total = 0;
    for (sum, &like) in sums[1..].iter_mut().zip(pairs) {
        total += u32::from(like);
        *sum = total;
    }
    let sums = &sums[..=pairs.len()];
    let Some(later) = sums.get(lag..) else { return };
    let weight = weight / (EQUAL * lag as f32);
    for (score, (from, to)) in scores.iter_mut().zip(sums.iter().zip(later)) {
        *score += weight * (to - from) as i32 as f32;
    }
}
