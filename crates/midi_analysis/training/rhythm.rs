//! `rhythm tempo|meter WEIGHTS SET...`: learns the weights of the tempo from pieces whose `bpm` is known, or those
//! of the meter from pieces whose `time_signature` is. Meters are measured on the beats that the compiled
//! weights of the tempo give, so the tempo is learned first.

mod support;

use std::env;
use std::error::Error;

use midi_analysis::training::{RhythmEvidence, TEMPO_TERMS, rhythm_evidence};
use midi_analysis::{Options, Piece};
use serde_json::Value;
use support::card::{self, Card, Values};
use support::corpus::{Count, Sample, Set, arguments, samples};
use support::regression::{Choice, Settings, Weights, cross_validate, largest, train};

/// Bins of a candidate that a true tempo may fall beside, as a standard deviation.
const BLUR: f64 = 0.7;
/// Candidates for the beat in an octave of tempo.
const BINS_IN_OCTAVE: f64 = 8.0;
const METERS: [&str; 9] = ["4/4", "3/4", "2/4", "6/8", "3/8", "2/2", "9/8", "12/8", "3/2"];
const TEMPO: Settings = Settings { rows: 1, ridge: 3e-3, steps: 400, rate: 0.1 };
const METER: Settings = Settings { rows: METERS.len(), ..TEMPO };

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let what = words.next().unwrap_or_default();
    let (path, sets) = arguments(words)?;
    match what.as_str() {
        "tempo" => learn_tempo(&path, &sets),
        "meter" => learn_meter(&path, &sets),
        _ => Err("neither tempo nor meter".into()),
    }
}

fn learn_tempo(path: &str, sets: &[Set]) -> Result<(), Box<dyn Error>> {
    let mut samples = samples(sets, |truth, bytes| tempo_choice(truth, &evidence(bytes)?))?;
    let scale = standardise(&mut samples);
    // The neighbour of the right candidate is as good.
    let counts = cross_validate(&samples, sets.len(), TEMPO, |choice, found| {
        largest(found).abs_diff(choice.right()) <= 1
    });
    let trained = train(&samples.iter().collect::<Vec<_>>(), TEMPO);
    let weights: Vec<f64> =
        trained[0].iter().zip(&scale).map(|(weight, (_, spread))| weight / spread).collect();
    let [sorts, shifted, _] = TEMPO_TERMS;
    let (shifts, curve) = weights.split_at(sorts * shifted);
    let card = Card {
        purpose: "Which interval is the beat",
        model: "Conditional logit over intervals",
        trainer: "scripts/train tempo",
        score: card::cross_validated(
            "Share of pieces whose beat is right within an eighth of an octave",
            &counts,
        ),
        sets,
        counts: &counts,
    };
    let rows = shifts.chunks(shifted).map(|row| Values::row(row.iter().copied()));
    card::write(
        path,
        &card,
        "f32",
        3,
        &[
            card::Weights {
                name: "curve",
                about: "For the powers of the distance of a candidate from a moderate tempo, the first power first.",
                values: Values::row(curve.iter().copied()),
            },
            card::Weights {
                name: "shifts",
                about: "By sort of accent: for the share of each interval around a candidate, the shortest first.",
                values: Values::List(rows.collect()),
            },
        ],
    )
}

