//! The semi-Markov conditional random field, in natural logarithms, and how it is learned: by the gradient of
//! the likelihood, penalised by the squares of the weights, with Adam (Kingma & Ba 2015).

use midi_analysis::training::{LONGEST_SECTION, STRETCH_TERMS, stretch_class};

use super::lines::{self, Lines};
use super::song::{Scale, Song};
use super::support::corpus::Sample;

const CLASSES: usize = 4;
const LENGTHS: usize = lines::WEIGHTS;
const STRETCHES: usize = LENGTHS + LONGEST_SECTION;
const WEIGHTS: usize = STRETCHES + CLASSES * STRETCH_TERMS;

/// How it is learned.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Weight of the sum of the squares of the weights, for each section.
    pub ridge: f64,
    /// Steps of the descent.
    pub steps: i32,
    /// Rate of its first step.
    pub rate: f64,
}

/// The weights.
pub struct Field(Vec<f64>);

/// Scores of stretches, by the bar after them and by length, and logarithms of the sums over divisions.
struct Sums {
    lines: Lines,
    scores: Vec<Vec<f64>>,
    before: Vec<f64>,
    after: Vec<f64>,
}

impl Field {
    /// Learns the weights from the samples.
    pub fn train(samples: &[&Sample<Song>], settings: Settings) -> Self {
        let total: f64 = samples.iter().map(|sample| sample.weight).sum();
        let mut field = Self(vec![0.0; WEIGHTS]);
        lines::begin(&mut field.0);
        let (mut mean, mut square) = (vec![0.0; WEIGHTS], vec![0.0; WEIGHTS]);
        for step in 1..=settings.steps {
            let mut slopes: Vec<f64> = field.0.iter().map(|w| 2.0 * settings.ridge * w).collect();
            for sample in samples {
                let sections = (sample.data.boundaries.len() - 1) as f64;
                field.add_slopes(&sample.data, sample.weight / total / sections, &mut slopes);
            }
            let left = 1.0 - f64::from(step) / f64::from(settings.steps);
            let rate = settings.rate * left.max(0.02);
            for (term, slope) in slopes.iter().enumerate() {
                mean[term] += 0.1 * (slope - mean[term]);
                square[term] += 0.001 * (slope * slope - square[term]);
                let corrected = mean[term] / (1.0 - 0.9_f64.powi(step));
                let spread = (square[term] / (1.0 - 0.999_f64.powi(step))).sqrt();
                field.0[term] -= rate * corrected / (spread + 1e-9);
            }
        }
        field
    }

    /// The probability that a section begins at each bar, and that one ends with the last.
    pub fn probabilities(&self, song: &Song) -> Vec<f64> {
        let sums = self.sums(song);
        let all = sums.after[0];
        (0..=song.bars()).map(|bar| (sums.before[bar] + sums.after[bar] - all).exp()).collect()
    }

    fn sums(&self, song: &Song) -> Sums {
        let bars = song.bars();
        let dot = |weights: &[f64], terms: &[f64]| -> f64 {
            weights.iter().zip(terms).map(|(weight, term)| weight * term).sum()
        };
        let lines = Lines::of(&self.0, &song.bar_lines);
        let mut scores = vec![Vec::new(); bars + 1];
        for (end, scores) in scores.iter_mut().enumerate().skip(1) {
            let line = lines.scores.get(end - 1).copied().unwrap_or(0.0);
            *scores = (song.stretches[end - 1].iter().zip(1..))
                .map(|(terms, length)| {
                    let stretch = &self.0[STRETCHES + stretch_class(length) * STRETCH_TERMS..];
                    line + self.0[LENGTHS + length - 1] + dot(stretch, terms)
                })
                .collect();
        }
        let mut before = vec![0.0; bars + 1];
        for end in 1..=bars {
            let all =
                scores[end].iter().zip(1..).map(|(score, length)| before[end - length] + score);
            before[end] = log_sum(all);
        }
        let mut after = vec![0.0; bars + 1];
        for from in (0..bars).rev() {
            let lengths = 1..=(bars - from).min(LONGEST_SECTION);
            after[from] = log_sum(
                lengths.map(|length| after[from + length] + scores[from + length][length - 1]),
            );
        }
        Sums { lines, scores, before, after }
    }

    fn add_slopes(&self, song: &Song, weight: f64, slopes: &mut [f64]) {
        let sums = self.sums(song);
        let all = sums.after[0];
        let mut of_lines = vec![0.0; song.bar_lines.len()];
        let mut add = |end: usize, length: usize, weight: f64| {
            if let Some(slope) = of_lines.get_mut(end - 1) {
                *slope += weight;
            }
            slopes[LENGTHS + length - 1] += weight;
            let from = STRETCHES + stretch_class(length) * STRETCH_TERMS;
            let terms = &song.stretches[end - 1][length - 1];
            slopes[from..].iter_mut().zip(terms).for_each(|(slope, term)| *slope += weight * term);
        };
        for end in 1..=song.bars() {
            for (score, length) in sums.scores[end].iter().zip(1..) {
                let likely = (sums.before[end - length] + score + sums.after[end] - all).exp();
                if likely > 1e-7 {
                    add(end, length, weight * likely);
                }
            }
        }
        for section in song.boundaries.windows(2) {
            add(section[1], section[1] - section[0], -weight);
        }
        sums.lines.add_slopes(&self.0, &song.bar_lines, &of_lines, slopes);
    }

    /// The weights of terms as they were before they were standardised, for logarithms to the base 2.
    pub fn unscaled(mut self, scale: &Scale) -> Self {
        let line = lines::unscale(&mut self.0, &scale.bar_lines);
        let lengths = &mut self.0[LENGTHS..STRETCHES];
        lengths.iter_mut().for_each(|length| *length += line);
        for class in 0..CLASSES {
            let from = STRETCHES + class * STRETCH_TERMS;
            for (term, (mean, spread)) in scale.stretches.iter().enumerate() {
                self.0[from + term] /= spread;
                let shift = self.0[from + term] * mean;
                for length in (1..=LONGEST_SECTION).filter(|&each| stretch_class(each) == class) {
                    self.0[LENGTHS + length - 1] -= shift;
                }
            }
        }
        self.0[LENGTHS..].iter_mut().for_each(|weight| *weight /= std::f64::consts::LN_2);
        self
    }

    /// Those of bar lines, of lengths and of stretches.
    pub fn weights(&self) -> [&[f64]; 3] {
        [&self.0[..LENGTHS], &self.0[LENGTHS..STRETCHES], &self.0[STRETCHES..]]
    }
}

fn log_sum(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    most + values.map(|value| (value - most).exp()).sum::<f64>().ln()
}
