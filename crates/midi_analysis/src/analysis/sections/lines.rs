//! What speaks for a section at each bar line in sum: its terms, and hidden units that see the bar lines around it too.
//!
//! A rest means less next to a longer one, and what comes again after one bar line does not begin at the next. So
//! the terms of each bar line are summed to a few views, and hidden units are rectified sums of the views
//! of five bar lines: a convolution in two steps, of which the first sees single places (Lin, Chen & Yan 2014).

use fearless_simd::Simd;

use super::terms::BAR_LINE_TERMS;
use crate::net::{Dense, rectify};
use crate::room::{self, NoRoom};
use crate::weights::sections as weights;

/// Views of a bar line.
pub const VIEWS: usize = 4;
/// Bar lines that hidden units see: this one and as many before as after it.
pub const AROUND: usize = 5;
/// Hidden units.
pub const HIDDEN: usize = 8;

const TERMS: Dense<BAR_LINE_TERMS, VIEWS> =
    Dense { weights: &weights::VIEWS, bias: &weights::VIEW_BIASES };
const SEEN: Dense<{ AROUND * VIEWS }, HIDDEN> =
    Dense { weights: &weights::HIDDEN, bias: &weights::HIDDEN_BIASES };

/// What speaks for a section at each bar line, as a logarithm to the base 2.
#[inline(always)]
pub(super) fn scores(
    simd: impl Simd,
    bar_lines: &[[f32; BAR_LINE_TERMS]],
) -> Result<Vec<f32>, NoRoom> {
    // Those outside the piece are 0.
    let mut views = room::filled([0.0; VIEWS], bar_lines.len() + AROUND - 1)?;
    for (views, terms) in views[AROUND / 2..].iter_mut().zip(bar_lines) {
        *views = TERMS.with(simd, terms);
    }
    let mut scores = room::list(bar_lines.len())?;
    for (terms, around) in bar_lines.iter().zip(views.windows(AROUND)) {
        let Some(around) = around.as_flattened().first_chunk() else { break };
        let mut hidden = SEEN.with(simd, around);
        rectify(&mut hidden);
        scores.push(weighed(terms, &weights::BAR_LINES) + weighed(&hidden, &weights::COUNTS));
    }
    Ok(scores)
}

/// A weighted sum, in four sums.
#[inline(always)]
fn weighed<const N: usize>(values: &[f32; N], weights: &[f32; N]) -> f32 {
    let mut sums = [0.0; 4];
    for (values, weights) in values.as_chunks::<4>().0.iter().zip(weights.as_chunks::<4>().0) {
        for (sum, (value, weight)) in sums.iter_mut().zip(values.iter().zip(weights)) {
            *sum += value * weight;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}
