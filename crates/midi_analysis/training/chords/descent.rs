//! Stochastic gradient descent on the chains of pieces.

use std::ops::Range;

use super::field::{Field, Slopes, WEIGHTS};
use super::lesson::Lesson;
use super::support::random::Random;

/// Times that a chain of every piece is read.
const EPOCHS: usize = 40;
/// Pieces of a step.
const PIECES: usize = 40;
/// Rate of the first step.
const RATE: f64 = 0.2;
/// Weight of the sum of the squares of the weights.
const RIDGE: f64 = 5e-5;
/// How much of the mean slope, and of the mean square of slopes, a step keeps.
const KEPT: [f64; 2] = [0.9, 0.99];

/// Learns those of the weights that are `free` from pieces, each with how much it counts.
pub fn train(lessons: &[(&Lesson, f64)], weights: Vec<f64>, free: &Range<usize>) -> Vec<f64> {
    let mut random = Random::new(0);
    let has_chains = |&index: &usize| !lessons[index].0.chains.is_empty();
    let mut order: Vec<usize> = (0..lessons.len()).filter(has_chains).collect();
    let mut descent = Descent::new(weights, EPOCHS * lessons.len().div_ceil(PIECES));
    // The mean over pieces that weigh as they do is taken from some of them.
    let scale = lessons.len() as f64 / lessons.iter().map(|(_, weight)| weight).sum::<f64>();
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for some in order.chunks(PIECES) {
            let field = Field::new(&descent.weights);
            let mut slopes = Slopes::new();
            for (lesson, weight) in some.iter().map(|&index| lessons[index]) {
                let chains = &lesson.chains;
                let segments: usize = chains.iter().map(|chain| chain.truth.len()).sum();
                let share = chains.len() as f64 / segments as f64;
                let weight = weight * scale * share / some.len() as f64;
                slopes.add(&field, &chains[random.below(chains.len())], weight as f32);
            }
            descent.step(&slopes.by_weight(&field), free);
        }
    }
    descent.weights
}

/// Adam.
struct Descent {
    weights: Vec<f64>,
    means: Vec<f64>,
    squares: Vec<f64>,
    step: i32,
    steps: usize,
}

impl Descent {
    fn new(weights: Vec<f64>, steps: usize) -> Self {
        let none = vec![0.0; WEIGHTS];
        Self { weights, means: none.clone(), squares: none, step: 0, steps }
    }

    fn step(&mut self, slopes: &[f64], free: &Range<usize>) {
        self.step += 1;
        let rate = RATE * (1.0 - f64::from(self.step) / (self.steps + 1) as f64);
        let corrections = KEPT.map(|kept| 1.0 - kept.powi(self.step));
        for index in free.clone() {
            let slope = slopes[index];
            let weight = &mut self.weights[index];
            let slope = slope + 2.0 * RIDGE * *weight;
            let (mean, square) = (&mut self.means[index], &mut self.squares[index]);
            *mean += (1.0 - KEPT[0]) * (slope - *mean);
            *square += (1.0 - KEPT[1]) * (slope.powi(2) - *square);
            *weight -= rate * (*mean / corrections[0]) / ((*square / corrections[1]).sqrt() + 1e-9);
        }
    }
}
