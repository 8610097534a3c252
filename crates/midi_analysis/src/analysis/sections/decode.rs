//! Which bar lines begin sections: a semi-Markov conditional random field (Sarawagi & Cohen 2004) over bars.
//!
//! A division of the piece scores the sum of what speaks for its bar lines, for the lengths of its sections,
//! and for each as a stretch of bars. Sections begin at the bar lines that are likely over all divisions,
//! each weighed by its probability.

use fearless_simd::Simd;

use super::bars::Bar;
use super::division::Division;
use super::likeness::{EQUAL, Likes};
use super::lines;
use super::periods::{choruses, periods};
use super::powers::exp2;
use super::terms::{LONGEST, Terms};
use crate::error::{Error, check};
use crate::room::{self, NoRoom};
use crate::weights::sections::{LENGTHS, STRETCHES};

/// Probability from which a section begins at a bar line: a little less than half of the F measure that is reached, at
/// which its expectation is largest (Lipton, Elkan & Narayanaswamy 2014). From 0.25 to 0.4 it is nearly the same.
pub const LIKELY: f32 = 0.3;
/// Bars before and after a bar line that are the same where a passage comes again, and how alike they are in sum:
/// nine tenths of what equal ones are.
const AROUND: usize = 4;
const SAME: u64 = 2 * AROUND as u64 * EQUAL as u64 * 9 / 10;
/// What sections of one, two and three bars cost amid a piece, as probability: single bars belong to a neighbour; and
/// what they cost at the beginning and at the end, where one is an upbeat, an introduction or a close.
const SHORT_COST: [f32; 3] = [f32::INFINITY, 0.1, 0.05];
const EDGE_COST: [f32; 3] = [0.03, 0.01, 0.005];
/// Longest lengths, in bars, of short, of middling and of long sections, for which stretches count differently from
/// those of the longest: phrases of four bars that are alike make a period, periods that are alike are two sections.
const SHORT: usize = 2;
const MIDDLING: usize = 6;
const LONG: usize = 10;
/// Likeness of the halves of a section of which one varies the other, at most.
const VARIED: f32 = 0.7;
/// Limit of ratios, so that products stay finite.
const MOST: f32 = 1e18;

/// The row of weights for stretches of a length.
pub fn class(length: usize) -> usize {
    [SHORT, MIDDLING, LONG].iter().filter(|longest| length > **longest).count()
}

/// The division of a piece into sections.
///
/// # Errors
/// Out of memory, or `interrupted`.
#[inline(always)]
pub(super) fn division(
    simd: impl Simd,
    sounding: &[Bar],
    terms: &Terms,
    interrupted: &dyn Fn() -> bool,
) -> Result<Division, Error> {
    let bars = terms.bars;
    let mut scores = scores(simd, terms)?;
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
    check(interrupted)?;
    Ok(divided(sounding, &likely[LONGEST - 1..][..bars], LIKELY, &terms.likes)?)
}

/// The division of a piece, given how likely a section begins at each bar. Those above `least` are chosen that exceed it
/// by the most in sum, less what [short](SHORT_COST) sections cost. Where a passage comes again, it is divided in the same
/// places.
///
/// # Errors
/// Out of memory.
pub(super) fn divided(
    bars: &[Bar],
    likely: &[f32],
    least: f32,
    likes: &Likes,
) -> Result<Division, NoRoom> {
    let likely = shared(likely, least, likes)?;
    match choruses(bars, &likely)? {
        Some(begins) => Ok(Division { in_choruses: true, ..Division::of(begins, bars.len()) }),
        None => Ok(Division::of(periods(&chosen(&likely, least)?, bars.len(), likes)?, bars.len())),
    }
}

/// How likely sections begin, where a passage comes again as likely as where it is likeliest.
fn shared(likely: &[f32], least: f32, likes: &Likes) -> Result<Vec<f32>, NoRoom> {
    let mut shared = room::gathered(likely.iter().copied())?;
    let sources = room::gathered((AROUND..likely.len()).filter(|&bar| likely[bar] > least))?;
    for (lag, pairs) in (2 * AROUND..).map_while(|lag| Some((lag, likes.pairs(lag)?))) {
        for &bar in &sources {
            let is_same = |earlier: usize| {
                let pairs = pairs.get(earlier - AROUND..).and_then(<[u8]>::first_chunk);
                pairs.is_some_and(|pairs| sum_of_bytes(*pairs) >= SAME)
            };
            if is_same(bar) {
                shared[bar + lag] = shared[bar + lag].max(likely[bar]);
            }
            if bar >= lag + AROUND && is_same(bar - lag) {
                shared[bar - lag] = shared[bar - lag].max(likely[bar]);
            }
        }
    }
    Ok(shared)
}

/// The sum of the bytes of a number, all pairs of bytes and then all sums at once.
fn sum_of_bytes(bytes: [u8; 2 * AROUND]) -> u64 {
    /// The second byte of each pair.
    const SECOND: u64 = 0x00ff_00ff_00ff_00ff;
    let number = u64::from_le_bytes(bytes);
    let pairs = (number & SECOND) + (number >> 8 & SECOND);
    pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48
}

