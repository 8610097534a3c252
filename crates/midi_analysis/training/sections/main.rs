//! `sections WEIGHTS SET...`: learns where sections begin from pieces whose `sections` are known: a list of
//! `[start_s, end_s, label]` for each in `truth.jsonl`.

#[path = "../support/mod.rs"]
mod support;

mod field;
mod lines;
mod song;

use std::env;
use std::error::Error;

use field::{Field, Settings};
use midi_analysis::training::{HIDDEN, SECTION_LIKELY, STRETCH_TERMS, VIEWS};
use song::Song;
use support::card::{self, Card, Values};
use support::corpus::{Count, FOLDS, Sample, arguments, samples};
use support::regression::{self, Choice};

const SETTINGS: Settings = Settings { ridge: 3e-3, steps: 100, rate: 0.1 };
/// Probabilities from which a section may begin, that of the library first, for the table on standard error.
const THRESHOLDS: [f32; 5] = [SECTION_LIKELY, 0.25, 0.35, 0.4, 0.45];

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let mut samples = samples(&sets, Song::read)?;
    let scale = song::standardise(&mut samples);
    let mut counts = vec![Count::default(); sets.len()];
    samples.iter().for_each(|sample: &Sample<Song>| counts[sample.set].pieces += 1);
    let alike = learn_alike(&samples);
    let score = cross_validated(&samples, &counts)?;
    let field = Field::train(&samples.iter().collect::<Vec<_>>(), SETTINGS).unscaled(&scale);
    let card = Card {
        purpose: "Where sections begin, and which are alike",
        model: "Semi-Markov conditional random field over bars, with a hidden layer over the bar lines around; logistic regression over pairs of sections",
        trainer: "scripts/train sections",
        score: format!(
            "F measure of the boundaries within half a bar, five-fold cross-validation: {score:.3}, the mean of the sets"
        ),
        sets: &sets,
        counts: &counts,
    };
    let [bar_lines, lengths, stretches] = field.weights();
    let view_biases = lines::biases(bar_lines, &scale.bar_lines);
    let [terms, views, hidden, biases, counts] = lines::parts(bar_lines);
    let row = |weights: &[f64]| Values::row(weights.iter().copied());
    let rows = |weights: &[f64], width| Values::List(weights.chunks(width).map(row).collect());
    let tables = [
        (
            "alike",
            "Whether two sections are alike: for the mean likeness of their bars, for the difference of their lengths, and the bias.",
            row(&alike),
        ),
        ("bar_lines", "For the terms of the bar line at which a section ends.", row(terms)),
        (
            "views",
            "Views of a bar line: a row for each term, a column for each view.",
            rows(views, VIEWS),
        ),
        ("view_biases", "What is added to the views.", row(&view_biases)),
        (
            "hidden",
            "Hidden units: a row for each view of the bar lines around, from the earliest; a column for each.",
            rows(hidden, HIDDEN),
        ),
        ("hidden_biases", "What is added to the hidden units.", row(biases)),
        ("counts", "What the hidden units count where a section ends.", row(counts)),
        ("lengths", "By the bars of a section, from 1.", row(lengths)),
        (
            "stretches",
            "For the terms of a stretch of bars; a row for short, middling, long and the longest ones.",
            rows(stretches, STRETCH_TERMS),
        ),
    ];
    let tables = tables.map(|(name, about, values)| card::Weights { name, about, values });
    card::write(&path, &card, "f32", 4, &tables)
}

/// The F measure within half a bar of pieces that the weights were not learned from, the mean of the sets, as the
/// library divides them. That of each set at each threshold, and within three seconds, goes to standard error.
fn cross_validated(samples: &[Sample<Song>], counts: &[Count]) -> Result<f64, Box<dyn Error>> {
    let mut measured = vec![[[0.0; 2]; THRESHOLDS.len()]; counts.len()];
    for fold in 0..FOLDS {
        let known: Vec<_> = samples.iter().filter(|sample| sample.fold != fold).collect();
        let field = Field::train(&known, SETTINGS);
        for sample in samples.iter().filter(|sample| sample.fold == fold) {
            let song = &sample.data;
            let likely: Vec<f32> =
                field.probabilities(song)[..song.bars()].iter().map(|&each| each as f32).collect();
            let share = 1.0 / counts[sample.set].pieces as f64;
            for (threshold, sums) in THRESHOLDS.iter().zip(&mut measured[sample.set]) {
                let bars = song.evidence.beginnings(&likely, *threshold)?;
                let found: Vec<f64> =
                    bars[1..].iter().map(|&bar| song.evidence.starts_s[bar]).collect();
                for (sum, tolerance) in sums.iter_mut().zip([song.bar_s / 2.0, 3.0]) {
                    *sum += share * song::f_measure(&song.boundaries_s, &found, tolerance);
                }
            }
        }
    }
    for (index, threshold) in THRESHOLDS.iter().enumerate() {
        let of_sets: Vec<[f64; 2]> = measured.iter().map(|sums| sums[index]).collect();
        eprintln!("from {threshold}: within half a bar, within 3 s {of_sets:.4?}");
    }
    let score: f64 = measured.iter().map(|sums| sums[0][0]).sum();
    Ok(score / counts.len() as f64)
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
