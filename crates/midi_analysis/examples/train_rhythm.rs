//! `train_rhythm tempo|meter SET...`: learns the weights of the tempo or of the meter from folders of
//! MIDI files with a truth.jsonl (`file`, `bpm`, `time_signature`), and prints
//! `src/analysis/rhythm/tempo_weights.rs` or `src/analysis/rhythm/meter_weights.rs`. On standard error it tells how right the method is
//! on files it did not learn from: five-fold cross-validation, by a hash of the name, so that
//! performances of one piece stay together. Meters are measured on the beats that the compiled
//! weights of the tempo give.
//!
//! Both are softmax regressions with a ridge, trained by Adam (Kingma & Ba 2015) on full batches. Every
//! set weighs by the square root of its size.

use std::collections::BTreeMap;
use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::{env, fs};

use midi_analysis::{Limits, RhythmEvidence, TEMPO_TERMS, rhythm_evidence};
use serde_json::Value;

const FOLDS: u64 = 5;
const STEPS: usize = 400;
const RATE: f32 = 0.1;
/// Weight of the squares of the weights, for tempo and for meter.
const RIDGE_TEMPO: f32 = 3e-3;
const RIDGE_METER: f32 = 3e-3;
/// Bins of a candidate that a true tempo may fall beside, as a standard deviation.
const BLUR: f32 = 0.7;
const METERS: [&str; 9] = ["4/4", "3/4", "2/4", "6/8", "3/8", "2/2", "9/8", "12/8", "3/2"];

/// One piece: by class the terms whose weighted sum is its log-odds, and the share of truth in it.
struct Piece {
    set: String,
    fold: u64,
    weight: f32,
    /// For tempo, a row of terms for each class; for meter one row, which all classes share.
    terms: Vec<Vec<f32>>,
    truth: Vec<f32>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().ok_or("usage: train_rhythm tempo|meter SET...")?;
    let sets: Vec<String> = arguments.collect();
    match what.as_str() {
        "tempo" => {
            let mut pieces = read(&sets, tempo_piece)?;
            let scale = standardise(&mut pieces);
            cross_validate(&pieces, RIDGE_TEMPO);
            let weights = train(&pieces.iter().collect::<Vec<_>>(), RIDGE_TEMPO);
            print_tempo(&weights, &scale);
        }
        "meter" => {
            println!(
                "//! Learned weights of the meters; made by `scripts/train-rhythm`, not by hand.\n"
            );
            println!("use crate::rhythm::accents::FEATURES;\n");
            println!("/// Rows are features and the bias, columns the meters in their order.");
            println!("pub(crate) type MeterWeights = [[f32; {}]; FEATURES + 1];", METERS.len());
            for (heard, name, about) in [
                (false, "ON_DECLARED_GRID", "Units are quarter notes of the declared grid."),
                (true, "ON_ESTIMATED_BEATS", "Units are tracked beats."),
            ] {
                let mut pieces = read(&sets, |truth, evidence| {
                    (evidence.heard_beats == heard).then(|| meter_piece(truth, evidence))?
                })?;
                let scale = standardise(&mut pieces);
                eprintln!("{name}");
                cross_validate(&pieces, RIDGE_METER);
                let weights = train(&pieces.iter().collect::<Vec<_>>(), RIDGE_METER);
                print_meter(name, about, &weights, &scale);
            }
        }
        _ => return Err("neither tempo nor meter".into()),
    }
    Ok(())
}

/// The pieces of the sets that `piece` makes terms and truth of.
fn read(
    sets: &[String],
    piece: impl Fn(&Value, &RhythmEvidence) -> Option<(Vec<Vec<f32>>, Vec<f32>)>,
) -> Result<Vec<Piece>, Box<dyn Error>> {
    let mut pieces = Vec::new();
    for folder in sets {
        let set = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let first = pieces.len();
        for line in fs::read_to_string(format!("{folder}/truth.jsonl"))?.lines() {
            let truth: Value = serde_json::from_str(line)?;
            let Some(file) = truth["file"].as_str() else { continue };
            let bytes = fs::read(format!("{folder}/{file}"))?;
            let Ok(Some(evidence)) = rhythm_evidence(&bytes, &Limits::default(), &|| false) else {
                continue;
            };
            let Some((terms, truth)) = piece(&truth, &evidence) else { continue };
            let fold = fold(file);
            pieces.push(Piece { set: set.clone(), fold, weight: 1.0, terms, truth });
        }
        let weight = ((pieces.len() - first).max(1) as f32).sqrt().recip();
        pieces[first..].iter_mut().for_each(|piece: &mut Piece| piece.weight = weight);
    }
    let total: f32 = pieces.iter().map(|piece| piece.weight).sum();
    pieces.iter_mut().for_each(|piece| piece.weight /= total);
    Ok(pieces)
}

