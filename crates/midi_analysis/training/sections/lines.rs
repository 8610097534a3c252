//! What speaks for a section at each bar line: a weighted sum of its terms, and of hidden units that see the bar lines
//! around it too.
//!
//! The terms of each bar line are summed to a few views; hidden units are rectified sums of the views of the bar lines
//! around. Views of what is outside the piece are 0.

use midi_analysis::training::{AROUND, BAR_LINE_TERMS, HIDDEN, VIEWS};

use super::support::random::Random;

/// Where the weights begin: those of the views, a row for each term; of the hidden units, a row for each view of each
/// bar line around; their biases; and what they count.
const OF_VIEWS: usize = BAR_LINE_TERMS;
const OF_HIDDEN: usize = OF_VIEWS + BAR_LINE_TERMS * VIEWS;
const BIASES: usize = OF_HIDDEN + AROUND * VIEWS * HIDDEN;
const COUNTS: usize = BIASES + HIDDEN;
/// All weights of bar lines.
pub const WEIGHTS: usize = COUNTS + HIDDEN;

/// Deviation of the weights at the beginning, times the root of how many are summed.
const SPREADS: [f64; 3] = [1.0, 0.5, 0.5];

/// Weights from which the descent begins.
pub fn begin(weights: &mut [f64]) {
    let mut random = Random::new(1);
    let [views, hidden, counts] = SPREADS;
    let mut fill = |range: std::ops::Range<usize>, spread: f64| {
        weights[range].iter_mut().for_each(|weight| *weight = spread * random.deviation());
    };
    fill(OF_VIEWS..OF_HIDDEN, views / (BAR_LINE_TERMS as f64).sqrt());
    fill(OF_HIDDEN..BIASES, hidden / ((AROUND * VIEWS) as f64).sqrt());
    fill(COUNTS..WEIGHTS, counts / (HIDDEN as f64).sqrt());
}

/// The bar lines of a piece as the weights see them.
pub struct Lines {
    /// What speaks for a section.
    pub scores: Vec<f64>,
    /// The views, with those outside the piece.
    views: Vec<[f64; VIEWS]>,
    hidden: Vec<[f64; HIDDEN]>,
}

impl Lines {
    /// Those of the terms of each bar line.
    pub fn of(weights: &[f64], terms: &[Vec<f64>]) -> Self {
        let mut views = vec![[0.0; VIEWS]; terms.len() + AROUND - 1];
        for (views, terms) in views[AROUND / 2..].iter_mut().zip(terms) {
            for (term, row) in terms.iter().zip(weights[OF_VIEWS..].chunks_exact(VIEWS)) {
                views.iter_mut().zip(row).for_each(|(view, weight)| *view += term * weight);
            }
        }
        let hidden = views.windows(AROUND).map(|around| {
            let mut sums = [0.0; HIDDEN];
            sums.copy_from_slice(&weights[BIASES..COUNTS]);
            let rows = weights[OF_HIDDEN..BIASES].chunks_exact(HIDDEN);
            for (view, row) in around.as_flattened().iter().zip(rows) {
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += view * weight);
            }
            sums.map(|sum| sum.max(0.0))
        });
        let hidden: Vec<_> = hidden.collect();
        let dot = |weights: &[f64], values: &[f64]| -> f64 {
            weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
        };
        let scores = terms.iter().zip(&hidden);
        let scores = scores
            .map(|(terms, hidden)| {
                dot(&weights[..OF_VIEWS], terms) + dot(&weights[COUNTS..], hidden)
            })
            .collect();
        Self { scores, views, hidden }
    }

    /// Adds the slopes of the weights, given those of the scores.
    pub fn add_slopes(
        &self,
        weights: &[f64],
        terms: &[Vec<f64>],
        of_scores: &[f64],
        slopes: &mut [f64],
    ) {
        let mut of_views = vec![[0.0; VIEWS]; self.views.len()];
        for (line, &of_score) in of_scores.iter().enumerate() {
            let around = line..line + AROUND;
            let own = slopes.iter_mut().zip(&terms[line]);
            own.for_each(|(slope, term)| *slope += of_score * term);
            for unit in 0..HIDDEN {
                let active = self.hidden[line][unit];
                if active <= 0.0 {
                    continue;
                }
                slopes[COUNTS + unit] += of_score * active;
                let of_unit = of_score * weights[COUNTS + unit];
                slopes[BIASES + unit] += of_unit;
                let views = self.views[around.clone()].as_flattened().iter();
                let of_views = of_views[around.clone()].as_flattened_mut().iter_mut();
                for (number, (view, of_view)) in views.zip(of_views).enumerate() {
                    let weight = OF_HIDDEN + number * HIDDEN + unit;
                    slopes[weight] += of_unit * view;
                    *of_view += of_unit * weights[weight];
                }
            }
        }
        for (of_views, terms) in of_views[AROUND / 2..].iter().zip(terms) {
            for (term, row) in terms.iter().zip(slopes[OF_VIEWS..].chunks_exact_mut(VIEWS)) {
                row.iter_mut().zip(of_views).for_each(|(slope, view)| *slope += term * view);
            }
        }
    }
}

/// Makes weights of standardised terms those of the terms as they are, for logarithms to the base 2; what is left over
/// for every bar line.
pub fn unscale(weights: &mut [f64], scale: &[(f64, f64)]) -> f64 {
    let mut line = 0.0;
    for (term, (mean, spread)) in scale.iter().enumerate() {
        weights[term] /= spread;
        line -= weights[term] * mean;
        weights[OF_VIEWS + term * VIEWS..][..VIEWS].iter_mut().for_each(|weight| *weight /= spread);
    }
    let scores = (0..OF_VIEWS).chain(COUNTS..WEIGHTS);
    scores.for_each(|weight| weights[weight] /= std::f64::consts::LN_2);
    line
}

/// What is to be added to the views of each bar line, given the weights of terms as they are.
pub fn biases(weights: &[f64], scale: &[(f64, f64)]) -> Vec<f64> {
    let mut biases = vec![0.0; VIEWS];
    for ((mean, _), row) in scale.iter().zip(weights[OF_VIEWS..].chunks_exact(VIEWS)) {
        biases.iter_mut().zip(row).for_each(|(bias, weight)| *bias -= weight * mean);
    }
    biases
}

/// The weights of the terms, of the views, of the hidden units, their biases, and what they count.
pub fn parts(weights: &[f64]) -> [&[f64]; 5] {
    let bounds = [0, OF_VIEWS, OF_HIDDEN, BIASES, COUNTS, WEIGHTS];
    std::array::from_fn(|part| &weights[bounds[part]..bounds[part + 1]])
}
