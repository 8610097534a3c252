//! `sections WEIGHTS SET...`: learns where sections begin from pieces whose `sections` are known: a list of
//! `[start_s, end_s, label]` for each in `truth.jsonl`.

#[path = "../support/mod.rs"]
mod support;

mod field;
mod song;

use std::env;
use std::error::Error;

use field::{Field, Settings};
use song::Song;
use support::card::{self, Card, Values};
use support::corpus::{Count, FOLDS, Sample, arguments, samples};
use support::regression::{self, Choice};

const SETTINGS: Settings = Settings { ridge: 3e-3, steps: 150, rate: 0.1 };
/// Probabilities from which a section may begin, for the table on standard error.
const THRESHOLDS: [f64; 5] = [0.25, 0.3, 0.35, 0.4, 0.45];

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let mut samples = samples(&sets, Song::read)?;
    let scale = song::standardise(&mut samples);
    let mut measured = vec![[[0.0; 2]; THRESHOLDS.len()]; sets.len()];
    for fold in 0..FOLDS {
        let known: Vec<_> = samples.iter().filter(|sample| sample.fold != fold).collect();
        let field = Field::train(&known, SETTINGS);
        for sample in samples.iter().filter(|sample| sample.fold == fold) {
            let likely = field.probabilities(&sample.data);
            for (threshold, sums) in THRESHOLDS.iter().zip(&mut measured[sample.set]) {
                let found: Vec<f64> = (1..likely.len() - 1)
                    .filter(|&bar| likely[bar] > *threshold)
                    .map(|bar| sample.data.starts_s[bar])
                    .collect();
                for (sum, tolerance) in sums.iter_mut().zip([sample.data.bar_s / 2.0, 3.0]) {
                    *sum += song::f_measure(&sample.data.boundaries_s, &found, tolerance);
                }
            }
        }
    }
    let alike = learn_alike(&samples);
    let mut counts = vec![Count::default(); sets.len()];
    samples.iter().for_each(|sample: &Sample<Song>| counts[sample.set].pieces += 1);
    for (count, sums) in counts.iter().zip(&measured) {
        for (threshold, [half_bar, three_seconds]) in THRESHOLDS.iter().zip(sums) {
            let pieces = count.pieces as f64;
            eprintln!("{threshold}  {:.4}  {:.4}", half_bar / pieces, three_seconds / pieces);
        }
    }
    let mean = |threshold: usize| {
        let of_set =
            |(sums, count): (&[[f64; 2]; 5], &Count)| sums[threshold][0] / count.pieces as f64;
        measured.iter().zip(&counts).map(of_set).sum::<f64>() / sets.len() as f64
    };
    let best = (0..THRESHOLDS.len()).map(mean).fold(0.0, f64::max);
    let field = Field::train(&samples.iter().collect::<Vec<_>>(), SETTINGS).unscaled(&scale);
    let card = Card {
        purpose: "Where sections begin",
        model: "Semi-Markov conditional random field over bars",
        trainer: "scripts/train sections",
        score: format!(
            "F measure of the boundaries of sections within half a bar, five-fold cross-validation: {best:.3}, the mean of the sets"
        ),
        sets: &sets,
        counts: &counts,
    };
    let [bar_lines, lengths, stretches] = field.weights();
    card::write(
        &path,
        &card,
        "f32",
        4,
        &[
            card::Weights {
                name: "bar_lines",
                about: "For the terms of the bar line at which a section ends.",
                values: Values::row(bar_lines.iter().copied()),
            },
            card::Weights {
                name: "lengths",
                about: "By the bars of a section, from 1.",
                values: Values::row(lengths.iter().copied()),
            },
            card::Weights {
                name: "stretches",
                about: "For the terms of a stretch of bars; a row for short, middling and long ones.",
                values: Values::List(
                    stretches
                        .chunks(midi_analysis::training::STRETCH_TERMS)
                        .map(|row| Values::row(row.iter().copied()))
                        .collect(),
                ),
            },
            card::Weights {
                name: "alike",
                about: "Whether two sections are alike: for the likeness of their bars in melody and in all notes, for the difference of their lengths, and the bias.",
                values: Values::row(alike),
            },
        ],
    )
}

/// The weights of whether two sections have one letter, for logarithms to the base 2. How often they are right
/// goes to standard error.
fn learn_alike(samples: &[Sample<Song>]) -> Vec<f64> {
    let mut pairs: Vec<Sample<Choice>> = Vec::new();
    for sample in samples {
        let weight = sample.weight / sample.data.pairs.len().max(1) as f64;
        let Sample { set, fold, .. } = *sample;
        pairs.extend(sample.data.pairs.iter().map(|(terms, alike)| {
            let truth = [*alike, !alike].map(|truth| f64::from(u8::from(truth))).to_vec();
            // The odds of the second class are 0.
            let data = Choice { terms: vec![terms.clone(), vec![0.0; terms.len()]], truth };
            Sample { set, fold, weight, data }
        }));
    }
    let settings = regression::Settings { rows: 1, ridge: 1e-5, steps: 400, rate: 0.2 };
    let sets = samples.iter().map(|sample| sample.set + 1).max().unwrap_or(0);
    for count in regression::cross_validate(&pairs, sets, settings, |choice, found| {
        regression::largest(found) == choice.right()
    }) {
        eprintln!("alike: {} pairs, {:.4} right", count.pieces, count.share());
    }
    let weights = regression::train(&pairs.iter().collect::<Vec<_>>(), settings);
    weights[0].iter().map(|weight| weight / std::f64::consts::LN_2).collect()
}