fn fold(file: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let piece = file.split("__").next().unwrap_or(file);
    piece.rsplit('/').next().unwrap_or(piece).trim_end_matches(".mid").hash(&mut hasher);
    hasher.finish() % FOLDS
}

fn tempo_piece(truth: &Value, evidence: &RhythmEvidence) -> Option<(Vec<Vec<f32>>, Vec<f32>)> {
    let terms = &evidence.tempo;
    let seconds = 60.0 / truth["bpm"].as_f64()?;
    let near =
        |of: f64| (-0.5 * ((seconds / of).log2() * 8.0 / f64::from(BLUR)).powi(2)).exp() as f32;
    let near: Vec<f32> = terms.iter().map(|(of, _)| near(*of)).collect();
    let sum: f32 = near.iter().sum();
    (sum > 0.1).then(|| {
        let truth = near.into_iter().map(|near| near / sum).collect();
        (terms.iter().map(|(_, terms)| terms.to_vec()).collect(), truth)
    })
}

fn meter_piece(truth: &Value, evidence: &RhythmEvidence) -> Option<(Vec<Vec<f32>>, Vec<f32>)> {
    let meter = truth["time_signature"].as_str()?;
    let class = METERS.iter().position(|known| *known == meter)?;
    let mut features = evidence.meter.clone();
    features.push(1.0);
    let truth = (0..METERS.len()).map(|other| f32::from(u8::from(other == class))).collect();
    Some((vec![features], truth))
}

/// Brings every term to mean 0 and deviation 1, but for one that never changes; what it took.
fn standardise(pieces: &mut [Piece]) -> Vec<(f32, f32)> {
    let width = pieces.first().map_or(0, |piece| piece.terms[0].len());
    let shared = pieces.first().is_some_and(|piece| piece.terms.len() == 1);
    (0..width)
        .map(|term| {
            let values = || pieces.iter().flat_map(|piece| &piece.terms).map(move |row| row[term]);
            let count = values().count() as f32;
            let mean = values().sum::<f32>() / count;
            let spread = (values().map(|x| (x - mean).powi(2)).sum::<f32>() / count).sqrt();
            // What shifts every class alike is nothing to a softmax over rows.
            let mean = if shared && spread > 1e-6 { mean } else { 0.0 };
            let spread = if spread > 1e-6 { spread + 1e-3 } else { 1.0 };
            let rows = pieces.iter_mut().flat_map(|piece| &mut piece.terms);
            rows.for_each(|row| row[term] = (row[term] - mean) / spread);
            (mean, spread)
        })
        .collect()
}

/// Weights: one row for tempo, one for each class for meter.
type Weights = Vec<Vec<f32>>;

fn probabilities(piece: &Piece, weights: &Weights) -> Vec<f32> {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let odds = |class: usize| {
        dot(&piece.terms[class % piece.terms.len()], &weights[class % weights.len()])
    };
    let odds: Vec<f32> = (0..piece.truth.len()).map(odds).collect();
    let top = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f32> = odds.iter().map(|each| (each - top).exp()).collect();
    let sum: f32 = raised.iter().sum();
    raised.iter().map(|each| each / sum).collect()
}

