//! Softmax regression: which of several classes is the true one, by a weighted sum of terms for each.
//!
//! With terms of its own for each class it is a conditional logit (McFadden 1974), with the same terms for all
//! classes a multinomial logistic regression. Penalised by the squares of the weights; full-batch gradient
//! descent by Adam (Kingma & Ba 2015), whose rate falls to a fiftieth.

use super::corpus::{Count, Sample};
use super::folds;

/// What is chosen from.
pub struct Choice {
    /// A row for each class, or one row that all classes share.
    pub terms: Vec<Vec<f64>>,
    /// The share of truth in each class; they sum to 1.
    pub truth: Vec<f64>,
}

impl Choice {
    fn terms_of(&self, class: usize) -> &[f64] {
        &self.terms[class % self.terms.len()]
    }

    /// The class with the largest share of truth.
    pub fn right(&self) -> usize {
        largest(&self.truth)
    }
}

/// How it is learned.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Rows of weights; a class has the row of its number modulo the rows.
    pub rows: usize,
    /// Weight of the sum of the squares of the weights.
    pub ridge: f64,
    /// Steps of the descent.
    pub steps: i32,
    /// Rate of its first step.
    pub rate: f64,
}

/// Rows of weights.
pub type Weights = Vec<Vec<f64>>;

/// The index of the largest value, the first of equals.
pub fn largest(values: &[f64]) -> usize {
    (0..values.len()).fold(0, |best, next| if values[next] > values[best] { next } else { best })
}

/// The probability of each class.
pub fn probabilities(choice: &Choice, weights: &Weights) -> Vec<f64> {
    let odds = |class: usize| -> f64 {
        let row = &weights[class % weights.len()];
        choice.terms_of(class).iter().zip(row).map(|(term, weight)| term * weight).sum()
    };
    let odds: Vec<f64> = (0..choice.truth.len()).map(odds).collect();
    let top = odds[largest(&odds)];
    let raised: Vec<f64> = odds.iter().map(|odds| (odds - top).exp()).collect();
    let sum: f64 = raised.iter().sum();
    raised.into_iter().map(|raised| raised / sum).collect()
}

/// Learns the weights from the samples.
pub fn train(samples: &[&Sample<Choice>], settings: Settings) -> Weights {
    let width = samples.first().map_or(0, |sample| sample.data.terms[0].len());
    let total: f64 = samples.iter().map(|sample| sample.weight).sum();
    let mut weights = vec![vec![0.0; width]; settings.rows];
    let (mut mean, mut square) = (weights.clone(), weights.clone());
    for step in 1..=settings.steps {
        let slopes = gradient(samples, &weights, settings.ridge, total);
        let left = 1.0 - f64::from(step) / f64::from(settings.steps);
        let rate = settings.rate * left.max(0.02);
        for (row, slopes) in slopes.iter().enumerate() {
            for (term, slope) in slopes.iter().enumerate() {
                let (mean, square) = (&mut mean[row][term], &mut square[row][term]);
                *mean += 0.1 * (slope - *mean);
                *square += 0.001 * (slope.powi(2) - *square);
                let corrected = *mean / (1.0 - 0.9_f64.powi(step));
                let spread = (*square / (1.0 - 0.999_f64.powi(step))).sqrt();
                weights[row][term] -= rate * corrected / (spread + 1e-9);
            }
        }
    }
    weights
}

fn gradient(
    samples: &[&Sample<Choice>],
    weights: &Weights,
    ridge: f64,
    total: f64,
) -> Vec<Vec<f64>> {
    let mut slopes: Vec<Vec<f64>> =
        weights.iter().map(|row| row.iter().map(|weight| 2.0 * ridge * weight).collect()).collect();
    for sample in samples {
        let found = probabilities(&sample.data, weights);
        for (class, (found, truth)) in found.iter().zip(&sample.data.truth).enumerate() {
            let error = (found - truth) * sample.weight / total;
            if error.abs() > 1e-9 {
                let row = &mut slopes[class % weights.len()];
                let terms = sample.data.terms_of(class);
                row.iter_mut().zip(terms).for_each(|(slope, term)| *slope += error * term);
            }
        }
    }
    slopes
}

/// By set, how often `is_right` holds of pieces that the weights were not learned from, given the choice and the
/// probability of each class, whose largest is the confidence.
pub fn cross_validate(
    samples: &[Sample<Choice>],
    sets: usize,
    settings: Settings,
    is_right: impl Fn(&Choice, &[f64]) -> bool,
) -> Vec<Count> {
    let learn = |known: &[&Sample<Choice>]| train(known, settings);
    folds::judged(samples, sets, learn, |weights, choice| {
        let found = probabilities(choice, weights);
        (is_right(choice, &found), found[largest(&found)])
    })
}
