//! `tempo WEIGHTS SET...`: learns from pieces whose `bpm` is known which interval is the beat.

mod support;

use std::env;
use std::error::Error;

use midi_analysis::training::tempo_evidence;
use midi_analysis::{Options, Piece};
use serde_json::Value;
use support::card::{self, Card, Values};
use support::corpus::{arguments, samples};
use support::units::{Choice, Function, Settings, cross_validate, largest, train};

/// Bins of a candidate that a true tempo may fall beside, as a standard deviation.
const BLUR: f64 = 0.7;
/// Choice for the beat in an octave of tempo.
const BINS_IN_OCTAVE: f64 = 8.0;
const SETTINGS: Settings = Settings { units: 16, ridge: 3e-4, passes: 30, batch: 256, rate: 3e-3 };

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let samples = samples(&sets, candidates)?;
    // The neighbour of the right candidate is as good.
    let is_right =
        |choice: &Choice, found: &[f32]| largest(found).abs_diff(largest(&choice.truth)) <= 1;
    let counts = cross_validate(&samples, sets.len(), SETTINGS, is_right, around_largest);
    let learned = train(&samples.iter().collect::<Vec<_>>(), SETTINGS);
    let card = Card {
        purpose: "Which interval is the beat",
        model: "Conditional logit over intervals, with a layer of units",
        trainer: "scripts/train tempo",
        score: card::cross_validated(
            "Share of pieces whose beat is right within an eighth of an octave",
            &counts,
        ),
        sets: &sets,
        counts: &counts,
    };
    card::write(&path, &card, "f32", 3, &weights(&learned))
}

fn weights(learned: &Function) -> [card::Weights<'static>; 4] {
    let row = |values: &[f32]| Values::row(values.iter().copied().map(f64::from));
    let weights = |name, about, values| card::Weights { name, about, values };
    [
        weights(
            "direct",
            "For the terms of a candidate: by sort of accent the share of each interval around it, the shortest first; then the powers of its distance from a moderate tempo.",
            learned.direct().map(row).next().unwrap_or(Values::List(Vec::new())),
        ),
        weights(
            "unit_terms",
            "The same in each unit.",
            Values::List(learned.unit_terms().map(row).collect()),
        ),
        weights(
            "unit_biases",
            "Added to the sum of each unit, of which the positive part counts.",
            row(learned.biases()),
        ),
        weights(
            "units",
            "For what each unit gives.",
            learned.weights().map(row).next().unwrap_or(Values::List(Vec::new())),
        ),
    ]
}

/// The candidates for the beat of a piece.
fn candidates(truth: &Value, bytes: &[u8]) -> Option<Choice> {
    let seconds = 60.0 / truth["bpm"].as_f64()?;
    let piece = Piece::read(bytes, &Options::default()).ok()?;
    let evidence = tempo_evidence(&piece).ok()??;
    let near = |of: f64| (-0.5 * ((seconds / of).log2() * BINS_IN_OCTAVE / BLUR).powi(2)).exp();
    let near: Vec<f64> = evidence.iter().map(|(of, _)| near(*of)).collect();
    let sum: f64 = near.iter().sum();
    // Tempos that no candidate is near are not learned from.
    (sum > 0.1).then(|| Choice {
        terms: evidence.into_iter().map(|(_, terms)| terms).collect(),
        truth: near.iter().map(|near| (near / sum) as f32).collect(),
    })
}

/// The probability of the likeliest candidate and its neighbours.
fn around_largest(found: &[f32]) -> f32 {
    let best = largest(found);
    found[best.saturating_sub(1)..(best + 2).min(found.len())].iter().sum()
}
