//! `train_key SET...`: learns the weights of the key finder from folders of MIDI files with a truth.jsonl
//! (`file`, `key`), and prints `src/analysis/key/weights.rs`. On standard error it tells how right the method is on
//! files it did not learn from (five-fold cross-validation, by a hash of the first letters of the
//! name, so that performances of one piece stay together), and how well its confidence is
//! calibrated.
//!
//! Every set weighs by the square root of its size; the evidence of the whole is regularised by
//! the sum of the squares of the weights. Full-batch gradient descent by Adam (Kingma & Ba 2015).

mod support;

use std::collections::BTreeMap;
use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::{env, fs};

use midi_analysis::{KEY_EVIDENCE, Limits, key_evidence};
use support::key_number;

const CLASSES: usize = 12;
const KEYS: usize = 24;
const WIDTH: usize = KEY_EVIDENCE + 1;
const FOLDS: u64 = 5;
const STEPS: usize = 1_000;
const RATE: f64 = 0.15;
const L2: f64 = 6e-4;

type Weights = Vec<f64>;

struct Piece {
    set: String,
    fold: u64,
    key: usize,
    evidence: [f64; KEY_EVIDENCE],
    weight: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut pieces = Vec::new();
    for set in env::args().skip(1) {
        read_set(&set, &mut pieces)?;
    }
    let total: f64 = pieces.iter().map(|piece| piece.weight).sum();
    pieces.iter_mut().for_each(|piece| piece.weight /= total);
    cross_validate(&pieces);
    print_weights(&train(&pieces.iter().collect::<Vec<_>>()));
    Ok(())
}

fn read_set(folder: &str, pieces: &mut Vec<Piece>) -> Result<(), Box<dyn Error>> {
    let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let first = pieces.len();
    for line in fs::read_to_string(format!("{folder}/truth.jsonl"))?.lines() {
        let truth: serde_json::Value = serde_json::from_str(line)?;
        let (Some(file), Some(key)) = (truth["file"].as_str(), truth["key"].as_str()) else {
            continue;
        };
        let Some(key) = key_number(key) else { continue };
        let bytes = fs::read(format!("{folder}/{file}"))?;
        let Ok(Some(evidence)) = key_evidence(&bytes, &Limits::default(), &|| false) else {
            continue;
        };
        let mut hasher = DefaultHasher::new();
        let piece = file.split("__").next().unwrap_or(file);
        piece
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(24)
            .collect::<String>()
            .hash(&mut hasher);
        let fold = hasher.finish() % FOLDS;
        pieces.push(Piece { set: name.clone(), fold, key, evidence, weight: 1.0 });
    }
    let weight = ((pieces.len() - first) as f64).sqrt().recip();
    pieces[first..].iter_mut().for_each(|piece| piece.weight = weight);
    Ok(())
}

/// The evidence as the tonic of a key would hear it.
fn rotated(evidence: &[f64; KEY_EVIDENCE], tonic: usize) -> impl Iterator<Item = f64> + '_ {
    evidence
        .chunks_exact(CLASSES)
        .flat_map(move |values| values[tonic..].iter().chain(&values[..tonic]).copied())
}

fn probabilities(piece: &Piece, weights: &Weights) -> [f64; KEYS] {
    let mut scores = [0.0; KEYS];
    for (key, score) in scores.iter_mut().enumerate() {
        let block = &weights[key / CLASSES * WIDTH..][..WIDTH];
        let products = rotated(&piece.evidence, key % CLASSES).zip(block);
        *score = block[KEY_EVIDENCE] + products.map(|(value, weight)| value * weight).sum::<f64>();
    }
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised = scores.map(|score| (score - top).exp());
    let sum: f64 = raised.iter().sum();
    raised.map(|value| value / sum)
}

fn train(pieces: &[&Piece]) -> Weights {
    let total: f64 = pieces.iter().map(|piece| piece.weight).sum();
    let mut weights = vec![0.0; 2 * WIDTH];
    let (mut mean, mut square) = (weights.clone(), weights.clone());
    for step in 1..=STEPS {
        let mut gradient: Vec<f64> = weights.iter().map(|weight| 2.0 * L2 * weight).collect();
        for piece in pieces {
            let found = probabilities(piece, &weights);
            for (key, probability) in found.iter().enumerate() {
                let error = probability - f64::from(u8::from(key == piece.key));
                let error = error * piece.weight / total;
                if error.abs() < 1e-9 {
                    continue;
                }
                let block = &mut gradient[key / CLASSES * WIDTH..][..WIDTH];
                block[KEY_EVIDENCE] += error;
                for (slope, value) in block.iter_mut().zip(rotated(&piece.evidence, key % CLASSES))
                {
                    *slope += error * value;
                }
            }
        }
        let rate = RATE * (1.0 - step as f64 / STEPS as f64).max(0.02);
        for index in 0..weights.len() {
            mean[index] += 0.1 * (gradient[index] - mean[index]);
            square[index] += 0.001 * (gradient[index].powi(2) - square[index]);
            let corrected = mean[index] / (1.0 - 0.9_f64.powi(step as i32));
            let spread = (square[index] / (1.0 - 0.999_f64.powi(step as i32))).sqrt();
            weights[index] -= rate * corrected / (spread + 1e-9);
        }
    }
    weights
}

fn cross_validate(pieces: &[Piece]) {
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut calibration = [(0_usize, 0_usize, 0.0); 10];
    for fold in 0..FOLDS {
        let known: Vec<&Piece> = pieces.iter().filter(|piece| piece.fold != fold).collect();
        let weights = train(&known);
        for piece in pieces.iter().filter(|piece| piece.fold == fold) {
            let found = probabilities(piece, &weights);
            let best = (0..KEYS).max_by(|&a, &b| found[a].total_cmp(&found[b])).unwrap_or(0);
            let hit = usize::from(best == piece.key);
            let entry = right.entry(&piece.set).or_default();
            *entry = (entry.0 + hit, entry.1 + 1);
            let bin = &mut calibration[((found[best] * 10.0) as usize).min(9)];
            *bin = (bin.0 + hit, bin.1 + 1, bin.2 + found[best]);
        }
    }
    for (set, (hits, count)) in right {
        eprintln!("{set:20} {count:5} {:.4}", hits as f64 / count as f64);
    }
    eprintln!("confidence, files, right");
    for (hits, count, sum) in calibration.into_iter().filter(|bin| bin.1 > 0) {
        eprintln!("{:.2} {count:5} {:.3}", sum / count as f64, hits as f64 / count as f64);
    }
}

fn print_weights(weights: &Weights) {
    println!("//! Learned weights of the key finder; made by `scripts/train-key`, not by hand.\n");
    println!("use super::model::Weights;\n");
    println!(
        "/// For major and for minor: a row for each kind of evidence, from the tonic upwards by semitones."
    );
    println!("#[rustfmt::skip]");
    println!("pub(super) const WEIGHTS: Weights = [");
    for block in weights.chunks_exact(WIDTH) {
        println!("    [");
        for row in block.chunks(CLASSES) {
            let numbers: Vec<String> = row.iter().map(|weight| format!("{weight:.2}")).collect();
            println!("        {},", numbers.join(", "));
        }
        println!("    ],");
    }
    println!("];");
}
