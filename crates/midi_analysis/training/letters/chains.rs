//! The chain of letters of a language.

use std::collections::BTreeMap;

use super::languages::{ASCII, Language, Letters};
use super::models::{Model, Shares};

/// Share of a letter from which a language uses it, where the alphabet is found by that: names and
/// quotations have all letters.
const LEAST: f64 = 3e-5;
/// Weight of the pairs; the rest is of letters by themselves, so that a rare pair is not impossible.
const PAIRS: f64 = 0.97;
/// Probability that a word ends, whatever its last letter is.
const END: f64 = 0.2;
/// Bits of what is rarest.
const MOST: f64 = 15.0;
/// The digit of what cannot be: no word is empty.
const CANNOT_BE: &str = "f";

/// Of a language its name, its letters, and the rows of bits: for the start of a word, then for each letter
/// before, the bits of each letter and of the end of the word, as hexadecimal digits.
pub fn alphabet(language: &Language, model: &Model) -> [String; 3] {
    let letters = letters(&language.letters, &model.letters);
    let one = |letter| one_of(language.variants, letter);
    let model = merged(model, one);
    let begins = begins(&model);
    let row = |pair: &dyn Fn(char) -> f64| {
        let bits = letters.iter().map(|&letter| {
            let letter = one(letter);
            digit(mixed(pair(letter), share(&model.letters, letter)))
        });
        bits.collect::<String>()
    };
    let mut rows = vec![row(&|letter| share(&begins, letter)) + CANNOT_BE];
    rows.extend(letters.iter().map(|&first| {
        let first = one(first);
        let end = mixed(1.0 - letters_after(&model, first), END);
        let pair = |second| model.pairs.get(&(first, second)).copied().unwrap_or(0.0);
        row(&pair) + &digit(end)
    }));
    [language.name.to_owned(), String::from_iter(letters), rows.join(" ")]
}

fn mixed(pair: f64, alone: f64) -> f64 {
    PAIRS * pair + (1.0 - PAIRS) * alone
}

fn share(shares: &Shares, letter: char) -> f64 {
    shares.get(&letter).copied().unwrap_or(0.0)
}

fn digit(probability: f64) -> String {
    let bits = -probability.max((-MOST).exp2()).log2();
    format!("{:x}", bits.round().clamp(0.0, MOST) as u8)
}

/// The share of pairs with a first letter that have any second one: in the rest, the word ends.
fn letters_after(model: &Model, first: char) -> f64 {
    model.pairs.range((first, '\0')..=(first, char::MAX)).map(|(_, share)| share).sum()
}

/// Of the letters that no other comes before, the share of each.
fn begins(model: &Model) -> Shares {
    let mut begins = model.letters.clone();
    for (&(first, second), pair) in &model.pairs {
        if let Some(left) = begins.get_mut(&second) {
            *left -= pair * share(&model.letters, first);
        }
    }
    begins.values_mut().for_each(|share| *share = share.max(0.0));
    let all: f64 = begins.values().sum();
    begins.values_mut().for_each(|share| *share /= all);
    begins
}

/// The code point that stands for a letter that is written as several.
fn one_of(variants: &[[char; 2]], letter: char) -> char {
    variants.iter().find(|[_, other]| *other == letter).map_or(letter, |&[one, _]| one)
}

/// The shares where letters that are one count together.
fn merged(model: &Model, one: impl Fn(char) -> char) -> Model {
    let mut merged = Model { letters: Shares::new(), pairs: BTreeMap::new() };
    for (&letter, share) in &model.letters {
        *merged.letters.entry(one(letter)).or_default() += share;
    }
    for (&(first, second), pair) in &model.pairs {
        let part = share(&model.letters, first) / share(&merged.letters, one(first));
        *merged.pairs.entry((one(first), one(second))).or_default() += part * pair;
    }
    merged
}

fn letters(letters: &Letters, shares: &Shares) -> Vec<char> {
    let used = || shares.iter().filter(|&(_, &share)| share > LEAST).map(|(&letter, _)| letter);
    match letters {
        Letters::Latin(accented) => ASCII.chars().chain(accented.chars()).collect(),
        Letters::LatinInUse => {
            ASCII.chars().chain(used().filter(|letter| !letter.is_ascii())).collect()
        }
        Letters::InUse(block) => used().filter(|letter| block.contains(letter)).collect(),
    }
}
