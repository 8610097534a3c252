//! A small network that chooses among the keys: the same one sees the piece from each of the twelve tonics, and
//! gives a score for major and one for minor.
//!
//! A score is a weighted sum of the inputs and of hidden units, which are rectified sums of the inputs. Learned
//! by Adam (Kingma & Ba 2015) in small batches, with dropout of the hidden units and of whole histograms
//! (Srivastava et al. 2014) and a penalty on the squares of the weights; the rate falls to a fiftieth.

use super::random::Random;

/// Pitch classes.
const CLASSES: usize = 12;
/// Major and minor.
pub const MODES: usize = 2;
/// Keys: the major ones from C upwards, then the minor ones.
pub const KEYS: usize = MODES * CLASSES;

/// A piece as the network sees it.
pub struct Example {
    /// The inputs that are not 0: index, pitch class or none, value. The index of a number by pitch class
    /// is that of its pitch class C.
    inputs: Vec<(usize, Option<usize>, f32)>,
    /// The numbers without a pitch class.
    pub material: Vec<f32>,
    /// The probability of each key.
    pub truth: [f32; KEYS],
    /// Weight among others.
    pub weight: f32,
}

impl Example {
    /// Of numbers, the first `by_class` of which are twelve each, by pitch class.
    pub fn new(numbers: &[f32], by_class: usize, truth: [f32; KEYS], weight: f32) -> Self {
        let inputs = numbers
            .iter()
            .enumerate()
            .filter(|(_, value)| **value != 0.0)
            .map(|(index, &value)| {
                let class = (index < by_class).then_some(index % CLASSES);
                (index - class.unwrap_or(0), class, value)
            })
            .collect();
        Self { inputs, material: numbers[by_class..].to_vec(), truth, weight }
    }

    /// The same, weighing so many times as much.
    pub fn weighing(&self, times: f32) -> Self {
        let (inputs, material) = (self.inputs.clone(), self.material.clone());
        Self { inputs, material, truth: self.truth, weight: self.weight * times }
    }

    /// The same without some of its histograms, chosen at random with this probability; the others count
    /// for them.
    fn without_some(&self, probability: f64, random: &mut Random) -> Self {
        let others = (1.0 - probability as f32).recip();
        let (mut histogram, mut factor) = (None, 1.0);
        let kept = self.inputs.iter().filter_map(|&(index, class, value)| {
            if class.is_none() {
                return Some((index, class, value));
            }
            if histogram.replace(index) != Some(index) {
                factor = if random.happens(probability) { 0.0 } else { others };
            }
            (factor > 0.0).then_some((index, class, value * factor))
        });
        let (inputs, material) = (kept.collect(), self.material.clone());
        Self { inputs, material, truth: self.truth, weight: self.weight }
    }

    /// The inputs as a tonic sees them.
    fn seen_from(&self, tonic: usize) -> impl Iterator<Item = (usize, f32)> {
        self.inputs.iter().map(move |&(index, class, value)| {
            (index + class.map_or(0, |class| (class + CLASSES - tonic) % CLASSES), value)
        })
    }
}

/// How it is learned.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Hidden units.
    pub hidden: usize,
    /// Passes over the examples.
    pub passes: usize,
    /// Examples of a batch.
    pub batch: usize,
    /// Rate of the first step.
    pub rate: f32,
    /// Weight of the sum of the squares of the weights.
    pub ridge: f32,
    /// Probability that a hidden unit is left out.
    pub dropout: f64,
    /// Probability that a histogram is left out.
    pub unheard: f64,
}

/// The weights.
#[derive(Clone)]
pub struct Network {
    /// Hidden units.
    hidden: usize,
    /// A row for each input and one of constants; a column for each hidden unit, then for each mode.
    pub first: Vec<f32>,
    /// A row for each hidden unit, a column for each mode.
    pub second: Vec<f32>,
}

/// What one tonic makes of a piece.
struct Sight {
    /// The sums of the first weights; of hidden units what is left of them.
    sums: Vec<f32>,
    scores: [f32; MODES],
}

impl Network {
    /// Columns of the first weights.
    pub fn width(&self) -> usize {
        self.hidden + MODES
    }

    fn new(inputs: usize, hidden: usize, random: &mut Random) -> Self {
        let width = hidden + MODES;
        let spread = (inputs as f64).sqrt().recip();
        let mut uniform = |scale: f64| ((2.0 * random.share() - 1.0) * scale) as f32;
        let mut first: Vec<f32> = (0..(inputs + 1) * width).map(|_| uniform(spread)).collect();
        first.chunks_exact_mut(width).for_each(|row| row[hidden..].fill(0.0));
        let second = (0..hidden * MODES).map(|_| uniform((hidden as f64).sqrt().recip())).collect();
        Self { hidden, first, second }
    }

    /// `keep` says by which factor each hidden unit counts.
    fn sight(&self, example: &Example, tonic: usize, keep: &[f32]) -> Sight {
        let width = self.width();
        let mut sums = self.first[self.first.len() - width..].to_vec();
        for (index, value) in example.seen_from(tonic) {
            let row = &self.first[index * width..][..width];
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
        }
        sums.iter_mut().zip(keep).for_each(|(sum, keep)| *sum = sum.max(0.0) * keep);
        let mut scores = [sums[self.hidden], sums[self.hidden + 1]];
        for (sum, row) in sums.iter().zip(self.second.chunks_exact(MODES)) {
            scores.iter_mut().zip(row).for_each(|(score, weight)| *score += sum * weight);
        }
        Sight { sums, scores }
    }

