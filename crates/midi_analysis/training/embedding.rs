//! Learns the axes along which embeddings differ most: their principal components (Pearson 1901), each
//! set counting the same; found one by one, by power iteration on what the ones before have left.

mod support;

use std::env;
use std::error::Error;

use midi_analysis::{EMBEDDING_LENGTH, Options, PRINCIPAL_AXES, Piece};
use support::card::{self, Card, Values};
use support::corpus::{Count, FOLDS, Sample, arguments, samples};

const ROUNDS: usize = 2_000;

type Vector = [f64; EMBEDDING_LENGTH];

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let samples = samples(&sets, |_, bytes| {
        let piece = Piece::read(bytes, &Options::default()).ok()?;
        let embedding = piece.analysis().ok()?.embedding?;
        Some(std::array::from_fn(|index| f64::from(embedding[index])))
    })?;
    let mut counts = vec![Count::default(); sets.len()];
    samples.iter().for_each(|sample| counts[sample.set].add(true));
    let card = Card {
        purpose: "Axes along which embeddings are looked up",
        model: "Principal components",
        trainer: "scripts/train embedding",
        score: format!(
            "Share of the variance along the axes, five-fold cross-validation: {:.3}",
            cross_validated(&samples, &counts)
        ),
        sets: &sets,
        counts: &counts,
    };
    let (_, axes) = learn(samples.iter(), &counts);
    let values = Values::List(axes.into_iter().map(Values::row).collect());
    let about = "Of length 1, at right angles to each other, the one of most variance first.";
    card::write(&path, &card, "f32", 4, &[card::Weights { name: "axes", about, values }])
}

/// The mean and the axes of the embeddings.
fn learn<'a>(
    samples: impl Iterator<Item = &'a Sample<Vector>> + Clone,
    counts: &[Count],
) -> (Vector, Vec<Vector>) {
    let weight = |sample: &Sample<Vector>| (counts[sample.set].pieces * counts.len()) as f64;
    let total: f64 = samples.clone().map(|sample| weight(sample).recip()).sum();
    let mean: Vector = std::array::from_fn(|index| {
        samples.clone().map(|sample| sample.data[index] / weight(sample)).sum::<f64>() / total
    });
    let mut covariance = vec![[0.0; EMBEDDING_LENGTH]; EMBEDDING_LENGTH];
    for sample in samples {
        let away: Vector = std::array::from_fn(|index| sample.data[index] - mean[index]);
        for (row, one) in covariance.iter_mut().zip(away) {
            for (cell, other) in row.iter_mut().zip(away) {
                *cell += one * other / weight(sample);
            }
        }
    }
    let mut axes = Vec::new();
    for _ in 0..PRINCIPAL_AXES {
        let (axis, variance) = principal(&covariance);
        for (row, one) in covariance.iter_mut().zip(axis) {
            for (cell, other) in row.iter_mut().zip(axis) {
                *cell -= variance * one * other;
            }
        }
        axes.push(axis);
    }
    (mean, axes)
}

/// The share of the variance of embeddings that lies along axes which were learned from others.
fn cross_validated(samples: &[Sample<Vector>], counts: &[Count]) -> f64 {
    let (mut along, mut whole) = (0.0, 0.0);
    for fold in 0..FOLDS {
        let (mean, axes) = learn(samples.iter().filter(|sample| sample.fold != fold), counts);
        for sample in samples.iter().filter(|sample| sample.fold == fold) {
            let away: Vector = std::array::from_fn(|index| sample.data[index] - mean[index]);
            let squares = |vector: &[f64]| vector.iter().map(|x| x * x).sum::<f64>();
            let on_axes: Vec<f64> = axes
                .iter()
                .map(|axis| axis.iter().zip(away).map(|(one, other)| one * other).sum())
                .collect();
            let pieces = counts[sample.set].pieces as f64;
            along += squares(&on_axes) / pieces;
            whole += squares(&away) / pieces;
        }
    }
    along / whole
}

/// The axis of most variance, and the variance along it.
fn principal(covariance: &[Vector]) -> (Vector, f64) {
    // Anything that is at right angles to no axis; nearly.
    let mut axis: Vector =
        std::array::from_fn(|index| 1.0 + index as f64 / EMBEDDING_LENGTH as f64);
    let mut variance = 0.0;
    for _ in 0..ROUNDS {
        let next: Vector = std::array::from_fn(|row| {
            covariance[row].iter().zip(axis).map(|(cell, number)| cell * number).sum()
        });
        variance = next.iter().map(|number| number * number).sum::<f64>().sqrt();
        axis = next.map(|number| number / variance);
    }
    (axis, variance)
}
