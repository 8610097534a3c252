//! `profiles SET`: how often each single key profile of the literature is right on a folder of MIDI
//! files with a truth.jsonl, in one line. `scripts/accuracy` prints it beside the core's own score.
//!
//! Each profile is correlated (Pearson) with the pitch classes of the whole piece, as Krumhansl
//! (1990) does; the best of the 24 keys is the answer.

mod support;

use std::error::Error;
use std::{env, fs};

use midi_analysis::{Options, Piece};
use support::corpus::{key_number, truths};

type Classes = [f64; 12];

/// Name, major and minor profile.
const PROFILES: [(&str, Classes, Classes); 6] = [
    (
        "Krumhansl-Kessler 1982",
        [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
        [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
    ),
    (
        "Temperley-Kostka-Payne 2001",
        [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400],
        [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330],
    ),
    (
        "Aarden 2003",
        [
            17.7661, 0.145624, 14.9265, 0.160186, 19.8049, 11.3587, 0.291248, 22.062, 0.145624,
            8.15494, 0.232998, 4.95122,
        ],
        [
            18.2648, 0.737619, 14.0499, 16.8599, 0.702494, 14.4362, 0.702494, 18.6161, 4.56621,
            1.93186, 7.37619, 1.75623,
        ],
    ),
    (
        "Bellman-Budge 2005",
        [16.80, 0.86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.80, 8.04, 0.62, 10.57],
        [18.16, 0.69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, 0.92, 10.21],
    ),
    (
        "Sapp 2005",
        [2.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 2.0, 0.0, 1.0, 0.0, 1.0],
        [2.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 2.0, 1.0, 0.0, 0.5, 0.5],
    ),
    (
        "Albrecht-Shanahan 2013",
        [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081],
        [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052],
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("usage: profiles SET")?;
    let (mut right, mut pieces) = ([0; PROFILES.len()], 0);
    for (file, truth) in truths(&folder)? {
        let Some(key) = truth["key"].as_str().and_then(key_number) else { continue };
        pieces += 1;
        let bytes = fs::read(format!("{folder}/{file}"))?;
        let piece = Piece::read(&bytes, &Options::default());
        let Ok(analysis) = piece.and_then(|piece| piece.analysis()) else { continue };
        let Some(classes) = analysis.key.pitch_class_histogram else { continue };
        for (right, (_, major, minor)) in right.iter_mut().zip(&PROFILES) {
            *right += usize::from(best_key(&classes.map(f64::from), [major, minor]) == key);
        }
    }
    for ((name, ..), right) in PROFILES.iter().zip(right).filter(|_| pieces > 0) {
        println!(
            "key by one profile           {:.4}  {name}",
            f64::from(right as u32) / f64::from(pieces)
        );
    }
    Ok(())
}

fn best_key(classes: &Classes, profiles: [&Classes; 2]) -> usize {
    let fit = |key: usize| {
        let rotated = std::array::from_fn(|degree| classes[(key + degree) % 12]);
        correlation(&rotated, profiles[key / 12])
    };
    (0..24).max_by(|&a, &b| fit(a).total_cmp(&fit(b))).unwrap_or(0)
}

fn correlation(a: &Classes, b: &Classes) -> f64 {
    let mean = |values: &Classes| values.iter().sum::<f64>() / 12.0;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| {
        a.iter().zip(b).map(|(a, b)| f(a - mean_a, b - mean_b)).sum::<f64>()
    };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt().max(f64::MIN_POSITIVE)
}
