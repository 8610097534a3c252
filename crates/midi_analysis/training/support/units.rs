//! A choice among classes by a weighted sum of terms, and a layer of units, each the positive part of another weighted
//! sum. Without units it is softmax regression.
//!
//! Either there are several rows of terms, which have the same weights: the classes are the rows, as in a conditional
//! logit (McFadden 1974). Or there is one row, and each class has weights of its own.
//!
//! Penalised by the squares of the weights; descent in batches by Adam (Kingma & Ba 2015), whose rate falls to a
//! fiftieth.

use fastrand::Rng;

use super::corpus::{Count, Sample};
use super::folds;

/// What is chosen from.
pub struct Choice {
    /// A row for each class, or one row for all of them.
    pub terms: Vec<Vec<f32>>,
    /// The share of truth in each class; they sum to 1.
    pub truth: Vec<f32>,
}

impl Choice {
    /// Classes that have weights of their own.
    fn outputs(&self) -> usize {
        self.truth.len() / self.terms.len()
    }
}

/// How it is learned.
#[derive(Clone, Copy)]
pub struct Settings {
    pub units: usize,
    /// Weight of the sum of the squares of the weights.
    pub ridge: f32,
    /// Passes over the samples.
    pub passes: usize,
    /// Samples in a batch.
    pub batch: usize,
    /// Rate of the first step.
    pub rate: f32,
}

/// What is learned.
pub struct Function {
    width: usize,
    units: usize,
    outputs: usize,
    /// Rows of `width` weights, those of the outputs first, then those of the units; then the biases of the units;
    /// then for each output the weights of the units.
    values: Vec<f32>,
}

impl Function {
    fn new(width: usize, units: usize, outputs: usize, rng: &mut Rng) -> Self {
        let mut values = vec![0.0; (outputs + units) * width + (1 + outputs) * units];
        let random = |values: &mut [f32], size: usize, rng: &mut Rng| {
            let scale = (size as f32).sqrt().recip();
            values.iter_mut().for_each(|value| *value = (2.0 * rng.f32() - 1.0) * scale);
        };
        random(&mut values[outputs * width..(outputs + units) * width], width, rng);
        random(&mut values[(outputs + units) * width + units..], units, rng);
        Self { width, units, outputs, values }
    }

    fn biases_from(&self) -> usize {
        (self.outputs + self.units) * self.width
    }

    /// For each output the weights of the terms.
    pub fn direct(&self) -> impl Iterator<Item = &[f32]> {
        self.values[..self.outputs * self.width].chunks_exact(self.width)
    }

    /// The weights of the terms in each unit.
    pub fn unit_terms(&self) -> impl Iterator<Item = &[f32]> {
        self.values[self.outputs * self.width..self.biases_from()].chunks_exact(self.width)
    }

    /// The bias of each unit.
    pub fn biases(&self) -> &[f32] {
        &self.values[self.biases_from()..self.biases_from() + self.units]
    }

    /// For each output the weights of the units.
    pub fn weights(&self) -> impl Iterator<Item = &[f32]> {
        self.values[self.biases_from() + self.units..].chunks_exact(self.units)
    }

    /// What the units give for a row of terms.
    fn active(&self, terms: &[f32]) -> Vec<f32> {
        let units = self.unit_terms().zip(self.biases());
        units.map(|(row, bias)| (product(terms, row) + bias).max(0.0)).collect()
    }

    /// The probability of each class, and what the units give for each row.
    fn found(&self, terms: &[Vec<f32>]) -> (Vec<f32>, Vec<Vec<f32>>) {
        let active: Vec<Vec<f32>> = terms.iter().map(|terms| self.active(terms)).collect();
        let mut odds = Vec::with_capacity(terms.len() * self.outputs);
        for (terms, active) in terms.iter().zip(&active) {
            let outputs = self.direct().zip(self.weights());
            odds.extend(outputs.map(|(row, units)| product(terms, row) + product(active, units)));
        }
        softmax(&mut odds);
        (odds, active)
    }

    /// The probability of each class.
    pub fn probabilities(&self, terms: &[Vec<f32>]) -> Vec<f32> {
        self.found(terms).0
    }