    /// The score of each key.
    pub fn scores(&self, example: &Example) -> [f32; KEYS] {
        let keep = vec![1.0; self.hidden];
        let mut scores = [0.0; KEYS];
        for tonic in 0..CLASSES {
            let sight = self.sight(example, tonic, &keep);
            (scores[tonic], scores[CLASSES + tonic]) = (sight.scores[0], sight.scores[1]);
        }
        scores
    }

    /// Learns from examples of so many inputs.
    pub fn learn(examples: &[&Example], inputs: usize, settings: Settings) -> Self {
        let mut random = Random::new(1);
        let mut network = Self::new(inputs, settings.hidden, &mut random);
        let mean =
            examples.iter().map(|example| example.weight).sum::<f32>() / examples.len() as f32;
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let (mut first, mut second) =
            (Adam::new(network.first.len()), Adam::new(network.second.len()));
        let steps = settings.passes * examples.len().div_ceil(settings.batch);
        let mut step = 0;
        for _ in 0..settings.passes {
            (1..order.len()).rev().for_each(|last| order.swap(last, random.below(last + 1)));
            for batch in order.chunks(settings.batch) {
                let mut slopes = Self {
                    hidden: settings.hidden,
                    first: network.first.iter().map(|w| 2.0 * settings.ridge * w).collect(),
                    second: network.second.iter().map(|w| 2.0 * settings.ridge * w).collect(),
                };
                for &index in batch {
                    let scale = examples[index].weight / mean / batch.len() as f32;
                    let keep: Vec<f32> = (0..settings.hidden)
                        .map(|_| {
                            let kept = !random.happens(settings.dropout);
                            if kept { (1.0 - settings.dropout as f32).recip() } else { 0.0 }
                        })
                        .collect();
                    let example = examples[index].without_some(settings.unheard, &mut random);
                    network.add_slopes(&example, scale, &keep, &mut slopes);
                }
                step += 1;
                let left = (1.0 - step as f32 / steps as f32).max(0.02);
                first.step(&mut network.first, &slopes.first, settings.rate * left);
                second.step(&mut network.second, &slopes.second, settings.rate * left);
            }
        }
        network
    }

    fn add_slopes(&self, example: &Example, scale: f32, keep: &[f32], slopes: &mut Self) {
        let width = self.width();
        let sights: Vec<Sight> =
            (0..CLASSES).map(|tonic| self.sight(example, tonic, keep)).collect();
        let mut scores = [0.0; KEYS];
        for (tonic, sight) in sights.iter().enumerate() {
            (scores[tonic], scores[CLASSES + tonic]) = (sight.scores[0], sight.scores[1]);
        }
        let found = probabilities(&scores, 1.0);
        for (tonic, sight) in sights.iter().enumerate() {
            let error: [f32; MODES] = std::array::from_fn(|mode| {
                let key = mode * CLASSES + tonic;
                (found[key] - example.truth[key]) * scale
            });
            let mut back = vec![0.0; width];
            back[self.hidden..].copy_from_slice(&error);
            for unit in 0..self.hidden {
                if sight.sums[unit] > 0.0 {
                    let row = unit * MODES..(unit + 1) * MODES;
                    for (mode, index) in row.enumerate() {
                        back[unit] += error[mode] * self.second[index] * keep[unit];
                        slopes.second[index] += error[mode] * sight.sums[unit];
                    }
                }
            }
            let constants = slopes.first.len() - width;
            for (index, value) in example.seen_from(tonic).chain([(constants / width, 1.0)]) {
                let row = &mut slopes.first[index * width..][..width];
                row.iter_mut().zip(&back).for_each(|(slope, back)| *slope += value * back);
            }
        }
    }
}

/// Probabilities that are proportional to the exponentials of the scaled scores.
pub fn probabilities(scores: &[f32; KEYS], scale: f32) -> [f32; KEYS] {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised = scores.map(|score| ((score - top) * scale).exp());
    let sum: f32 = raised.iter().sum();
    raised.map(|raised| raised / sum)
}

/// The state of the descent.
pub struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    steps: i32,
}

impl Adam {
    /// The state before the first step.
    pub fn new(weights: usize) -> Self {
        Self { mean: vec![0.0; weights], square: vec![0.0; weights], steps: 0 }
    }

    /// Takes a step down the slopes.
    pub fn step(&mut self, weights: &mut [f32], slopes: &[f32], rate: f32) {
        self.steps += 1;
        let (of_mean, of_square) =
            (1.0 - 0.9_f32.powi(self.steps), 1.0 - 0.999_f32.powi(self.steps));
        let state = self.mean.iter_mut().zip(&mut self.square);
        for ((weight, slope), (mean, square)) in weights.iter_mut().zip(slopes).zip(state) {
            *mean += 0.1 * (slope - *mean);
            *square += 0.001 * (slope * slope - *square);
            *weight -= rate * (*mean / of_mean) / ((*square / of_square).sqrt() + 1e-8);
        }
    }
}
