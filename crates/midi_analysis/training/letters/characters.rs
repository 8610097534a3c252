//! The ranks of the characters of East Asia.
//!
//! Chinese is counted in both writings, since the model of the language has texts in either: each character is
//! converted by the first choice of the tables of OpenCC (<https://github.com/BYVoid/OpenCC>). A line of a table
//! has a character, a tab, and its counterparts divided by spaces.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::ops::RangeInclusive;

use super::models::Shares;

/// The languages whose characters are ranked: Chinese, Japanese and Korean.
pub const LANGUAGES: [&str; 3] = ["zh", "ja", "ko"];
/// The tables of characters.
pub const TABLES: [&str; 2] = [TO_SIMPLIFIED, TO_TRADITIONAL];
/// The table of the traditional characters.
pub const TO_SIMPLIFIED: &str = "TSCharacters.txt";
/// The table of the simplified characters.
pub const TO_TRADITIONAL: &str = "STCharacters.txt";

/// Which characters are ranked, and how many.
pub struct Ranked {
    block: RangeInclusive<char>,
    most: usize,
}

/// Ideographs of Chinese.
pub const HAN: Ranked = Ranked { block: '\u{3400}'..='\u{9FFF}', most: 1024 };
/// Ideographs of Japanese, which has kana too.
pub const KANJI: Ranked = Ranked { block: '\u{4E00}'..='\u{9FFF}', most: 768 };
/// Syllables of Korean.
pub const HANGUL: Ranked = Ranked { block: '\u{AC00}'..='\u{D7A3}', most: 768 };

/// The most frequent characters, the most frequent first; of equally frequent ones the first in Unicode.
pub fn ranked(shares: Shares, what: &Ranked) -> String {
    let mut characters: Vec<_> =
        shares.into_iter().filter(|(c, _)| what.block.contains(c)).collect();
    characters.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    characters.into_iter().take(what.most).map(|(c, _)| c).collect()
}

/// Converts characters into the other writing of Chinese.
pub struct Converter(HashMap<char, char>);

impl Converter {
    /// The converter of a table.
    pub fn read(folder: &str, table: &str) -> Result<Self, Box<dyn Error>> {
        let path = format!("{folder}/{table}");
        let file = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let pairs = file.lines().filter_map(|line| {
            let (from, to) = line.split_once('\t')?;
            Some((from.chars().next()?, to.chars().next()?))
        });
        Ok(Self(pairs.collect()))
    }

    /// The shares of the characters of a text in the other writing.
    pub fn converted(&self, shares: &Shares) -> Shares {
        let mut converted = Shares::new();
        for (c, share) in shares {
            *converted.entry(*self.0.get(c).unwrap_or(c)).or_default() += share;
        }
        converted
    }
}
