//! Learns the weights of the key finder from pieces whose `key` is known.
//!
//! One set of weights serves all twelve tonics, for transposed music is in the transposed key: a class is a
//! key, and its terms are the evidence as its tonic sees it.

mod support;

use std::error::Error;
use std::{array, env};

use midi_analysis::training::{KEY_EVIDENCE, key_evidence};
use midi_analysis::{Options, Piece};
use serde_json::Value;
use support::card::{self, Card, Values};
use support::corpus::{arguments, key_number, samples};
use support::regression::{Choice, Settings, cross_validate, largest, train};

const CLASSES: usize = 12;
const MODES: usize = 2;
const SETTINGS: Settings = Settings { rows: MODES, ridge: 6e-4, steps: 1_000, rate: 0.15 };

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let samples = samples(&sets, choice)?;
    let counts = cross_validate(&samples, sets.len(), SETTINGS, |choice, found| {
        largest(found) == choice.right()
    });
    let weights = train(&samples.iter().collect::<Vec<_>>(), SETTINGS);
    let card = Card {
        purpose: "Probability of each of the 24 keys of a piece",
        model: "Multinomial logistic regression, the same for all tonics",
        trainer: "scripts/train key",
        score: card::cross_validated("Share of pieces whose likeliest key is right", &counts),
        sets: &sets,
        counts: &counts,
    };
    let values = Values::List(weights.into_iter().map(Values::row).collect());
    let about = "For major and for minor: for each kind of evidence one weight a semitone above the tonic, and last a constant.";
    card::write(&path, &card, "f32", 2, &[card::Weights { name: "weights", about, values }])
}

/// The keys of a piece: major and minor in turn, from C upwards.
fn choice(truth: &Value, bytes: &[u8]) -> Option<Choice> {
    let key = key_number(truth["key"].as_str()?)?;
    let evidence = key_evidence(&Piece::read(bytes, &Options::default()).ok()?).ok()??;
    let terms = (0..CLASSES * MODES).map(|class| rotated(&evidence, class / MODES)).collect();
    let right = key % CLASSES * MODES + key / CLASSES;
    let truth = (0..CLASSES * MODES).map(|class| f64::from(u8::from(class == right))).collect();
    Some(Choice { terms, truth })
}

/// The evidence from a tonic upwards, and a constant.
fn rotated(evidence: &[f64; KEY_EVIDENCE], tonic: usize) -> Vec<f64> {
    let from_tonic = evidence.chunks_exact(CLASSES).flat_map(|values| {
        array::from_fn::<_, CLASSES, _>(|degree| values[(tonic + degree) % CLASSES])
    });
    from_tonic.chain([1.0]).collect()
}
