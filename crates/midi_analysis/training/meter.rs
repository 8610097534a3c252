//! `meter WEIGHTS SET...`: learns from pieces whose `time_signature` is known which meter and which length of the bar
//! the accents suggest. They are measured on the beats that the compiled weights of the tempo give, so the tempo is
//! learned first. The length of the bar is that of `downbeats_s`, or what the meter says of quarter notes of the
//! file or of `bpm`.

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
/// With the meters, which are also weighed directly, the units are as many as a layer sums together.
const SETTINGS: Settings = Settings { units: 23, ridge: 5e-4, passes: 40, batch: 256, rate: 3e-3 };
/// How far a bar may be from one of the lengths: the logarithm of their ratio.
const NEAR: f64 = 0.08;
/// Deviations from the mean beyond which a term counts no more.
const FARTHEST: f32 = 5.0;

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
        let is_right = |choice: &Choice, found: &[f32]| {
            largest(&of_meters(found)) == largest(&of_meters(&choice.truth))
        };
        let highest = |found: &[f32]| of_meters(found).into_iter().fold(0.0, f32::max);
        let found = cross_validate(&samples, sets.len(), SETTINGS, is_right, highest);
        counts.iter_mut().zip(&found).for_each(|(sum, found)| sum.join(found));
        let learned = train(&samples.iter().collect::<Vec<_>>(), SETTINGS);
        weights.extend(tables(grid, &learned, &scale));
    }
    let card = Card {
        purpose: "Which meter the accents of a piece suggest",
        model: "Logistic regression over nine meters and seven lengths of the bar, with a layer of units",
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

/// The share of each meter, over all lengths.
fn of_meters(shares: &[f32]) -> Vec<f32> {
    let of = |meter: usize| shares.iter().skip(meter).step_by(METERS.len()).sum();
    (0..METERS.len()).map(of).collect()
}

/// The weights of one kind of pulses, by name.
fn tables(
    grid: &str,
    learned: &Function,
    scale: &[(f32, f32)],
) -> [(String, &'static str, Values); 3] {
    // The last term is always 1: it is the bias of a meter.
    let terms = scale.len();
    let meters = learned.direct().map(|row| (row, 0.0));
    let units = learned.unit_terms().zip(learned.biases().iter().copied());
    let sums: Vec<(&[f32], f32)> = meters.chain(units).collect();
    let row = |values: &mut dyn Iterator<Item = f32>| Values::row(values.map(f64::from));
    let of_term = |term: usize| {
        let spread = scale[term].1;
        row(&mut sums.iter().map(|(weights, _)| weights[term] / spread))
    };
    let bias = |(weights, bias): &(&[f32], f32)| {
        let scaled = weights.iter().zip(scale);
        weights[terms] + bias
            - scaled.map(|(weight, (mean, spread))| weight * mean / spread).sum::<f32>()
    };
    let by_meter: Vec<&[f32]> = learned.weights().collect();
    let of_unit = |unit: usize| row(&mut by_meter.iter().map(|weights| weights[unit]));
    [
        (
            format!("{grid}_terms"),
            "By term, for its weight in each meter, then in each unit.",
            Values::List((0..terms).map(of_term).collect()),
        ),
        (
            format!("{grid}_bias"),
            "Added to the sum of each meter, then of each unit, of which the positive part counts.",
            row(&mut sums.iter().map(bias)),
        ),
        (
            format!("{grid}_units"),
            "By unit, for its weight in each meter.",
            Values::List((0..SETTINGS.units).map(of_unit).collect()),
        ),
    ]
}

fn evidence(bytes: &[u8]) -> Option<MeterEvidence> {
    meter_evidence(&Piece::read(bytes, &Options::default()).ok()?).ok()?
}

fn choice(truth: &Value, evidence: &MeterEvidence) -> Option<Choice> {
    let meter = truth["time_signature"].as_str()?;
    let class = METERS.iter().position(|known| *known == meter)?;
    let bar = units_in_bar(truth, evidence)?;
    let is_near = |(units, _): &(f64, Vec<f32>)| (units / bar).ln().abs() < NEAR;
    let length = evidence.lengths.iter().position(is_near)?;
    let right = length * METERS.len() + class;
    let classes = evidence.lengths.len() * METERS.len();
    let terms = evidence.lengths.iter();
    Some(Choice {
        terms: terms.map(|(_, terms)| terms.iter().copied().chain([1.0]).collect()).collect(),
        truth: (0..classes).map(|other| if other == right { 1.0 } else { 0.0 }).collect(),
    })
}

/// Units in a bar, as far as it is known.
fn units_in_bar(truth: &Value, evidence: &MeterEvidence) -> Option<f64> {
    let downbeats = truth["downbeats_s"].as_array();
    let seconds: Vec<f64> = downbeats.into_iter().flatten().filter_map(Value::as_f64).collect();
    let mut bars: Vec<f64> = seconds.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if bars.len() > 2 {
        bars.sort_by(f64::total_cmp);
        return Some(bars[bars.len() / 2] / evidence.unit_s);
    }
    let (numerator, denominator) = truth["time_signature"].as_str()?.split_once('/')?;
    let quarters = 4.0 * numerator.parse::<f64>().ok()? / denominator.parse::<f64>().ok()?;
    match evidence.on_estimated_beats {
        true => Some(quarters * 60.0 / truth["bpm"].as_f64()? / evidence.unit_s),
        false => Some(quarters),
    }
}

/// Brings every term to mean 0 and deviation 1; the mean and deviation it had.
fn standardise(samples: &mut [Sample<Choice>]) -> Vec<(f32, f32)> {
    let width = samples.first().map_or(0, |sample| sample.data.terms[0].len() - 1);
    let count = samples.iter().map(|sample| sample.data.terms.len()).sum::<usize>() as f32;
    (0..width)
        .map(|term| {
            let rows = || samples.iter().flat_map(|sample| &sample.data.terms);
            let mean = rows().map(|row| row[term]).sum::<f32>() / count;
            let square = rows().map(|row| (row[term] - mean).powi(2)).sum::<f32>() / count;
            let spread = square.sqrt() + 1e-3;
            for row in samples.iter_mut().flat_map(|sample| &mut sample.data.terms) {
                row[term] = ((row[term] - mean) / spread).clamp(-FARTHEST, FARTHEST);
            }
            (mean, spread)
        })
        .collect()
}