    /// Adds the slopes of the loss of one sample.
    fn slopes(&self, sample: &Choice, weight: f32, slopes: &mut [f32]) {
        let (width, units) = (self.width, self.units);
        let (direct, biases) = (self.outputs * width, self.biases_from());
        let (found, active) = self.found(&sample.terms);
        for (index, (found, truth)) in found.iter().zip(&sample.truth).enumerate() {
            let (row, output) = (index / self.outputs, index % self.outputs);
            let error = (found - truth) * weight;
            if error.abs() < 1e-9 {
                continue;
            }
            let terms = &sample.terms[row];
            add(&mut slopes[output * width..(output + 1) * width], terms, error);
            let from = biases + units + output * units;
            for (unit, &active) in
                active[row].iter().enumerate().filter(|(_, active)| **active > 0.0)
            {
                let back = error * self.values[from + unit];
                let row = direct + unit * width;
                add(&mut slopes[row..row + width], terms, back);
                slopes[biases + unit] += back;
                slopes[from + unit] += error * active;
            }
        }
    }
}

fn product(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (one, rest) = one.as_chunks::<8>();
    let (other, last) = other.as_chunks::<8>();
    for (one, other) in one.iter().zip(other) {
        sums = std::array::from_fn(|lane| sums[lane] + one[lane] * other[lane]);
    }
    sums.iter().sum::<f32>() + rest.iter().zip(last).map(|(one, other)| one * other).sum::<f32>()
}

fn add(to: &mut [f32], terms: &[f32], times: f32) {
    to.iter_mut().zip(terms).for_each(|(slope, term)| *slope += times * term);
}

fn softmax(odds: &mut [f32]) {
    let top = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    odds.iter_mut().for_each(|odds| *odds = (*odds - top).exp());
    let sum: f32 = odds.iter().sum();
    odds.iter_mut().for_each(|odds| *odds /= sum);
}

/// By set, how often `is_right` holds of pieces that the function was not learned from, given the choice and the
/// probability of each class.
pub fn cross_validate(
    samples: &[Sample<Choice>],
    sets: usize,
    settings: Settings,
    is_right: impl Fn(&Choice, &[f32]) -> bool,
    confidence: impl Fn(&[f32]) -> f32,
) -> Vec<Count> {
    let learn = |known: &[&Sample<Choice>]| train(known, settings);
    folds::judged(samples, sets, learn, |learned, choice| {
        let found = learned.probabilities(&choice.terms);
        (is_right(choice, &found), confidence(&found).into())
    })
}

/// The index of the largest value, the first of equals.
pub fn largest(values: &[f32]) -> usize {
    (0..values.len()).fold(0, |best, next| if values[next] > values[best] { next } else { best })
}

/// Learns the function from the samples.
pub fn train(samples: &[&Sample<Choice>], settings: Settings) -> Function {
    let mut rng = Rng::with_seed(1);
    let width = samples.first().map_or(0, |sample| sample.data.terms[0].len());
    let mean = samples.iter().map(|sample| sample.weight).sum::<f64>() / samples.len() as f64;
    let outputs = samples.first().map_or(1, |sample| sample.data.outputs());
    let mut function = Function::new(width, settings.units, outputs, &mut rng);
    let count = function.values.len();
    let (mut first, mut second) = (vec![0.0_f32; count], vec![0.0_f32; count]);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let steps = settings.passes * samples.len().div_ceil(settings.batch);
    let mut step = 0;
    for _ in 0..settings.passes {
        rng.shuffle(&mut order);
        for batch in order.chunks(settings.batch) {
            step += 1;
            let mut slopes: Vec<f32> =
                function.values.iter().map(|value| 2.0 * settings.ridge * value).collect();
            for &index in batch {
                let weight = (samples[index].weight / mean / batch.len() as f64) as f32;
                function.slopes(&samples[index].data, weight, &mut slopes);
            }
            let left = 1.0 - step as f32 / steps as f32;
            let rate = settings.rate * left.max(0.02);
            let corrections = [0.9_f32, 0.999].map(|decay| 1.0 - decay.powi(step));
            for (index, slope) in slopes.into_iter().enumerate() {
                first[index] += 0.1 * (slope - first[index]);
                second[index] += 0.001 * (slope * slope - second[index]);
                let spread = (second[index] / corrections[1]).sqrt();
                function.values[index] -= rate * first[index] / corrections[0] / (spread + 1e-8);
            }
        }
    }
    function
}