fn train(pieces: &[&Piece], ridge: f32) -> Weights {
    let Some(first) = pieces.first() else { return Vec::new() };
    let rows = if first.terms.len() == 1 { first.truth.len() } else { 1 };
    let total: f32 = pieces.iter().map(|piece| piece.weight).sum();
    let mut weights = vec![vec![0.0; first.terms[0].len()]; rows];
    let (mut mean, mut square) = (weights.clone(), weights.clone());
    for step in 1..=STEPS {
        let mut gradient: Weights = weights
            .iter()
            .map(|row| row.iter().map(|weight| 2.0 * ridge * weight).collect())
            .collect();
        for piece in pieces {
            let found = probabilities(piece, &weights);
            for (class, (found, truth)) in found.iter().zip(&piece.truth).enumerate() {
                let error = (found - truth) * piece.weight / total;
                if error.abs() > 1e-9 {
                    let terms = &piece.terms[class % piece.terms.len()];
                    let slopes = gradient[class % rows].iter_mut().zip(terms);
                    slopes.for_each(|(slope, term)| *slope += error * term);
                }
            }
        }
        let rate = RATE * (1.0 - step as f32 / STEPS as f32).max(0.02);
        for (row, gradient) in gradient.iter().enumerate() {
            for (term, slope) in gradient.iter().enumerate() {
                let (mean, square) = (&mut mean[row][term], &mut square[row][term]);
                *mean += 0.1 * (slope - *mean);
                *square += 0.001 * (slope.powi(2) - *square);
                let corrected = *mean / (1.0 - 0.9_f32.powi(step as i32));
                let spread = (*square / (1.0 - 0.999_f32.powi(step as i32))).sqrt();
                weights[row][term] -= rate * corrected / (spread + 1e-8);
            }
        }
    }
    weights
}

/// Share of pieces whose likeliest class is the true one; for tempo, or a neighbour of it.
fn cross_validate(pieces: &[Piece], ridge: f32) {
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let likeliest =
        |of: &[f32]| (0..of.len()).max_by(|&a, &b| of[a].total_cmp(&of[b])).unwrap_or(0);
    for fold in 0..FOLDS {
        let known: Vec<&Piece> = pieces.iter().filter(|piece| piece.fold != fold).collect();
        let weights = train(&known, ridge);
        for piece in pieces.iter().filter(|piece| piece.fold == fold) {
            let found = likeliest(&probabilities(piece, &weights));
            let reach = usize::from(piece.terms.len() > 1);
            let hit = found.abs_diff(likeliest(&piece.truth)) <= reach;
            let entry = right.entry(&piece.set).or_default();
            *entry = (entry.0 + usize::from(hit), entry.1 + 1);
        }
    }
    for (set, (hits, count)) in right {
        eprintln!("{set:20} {count:5} {:.4}", hits as f64 / count as f64);
    }
}

fn numbers(row: impl Iterator<Item = f32>) -> String {
    row.map(|weight| format!("{weight:.3}")).collect::<Vec<_>>().join(", ")
}

fn print_tempo(weights: &Weights, scale: &[(f32, f32)]) {
    let weights: Vec<f32> =
        weights[0].iter().zip(scale).map(|(w, (_, spread))| w / spread).collect();
    let [sorts, shifted, powers] = TEMPO_TERMS;
    println!("//! Learned weights of the tempo; made by `scripts/train-rhythm`, not by hand.\n");
    println!("use crate::rhythm::tempogram::{{POWERS, SHIFTED, SORTS}};\n");
    println!(
        "/// Of the powers of a candidate's distance from a moderate tempo, the first upwards."
    );
    println!("#[rustfmt::skip]");
    let curve = numbers(weights[sorts * shifted..].iter().copied());
    println!("pub(crate) static CURVE: [f32; POWERS] = [{curve}];\n");
    assert_eq!(weights.len(), sorts * shifted + powers);
    println!(
        "/// By sort of accent: of the share of each gap around a candidate, the shortest first."
    );
    println!("#[rustfmt::skip]");
    println!("pub(crate) static SHIFTS: [[f32; SHIFTED]; SORTS] = [");
    for row in weights[..sorts * shifted].chunks(shifted) {
        println!("    [{}],", numbers(row.iter().copied()));
    }
    println!("];");
}

fn print_meter(name: &str, about: &str, weights: &Weights, scale: &[(f32, f32)]) {
    println!("\n/// {about}\n#[rustfmt::skip]");
    println!("pub(crate) static {name}: MeterWeights = [");
    let bias = scale.len() - 1;
    for (term, (_, spread)) in scale.iter().enumerate() {
        let row = weights.iter().map(|row| match term == bias {
            true => {
                row.iter().zip(scale).take(bias).fold(row[bias], |sum, (w, (m, s))| sum - w * m / s)
            }
            false => row[term] / spread,
        });
        println!("    [{}],", numbers(row));
    }
    println!("];");
}