/// The best choice of the bars that are likelier than `least`, and bar 0.
fn chosen(likely: &[f32], least: f32) -> Result<Vec<usize>, NoRoom> {
    let bars = likely.len();
    // By bar: the most that a choice up to it is worth whose last section begins there, and where the one before
    // begins; and where it is best that the last section begins, of the bars up to this one.
    let mut worth = room::filled((0.0_f32, 0), bars)?;
    let mut best = room::filled(0_usize, bars)?;
    let before = |worth: &[(f32, usize)], best: &[usize], end: usize| {
        let mut most = (f32::NEG_INFINITY, 0);
        for (length, costs) in (1..).zip(SHORT_COST.into_iter().zip(EDGE_COST)) {
            let Some(from) = end.checked_sub(length) else { break };
            let cost = if from == 0 || end == bars { costs.1 } else { costs.0 };
            let value = worth[from].0 - cost;
            if value > most.0 {
                most = (value, from);
            }
        }
        if let Some(from) = end.checked_sub(SHORT_COST.len() + 1).map(|end| best[end])
            && worth[from].0 >= most.0
        {
            most = (worth[from].0, from);
        }
        most
    };
    for bar in 1..bars {
        let gain = likely[bar] - least;
        worth[bar] = (f32::NEG_INFINITY, 0);
        best[bar] = best[bar - 1];
        if gain > 0.0 {
            let (value, from) = before(&worth, &best, bar);
            worth[bar] = (value + gain, from);
            if worth[bar].0 > worth[best[bar]].0 {
                best[bar] = bar;
            }
        }
    }
    let mut begins = room::filled(false, bars)?;
    begins[0] = true;
    let mut from = before(&worth, &best, bars).1;
    while from > 0 {
        begins[from] = true;
        from = worth[from].1;
    }
    room::gathered((0..bars).filter(|&bar| begins[bar]))
}

fn at_most(x: f32, most: f32) -> f32 {
    if x < most { x } else { most }
}

/// The sum of numbers, in four sums.
#[inline(always)]
fn sum(numbers: &[f32]) -> f32 {
    let mut sums = [0.0; 4];
    for numbers in numbers.as_chunks::<4>().0 {
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// By bar, the scores of the sections that end before it, the longest first.
#[inline(always)]
fn scores(simd: impl Simd, terms: &Terms) -> Result<Vec<[f32; LONGEST]>, NoRoom> {
    let bars = terms.bars;
    let mut scores = room::filled([0.0; LONGEST], bars + 1)?;
    // Of the sections of one length, by the bar after them.
    let mut stretches = room::filled(0.0_f32, bars + 1)?;
    let mut means: Vec<Vec<f32>> = room::list(LONGEST)?;
    for length in 1..=LONGEST.min(bars) {
        means.push(self::means(terms, length)?);
        let [before, after, halves, same] = STRETCHES[class(length)];
        stretches.fill(LENGTHS[length - 1]);
        // What speaks for a section with the one before it speaks for that one with the one after.
        add(&mut stretches[length..], &means[length - 1], after);
        if let Some(stretches) = stretches.get_mut(2 * length..) {
            add(stretches, &means[length - 1], before);
        }
        if length.is_multiple_of(2) {
            let halved = stretches[length..].iter_mut().zip(&means[length / 2 - 1]);
            halved.for_each(|(score, &mean)| *score += halves * mean + same * sameness(mean));
        }
        for (scores, stretch) in scores.iter_mut().zip(&stretches) {
            scores[LONGEST - length] = *stretch;
        }
    }
    for (line, scores) in lines::scores(simd, &terms.bar_lines)?.into_iter().zip(&mut scores[1..]) {
        scores.iter_mut().for_each(|score| *score += line);
    }
    Ok(scores)
}

/// The mean likeness of each stretch of `lag` bars to the next, by its first bar.
#[inline(always)]
fn means(terms: &Terms, lag: usize) -> Result<Vec<f32>, NoRoom> {
    let pairs = terms.likes.pairs(lag).unwrap_or_default();
    let Some((first, later)) = pairs.split_at_checked(lag) else { return Ok(Vec::new()) };
    let share = (EQUAL * lag as f32).recip();
    let mut sum: u32 = first.iter().map(|&like| u32::from(like)).sum();
    let mut means = room::list(later.len() + 1)?;
    means.push(sum as i32 as f32 * share);
    means.extend(pairs.iter().zip(later).map(|(&passed, &next)| {
        sum = sum + u32::from(next) - u32::from(passed);
        sum as i32 as f32 * share
    }));
    Ok(means)
}

/// By how much a likeness is above that of variations: a section whose halves are the same is two.
pub fn sameness(like: f32) -> f32 {
    if like > VARIED { like - VARIED } else { 0.0 }
}

/// Adds numbers times a weight.
#[inline(always)]
fn add(scores: &mut [f32], means: &[f32], weight: f32) {
    scores.iter_mut().zip(means).for_each(|(score, mean)| *score += weight * mean);
}
