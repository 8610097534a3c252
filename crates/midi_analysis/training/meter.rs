//! `meter WEIGHTS SET...`: learns from pieces whose `time_signature` is known which meter accents suggest. Meters are
//! measured on the beats that the compiled weights of the tempo give, so the tempo is learned first.

mod support;

use std::env;
use std::error::Error;

use midi_analysis::training::{MeterEvidence, meter_evidence};
use midi_analysis::{Options, Piece};
use serde_json::Value;
use support::card::{self, Card, Values};
use support::corpus::{Count, Sample, arguments, samples};
use support::units::{Choice, Function, Settings, cross_validate, largest, train};

const METERS: [&str; 9] = ["4/4", "3/4", "2/4", "6/8", "3/8", "2/2", "9/8", "12/8", "3/2"];
const SETTINGS: Settings = Settings { units: 24, ridge: 5e-4, passes: 40, batch: 256, rate: 3e-3 };

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let mut counts = vec![Count::judged(); sets.len()];
    let mut weights = Vec::new();
    for (on_estimated_beats, grid) in [(false, "declared"), (true, "estimated")] {
        let mut samples = samples(&sets, |truth, bytes| {
            let evidence = evidence(bytes)?;
            let choice = choice(truth, &evidence)?;
            (evidence.on_estimated_beats == on_estimated_beats).then_some(choice)
        })?;
        let scale = standardise(&mut samples);
        let is_right = |choice: &Choice, found: &[f32]| largest(found) == largest(&choice.truth);
        let highest = |found: &[f32]| found[largest(found)];
        let found = cross_validate(&samples, sets.len(), SETTINGS, is_right, highest);
        counts.iter_mut().zip(&found).for_each(|(sum, found)| sum.join(found));
        let learned = train(&samples.iter().collect::<Vec<_>>(), SETTINGS);
        weights.extend(tables(grid, &learned, &scale));
    }
    let card = Card {
        purpose: "Which meter the accents of a piece suggest",
        model: "Multinomial logistic regression over nine meters, with a layer of units",
        trainer: "scripts/train meter",
        score: card::cross_validated("Share of pieces whose likeliest meter is right", &counts),
        sets: &sets,
        counts: &counts,
    };
    let weights: Vec<_> = weights
        .iter()
        .map(|(name, about, values)| card::Weights { name, about, values: Values::clone(values) })
        .collect();
    card::write(&path, &card, "f32", 3, &weights)
}

/// The weights of one kind of pulses, by name.
fn tables(
    grid: &str,
    learned: &Function,
    scale: &[(f32, f32)],
) -> [(String, &'static str, Values); 3] {
    let row = |values: &[f32]| Values::row(values.iter().copied().map(f64::from));
    let unscaled = |values: &[f32], bias: f32| {
        let mut bias = bias;
        let mut row: Vec<f64> = values
            .iter()
            .zip(scale)
            .map(|(weight, (mean, spread))| {
                bias -= weight * mean / spread;
                f64::from(weight / spread)
            })
            .collect();
        row.push(f64::from(bias));
        Values::row(row)
    };
    // The last term is always 1: it is the bias of a meter.
    let terms = scale.len();
    let of_meters = learned.direct().map(|row| unscaled(&row[..terms], row[terms])).collect();
    let of_units = learned
        .unit_terms()
        .zip(learned.biases())
        .map(|(row, bias)| unscaled(&row[..terms], row[terms] + bias))
        .collect();
    [
        (
            format!("{grid}_direct"),
            "By meter, for the features, and the bias.",
            Values::List(of_meters),
        ),
        (
            format!("{grid}_unit_terms"),
            "By unit, for the features, and the bias.",
            Values::List(of_units),
        ),
        (
            format!("{grid}_units"),
            "By meter, for the positive part of each unit.",
            Values::List(learned.weights().map(row).collect()),
        ),
    ]
}

fn evidence(bytes: &[u8]) -> Option<MeterEvidence> {
    meter_evidence(&Piece::read(bytes, &Options::default()).ok()?).ok()?
}

fn choice(truth: &Value, evidence: &MeterEvidence) -> Option<Choice> {
    let meter = truth["time_signature"].as_str()?;
    let class = METERS.iter().position(|known| *known == meter)?;
    let features = evidence.features.iter().copied().chain([1.0]).collect();
    let truth = (0..METERS.len()).map(|other| if other == class { 1.0 } else { 0.0 }).collect();
    Some(Choice { terms: vec![features], truth })
}

/// Brings every feature to mean 0 and deviation 1; the mean and deviation it had.
fn standardise(samples: &mut [Sample<Choice>]) -> Vec<(f32, f32)> {
    let width = samples.first().map_or(0, |sample| sample.data.terms[0].len() - 1);
    let count = samples.len() as f32;
    (0..width)
        .map(|term| {
            let values = || samples.iter().map(|sample| sample.data.terms[0][term]);
            let mean = values().sum::<f32>() / count;
            let spread = (values().map(|x| (x - mean).powi(2)).sum::<f32>() / count).sqrt() + 1e-3;
            for sample in samples.iter_mut() {
                let value = &mut sample.data.terms[0][term];
                *value = (*value - mean) / spread;
            }
            (mean, spread)
        })
        .collect()
}
