//! `train_likeness FOLDER...`: learns from folders of MIDI files the axes along which embeddings
//! differ most, and writes them as the source of `src/analysis/embedding/axes.rs`.
//!
//! Principal components (Pearson 1901) of all embeddings, each folder counting the same; found one by
//! one, by power iteration on what the ones before have left. The share of the variance that they
//! have is told on standard error.

use std::error::Error;
use std::{env, fs};

use midi_analysis::{AXES, EMBEDDING, Limits, analyze};

const ROUNDS: usize = 2_000;

type Vector = [f64; EMBEDDING];

fn main() -> Result<(), Box<dyn Error>> {
    let folders = env::args().skip(1).map(embeddings).collect::<Result<Vec<_>, _>>()?;
    let folders: Vec<_> = folders.into_iter().filter(|folder| !folder.is_empty()).collect();
    let mut covariance = vec![[0.0; EMBEDDING]; EMBEDDING];
    let mean = mean(&folders);
    for folder in &folders {
        for embedding in folder {
            let away: Vector = std::array::from_fn(|index| embedding[index] - mean[index]);
            for (row, one) in covariance.iter_mut().zip(away) {
                for (cell, other) in row.iter_mut().zip(away) {
                    *cell += one * other / (folder.len() * folders.len()) as f64;
                }
            }
        }
    }
    let total: f64 = (0..EMBEDDING).map(|index| covariance[index][index]).sum();
    println!("//! Learned axes of embeddings; made by `scripts/train-likeness`, not by hand.\n");
    println!("use super::{{AXES, EMBEDDING}};\n");
    println!("/// Of unit length, at right angles to each other, the one of most variance first.");
    println!("#[rustfmt::skip]\npub(super) static PRINCIPAL: [[f32; EMBEDDING]; AXES] = [");
    for _ in 0..AXES {
        let (axis, variance) = principal(&covariance);
        for (row, one) in covariance.iter_mut().zip(axis) {
            for (cell, other) in row.iter_mut().zip(axis) {
                *cell -= variance * one * other;
            }
        }
        eprintln!("{:.3} of the variance", variance / total);
        println!("    [{}],", axis.map(|number| format!("{number:.4}")).join(", "));
    }
    println!("];");
    Ok(())
}

fn embeddings(folder: String) -> Result<Vec<Vector>, Box<dyn Error>> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder)? {
        let bytes = fs::read(file?.path())?;
        let analysis = analyze(&bytes, &Limits::default(), &|| false).ok();
        let embedding = analysis.and_then(|analysis| analysis.embedding);
        found.extend(embedding.map(|numbers| std::array::from_fn(|at| numbers[at].into())));
    }
    Ok(found)
}

fn mean(folders: &[Vec<Vector>]) -> Vector {
    std::array::from_fn(|index| {
        let of = |folder: &Vec<Vector>| {
            folder.iter().map(|embedding| embedding[index]).sum::<f64>() / folder.len() as f64
        };
        folders.iter().map(of).sum::<f64>() / folders.len() as f64
    })
}

/// The axis of most variance, and the variance along it.
fn principal(covariance: &[Vector]) -> (Vector, f64) {
    // Anything that is at right angles to no axis; nearly.
    let mut axis: Vector = std::array::from_fn(|index| 1.0 + index as f64 / EMBEDDING as f64);
    let mut variance = 0.0;
    for _ in 0..ROUNDS {
        let next: Vector = std::array::from_fn(|row| {
            covariance[row].iter().zip(axis).map(|(cell, number)| cell * number).sum()
        });
        variance = next.iter().map(|number| number * number).sum::<f64>().sqrt();
        axis = next.map(|number| number / variance);
    }
    (axis, variance)
}
