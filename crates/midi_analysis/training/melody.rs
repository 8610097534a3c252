//! Learns which part has the melody, from pieces of several parts one of which is named for it: the name of
//! its track has a word for a melody or a voice.

mod support;

use std::env;
use std::error::Error;

use midi_analysis::training::{MELODY_FEATURES, melody_evidence};
use midi_analysis::{Options, Piece};
use serde_json::Value;
use support::card::{self, Card, Values};
use support::corpus::{arguments, samples};
use support::melody::is_for_melody;
use support::regression::{Choice, Settings, cross_validate, largest, train};

const SETTINGS: Settings = Settings { rows: 1, ridge: 1e-3, steps: 2_000, rate: 0.1 };
/// What each feature is multiplied for, in the order of the features.
const ABOUT: [&str; MELODY_FEATURES.len()] = [
    "For ten times as many notes.",
    "For the share of notes that begin while another of the part sounds.",
    "For the share of notes that are a step or less from the one before.",
    "For the share of notes that are the lowest of all that sound.",
    "For the share of notes that are the highest of all that sound.",
    "For 32 units of velocity.",
    "For an octave between the lowest and the highest note.",
    "For an octave of mean distance from the usual pitch of song.",
];

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let samples = samples(&sets, choice)?;
    let counts = cross_validate(&samples, sets.len(), SETTINGS, |choice, found| {
        largest(found) == choice.right()
    });
    let weights = train(&samples.iter().collect::<Vec<_>>(), SETTINGS);
    let card = Card {
        purpose: "Which part of a piece has the melody",
        model: "Conditional logit over the parts",
        trainer: "scripts/train melody",
        score: card::cross_validated(
            "Share of pieces whose likeliest part has the melody",
            &counts,
        ),
        sets: &sets,
        counts: &counts,
    };
    let constants: Vec<_> = MELODY_FEATURES
        .iter()
        .zip(ABOUT)
        .zip(&weights[0])
        .map(|((name, about), &weight)| card::Weights { name, about, values: Values::One(weight) })
        .collect();
    card::write(&path, &card, "f64", 2, &constants)
}

/// The parts of a piece, basses left out; none where not just one of several is named for the melody.
fn choice(_: &Value, bytes: &[u8]) -> Option<Choice> {
    let piece = Piece::read(bytes, &Options::default()).ok()?;
    let names: Vec<bool> = piece
        .tracks()
        .ok()?
        .into_iter()
        .map(|track| track.name.is_some_and(|name| is_for_melody(&name)))
        .collect();
    let mut parts = melody_evidence(&piece).ok()?;
    parts.retain(|part| !part.is_bass);
    let truth: Vec<f64> =
        parts.iter().map(|part| f64::from(u8::from(names[usize::from(part.track)]))).collect();
    let terms: Vec<Vec<f64>> = parts.iter().map(|part| part.features.to_vec()).collect();
    (truth.len() > 1 && truth.iter().sum::<f64>() == 1.0).then_some(Choice { terms, truth })
}
