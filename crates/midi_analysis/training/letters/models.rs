//! Models of languages, as lingua-language-detector has them (<https://pypi.org/project/lingua-language-detector>):
//! for each language a folder named by its tag, with `unigrams.json` and `bigrams.json`.
//!
//! `ngrams` gives the sequences of letters of a share, `"3/1000": "a b"`: of a single letter the share among all
//! letters, of a pair the share among the pairs with its first letter. The package has the files compressed by
//! Brotli; they are read unpacked.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use serde_json::Value;

/// The share of each letter.
pub type Shares = BTreeMap<char, f64>;

type Sequences = Vec<(Vec<char>, f64)>;

/// What is known of a language.
pub struct Model {
    /// The share of each letter among all.
    pub letters: Shares,
    /// The share of each pair among those with its first letter.
    pub pairs: BTreeMap<(char, char), f64>,
}

impl Model {
    /// The model of a language.
    pub fn read(folder: &str, tag: &str) -> Result<Self, Box<dyn Error>> {
        let pairs = sequences(&format!("{folder}/{tag}/bigrams.json"))?
            .into_iter()
            .map(|(pair, share)| match pair[..] {
                [first, second] => Ok(((first, second), share)),
                _ => Err("a pair is not of two letters"),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { letters: letters(folder, tag)?, pairs })
    }
}

/// The share of each letter of a language among all.
pub fn letters(folder: &str, tag: &str) -> Result<Shares, Box<dyn Error>> {
    let letters = sequences(&format!("{folder}/{tag}/unigrams.json"))?
        .into_iter()
        .map(|(letters, share)| match letters[..] {
            [letter] => Ok((letter, share)),
            _ => Err("a letter is not a single one"),
        })
        .collect::<Result<_, _>>()?;
    Ok(letters)
}

/// The sequences of letters of a file, and the share of each.
fn sequences(path: &str) -> Result<Sequences, Box<dyn Error>> {
    let file = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let file: Value = serde_json::from_slice(&file)?;
    let ngrams = file["ngrams"].as_object().ok_or_else(|| format!("{path} has no ngrams"))?;
    let mut sequences = Vec::new();
    for (share, list) in ngrams {
        let (count, all) = share.split_once('/').ok_or("a share is no fraction")?;
        let share = count.parse::<f64>()? / all.parse::<f64>()?;
        let list = list.as_str().ok_or("ngrams are no text")?;
        sequences.extend(list.split(' ').map(|sequence| (sequence.chars().collect(), share)));
    }
    Ok(sequences)
}
