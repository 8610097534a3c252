//! By how much the scores of a network are to be trusted, given numbers of the material: a factor of the scores
//! that makes the truth most probable of pieces from which the network did not learn (Guo et al. 2017,
//! "temperature scaling", here not the same for all).
//!
//! 1 plus a weighted sum of rectified sums of the material, within [`LEAST`] and [`MOST`]. Learned by Adam on all
//! examples at once.

use super::network::{Adam, Example, KEYS, probabilities};
use super::random::Random;

/// Rectified sums.
const UNITS: usize = 6;
/// Bounds of the factor.
const LEAST: f32 = 0.1;
const MOST: f32 = 3.0;
const STEPS: usize = 300;
const RATE: f32 = 0.03;
/// Weight of the sum of the squares of the weights.
const RIDGE: f32 = 1e-4;

/// An example and its scores by a network that did not learn from it.
pub type Scored<'a> = (&'a Example, &'a [f32; KEYS], f32);

/// The weights.
#[derive(Clone)]
pub struct Firmness {
    /// A row for each number of the material and one of constants; a column for each sum.
    pub first: Vec<[f32; UNITS]>,
    /// What each sum adds, then a constant.
    pub second: [f32; UNITS + 1],
}

impl Firmness {
    /// The sums of the material, rectified, and what they add up to, which has bounds.
    fn sums(&self, material: &[f32]) -> ([f32; UNITS], f32) {
        let mut sums = self.first[material.len()];
        for (value, row) in material.iter().zip(&self.first) {
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
        }
        sums.iter_mut().for_each(|sum| *sum = sum.max(0.0));
        let sum: f32 = sums.iter().zip(&self.second).map(|(sum, weight)| sum * weight).sum();
        (sums, 1.0 + sum + self.second[UNITS])
    }

    /// The factor for an example.
    pub fn of(&self, example: &Example) -> f32 {
        self.sums(&example.material).1.clamp(LEAST, MOST)
    }

    /// Learns from examples, their scores and weights.
    pub fn learn(examples: &[Scored<'_>]) -> Self {
        let mut random = Random::new(1);
        let count = examples.first().map_or(0, |(example, ..)| example.material.len());
        let mut row = || std::array::from_fn(|_| random.within(-0.3, 0.3) as f32);
        let first: Vec<[f32; UNITS]> = (0..=count).map(|_| row()).collect();
        let mut firmness = Self { first, second: [0.0; UNITS + 1] };
        for unit in &mut firmness.second[..UNITS] {
            *unit = random.within(-0.3, 0.3) as f32;
        }
        let total: f32 = examples.iter().map(|(_, _, weight)| weight).sum();
        let (mut of_first, mut of_second) =
            (Adam::new(firmness.first.len() * UNITS), Adam::new(UNITS + 1));
        for step in 0..STEPS {
            let mut slopes = firmness.clone();
            slopes.first.as_flattened_mut().iter_mut().for_each(|w| *w *= 2.0 * RIDGE);
            slopes.second.iter_mut().for_each(|w| *w *= 2.0 * RIDGE);
            for (example, scores, weight) in examples {
                firmness.add_slopes(example, scores, weight / total, &mut slopes);
            }
            let rate = RATE * (1.0 - step as f32 / STEPS as f32);
            of_first.step(firmness.first.as_flattened_mut(), slopes.first.as_flattened(), rate);
            of_second.step(&mut firmness.second, &slopes.second, rate);
        }
        firmness
    }

    fn add_slopes(&self, example: &Example, scores: &[f32; KEYS], weight: f32, slopes: &mut Self) {
        let (sums, factor) = self.sums(&example.material);
        if !(LEAST..=MOST).contains(&factor) {
            return;
        }
        let found = probabilities(scores, factor);
        let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let errors = found.iter().zip(&example.truth).zip(scores);
        let slope: f32 =
            errors.map(|((found, truth), score)| (found - truth) * (score - top)).sum();
        let slope = slope * weight;
        slopes.second[UNITS] += slope;
        for unit in 0..UNITS {
            slopes.second[unit] += slope * sums[unit];
            if sums[unit] > 0.0 {
                let back = slope * self.second[unit];
                let constant = slopes.first.len() - 1;
                slopes.first[constant][unit] += back;
                for (row, value) in slopes.first.iter_mut().zip(&example.material) {
                    row[unit] += back * value;
                }
            }
        }
    }
}