fn learn_meter(path: &str, sets: &[Set]) -> Result<(), Box<dyn Error>> {
    let mut counts = vec![Count::judged(); sets.len()];
    let mut weights = Vec::new();
    for (on_tracked_beats, name, about) in [
        (
            false,
            "on_declared_grid",
            "Where pulses are quarter notes of the declared grid. Rows are features and the bias, columns meters.",
        ),
        (
            true,
            "on_estimated_beats",
            "Where pulses are tracked beats. Rows are features and the bias, columns meters.",
        ),
    ] {
        let mut samples = samples(sets, |truth, bytes| {
            let evidence = evidence(bytes)?;
            let choice = meter_choice(truth, &evidence)?;
            (evidence.on_tracked_beats == on_tracked_beats).then_some(choice)
        })?;
        let scale = standardise(&mut samples);
        let found = cross_validate(&samples, sets.len(), METER, |choice, found| {
            largest(found) == choice.right()
        });
        for (sum, found) in counts.iter_mut().zip(found) {
            sum.pieces += found.pieces;
            sum.right = sum.right.zip(found.right).map(|(one, other)| one + other);
        }
        let trained = train(&samples.iter().collect::<Vec<_>>(), METER);
        weights.push(card::Weights { name, about, values: unscaled(&trained, &scale) });
    }
    let card = Card {
        purpose: "Which meter the accents of a piece suggest",
        model: "Multinomial logistic regression over nine meters",
        trainer: "scripts/train meter",
        score: card::cross_validated("Share of pieces whose likeliest meter is right", &counts),
        sets,
        counts: &counts,
    };
    card::write(path, &card, "f32", 3, &weights)
}

fn evidence(bytes: &[u8]) -> Option<RhythmEvidence> {
    rhythm_evidence(&Piece::read(bytes, &Options::default()).ok()?).ok()?
}

fn tempo_choice(truth: &Value, evidence: &RhythmEvidence) -> Option<Choice> {
    let seconds = 60.0 / truth["bpm"].as_f64()?;
    let near = |of: f64| (-0.5 * ((seconds / of).log2() * BINS_IN_OCTAVE / BLUR).powi(2)).exp();
    let near: Vec<f64> = evidence.tempo.iter().map(|(of, _)| near(*of)).collect();
    let sum: f64 = near.iter().sum();
    // Tempos that no candidate is near are not learned from.
    (sum > 0.1).then(|| Choice {
        terms: evidence.tempo.iter().map(|(_, terms)| terms.map(f64::from).to_vec()).collect(),
        truth: near.iter().map(|near| near / sum).collect(),
    })
}

fn meter_choice(truth: &Value, evidence: &RhythmEvidence) -> Option<Choice> {
    let meter = truth["time_signature"].as_str()?;
    let class = METERS.iter().position(|known| *known == meter)?;
    let features = evidence.meter.iter().copied().map(f64::from).chain([1.0]).collect();
    let truth = (0..METERS.len()).map(|other| f64::from(u8::from(other == class))).collect();
    Some(Choice { terms: vec![features], truth })
}

/// Brings every term to mean 0 and deviation 1, but for one that never changes; the mean and deviation it had.
fn standardise(samples: &mut [Sample<Choice>]) -> Vec<(f64, f64)> {
    let width = samples.first().map_or(0, |sample| sample.data.terms[0].len());
    let shared = samples.first().is_some_and(|sample| sample.data.terms.len() == 1);
    (0..width)
        .map(|term| {
            let values =
                || samples.iter().flat_map(|sample| &sample.data.terms).map(move |row| row[term]);
            let count = values().count() as f64;
            let mean = values().sum::<f64>() / count;
            let spread = (values().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
            // What shifts every class alike is nothing to a softmax over rows.
            let mean = if shared && spread > 1e-6 { mean } else { 0.0 };
            let spread = if spread > 1e-6 { spread + 1e-3 } else { 1.0 };
            let rows = samples.iter_mut().flat_map(|sample| &mut sample.data.terms);
            rows.for_each(|row| row[term] = (row[term] - mean) / spread);
            (mean, spread)
        })
        .collect()
}

/// Weights of terms as they were before they were standardised, a row for each term; the bias is the last.
fn unscaled(weights: &Weights, scale: &[(f64, f64)]) -> Values {
    let bias = scale.len() - 1;
    let of_bias = |row: &Vec<f64>| {
        row.iter().zip(scale).take(bias).fold(row[bias], |sum, (w, (m, s))| sum - w * m / s)
    };
    let row = |term: usize| {
        let of_term = move |row: &Vec<f64>| row[term] / scale[term].1;
        Values::row(
            weights.iter().map(|row| if term == bias { of_bias(row) } else { of_term(row) }),
        )
    };
    Values::List((0..scale.len()).map(row).collect())
}
