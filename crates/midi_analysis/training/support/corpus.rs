//! Folders of MIDI files with a `truth.jsonl`: one object a file, `file` being its name.

use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};

use midi_analysis::keys_named;
use serde_json::Value;

/// Parts that the pieces are divided into for cross-validation.
pub const FOLDS: u64 = 5;

/// A set of pieces, as its card names it.
pub struct Set {
    /// Where the pieces and what is known of them come from.
    pub origin: String,
    /// What the licence of that is.
    pub licence: String,
    /// The folder that it is in.
    pub folder: String,
}

/// What is learned from one piece.
pub struct Sample<T> {
    /// Index of its set.
    pub set: usize,
    /// Fold that it belongs to.
    pub fold: u64,
    /// Weight among all samples, which sum to 1; a set weighs by the square root of its size.
    pub weight: f64,
    /// What is learned from.
    pub data: T,
}

/// How many pieces there are, and where each is right or wrong, how many are right.
#[derive(Clone, Copy, Default)]
pub struct Count {
    /// Pieces.
    pub pieces: usize,
    /// Of them right.
    pub right: Option<usize>,
}

impl Count {
    /// No pieces yet, each to be right or wrong.
    pub fn judged() -> Self {
        Self { pieces: 0, right: Some(0) }
    }

    /// One more piece.
    pub fn add(&mut self, is_right: bool) {
        self.pieces += 1;
        self.right = self.right.map(|right| right + usize::from(is_right));
    }

    /// The pieces of another count too.
    pub fn join(&mut self, other: &Self) {
        self.pieces += other.pieces;
        self.right = self.right.zip(other.right).map(|(one, other)| one + other);
    }

    /// Share of the pieces that are right, 0-1.
    pub fn share(self) -> f64 {
        self.right.unwrap_or(0) as f64 / self.pieces.max(1) as f64
    }
}

/// The file to write and the sets, from the arguments `WEIGHTS FOLDER=ORIGIN=LICENCE...`.
pub fn arguments(
    mut arguments: impl Iterator<Item = String>,
) -> Result<(String, Vec<Set>), Box<dyn Error>> {
    let path = arguments.next().ok_or("usage: WEIGHTS FOLDER=ORIGIN=LICENCE...")?;
    let sets: Vec<Set> = arguments
        .map(|argument| {
            let mut parts = argument.splitn(3, '=').map(str::to_owned);
            match (parts.next(), parts.next(), parts.next()) {
                (Some(folder), Some(origin), Some(licence)) => Ok(Set { origin, licence, folder }),
                _ => Err(format!("{argument} is not FOLDER=ORIGIN=LICENCE")),
            }
        })
        .collect::<Result<_, _>>()?;
    if sets.is_empty() { Err("no set to learn from".into()) } else { Ok((path, sets)) }
}

/// What `read` makes of each piece of the sets, given what is known of it and its bytes; pieces of which
/// it makes nothing are left out.
pub fn samples<T>(
    sets: &[Set],
    read: impl Fn(&Value, &[u8]) -> Option<T>,
) -> Result<Vec<Sample<T>>, Box<dyn Error>> {
    let mut samples = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        let first = samples.len();
        for (file, truth) in truths(&set.folder)? {
            let bytes = fs::read(format!("{}/{file}", set.folder))?;
            if let Some(data) = read(&truth, &bytes) {
                samples.push(Sample { set: index, fold: fold(&file), weight: 1.0, data });
            }
        }
        let weight = ((samples.len() - first).max(1) as f64).sqrt().recip();
        samples[first..].iter_mut().for_each(|sample: &mut Sample<T>| sample.weight = weight);
    }
    let total: f64 = samples.iter().map(|sample| sample.weight).sum();
    samples.iter_mut().for_each(|sample| sample.weight /= total);
    Ok(samples)
}

/// The names of the files of a folder, and what is known of each.
pub fn truths(folder: &str) -> Result<Vec<(String, Value)>, Box<dyn Error>> {
    let lines = fs::read_to_string(format!("{folder}/truth.jsonl"))?;
    let truths = lines.lines().map(|line| {
        let truth: Value = serde_json::from_str(line)?;
        let file = truth["file"].as_str().ok_or("a line without file")?.to_owned();
        Ok((file, truth))
    });
    truths.collect()
}

/// The fold of a piece: by a hash of the first letters and digits of its name, up to `__`, so that
/// performances and arrangements of one piece stay together.
pub fn fold(file: &str) -> u64 {
    let piece = file.split("__").next().unwrap_or(file);
    let letters: String = piece.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let mut hasher = DefaultHasher::new();
    letters.hash(&mut hasher);
    hasher.finish() % FOLDS
}

/// Number of a key such as `C# minor`, in any spelling: major keys from C upwards, then minor ones; `None`
/// for what is no key.
pub fn key_number(name: &str) -> Option<usize> {
    match keys_named(name)[..] {
        [key] => Some(key.index()),
        _ => None,
    }
}
