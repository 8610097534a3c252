//! Learns how sure a key is whose profile fits by so much better than the next, from pieces whose `key` is
//! known: a logistic regression of "the key of the best profile is right" on that lead.

mod support;

use std::env;
use std::error::Error;

use midi_analysis::training::key_lead;
use midi_analysis::{Options, Piece};
use serde_json::Value;
use support::card::{self, Card, Values};
use support::corpus::{arguments, key_number, samples};
use support::regression::{Choice, Settings, cross_validate, train};

const SETTINGS: Settings = Settings { rows: 1, ridge: 0.0, steps: 4_000, rate: 0.5 };
/// The classes: the key is wrong, or right.
const RIGHT: usize = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let samples = samples(&sets, choice)?;
    let counts = cross_validate(&samples, sets.len(), SETTINGS, |choice, found| {
        (found[RIGHT] > 0.5) == (choice.right() == RIGHT)
    });
    let weights = train(&samples.iter().collect::<Vec<_>>(), SETTINGS);
    let card = Card {
        purpose: "Probability that a stretch of a piece is in the key that was found for it",
        model: "Logistic regression on the lead of the best profile in correlation",
        trainer: "scripts/train key_confidence",
        score: card::cross_validated(
            "Share of pieces of which it is right whether the key is",
            &counts,
        ),
        sets: &sets,
        counts: &counts,
    };
    let constant = |name, about, value| card::Weights { name, about, values: Values::One(value) };
    card::write(
        &path,
        &card,
        "f64",
        2,
        &[
            constant(
                "at_no_lead",
                "Log-odds of a key whose profile fits no better than the next.",
                weights[0][0],
            ),
            constant(
                "per_lead",
                "Log-odds for each unit by which its correlation is higher than that of the next.",
                weights[0][1],
            ),
        ],
    )
}

fn choice(truth: &Value, bytes: &[u8]) -> Option<Choice> {
    let key = key_number(truth["key"].as_str()?)?;
    let (best, lead) = key_lead(&Piece::read(bytes, &Options::default()).ok()?).ok()?;
    let truth = if best.index() == key { vec![0.0, 1.0] } else { vec![1.0, 0.0] };
    Some(Choice { terms: vec![vec![0.0, 0.0], vec![1.0, lead]], truth })
}
