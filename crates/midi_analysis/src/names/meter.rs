//! Meters in a name: `4-4`, `6_8`, beside a tempo ('Am 4-4 100') or a kind of pattern
//! (`1_rock_190_beat_4-4`).

use std::ops::RangeInclusive;

use crate::model::words::Words;
use crate::names::numbers::bare_tempo;

/// The meters that people name files for.
const METERS: [(&str, &str); 19] = [
    ("2", "2"),
    ("3", "2"),
    ("2", "4"),
    ("3", "4"),
    ("4", "4"),
    ("5", "4"),
    ("6", "4"),
    ("7", "4"),
    ("9", "4"),
    ("11", "4"),
    ("3", "8"),
    ("5", "8"),
    ("6", "8"),
    ("7", "8"),
    ("9", "8"),
    ("11", "8"),
    ("12", "8"),
    ("15", "8"),
    ("7", "16"),
];

/// The words of all meters of a name, each of two numbers.
pub(super) fn find(words: &Words, phrase: &str) -> Vec<RangeInclusive<usize>> {
    let mut found = Vec::new();
    let mut index = 0;
    while index + 1 < words.words().len() {
        if is_meter(words, phrase, index) {
            found.push(index..=index + 1);
            index += 1;
        }
        index += 1;
    }
    found
}

/// Whether a word and the next are a meter.
pub(super) fn is_meter(words: &Words, phrase: &str, index: usize) -> bool {
    let sign = words.between(phrase, index);
    METERS.contains(&(words.text(index), words.text(index + 1)))
        && matches!(sign, "-" | "_" | ":" | "∕" | "⁄")
        && !(sign == "-" && is_in_chain(words, phrase, index))
}

/// Whether the two numbers are part of a date or a result, 12-4-4 or 4-4-2, and not beside a tempo.
fn is_in_chain(words: &Words, phrase: &str, index: usize) -> bool {
    let is_link = |number: usize, left: usize| {
        words.words().get(number).is_some_and(|word| word.is_number)
            && words.between(phrase, left) == "-"
            && bare_tempo(words, number).is_none_or(|value| value < 100.0)
    };
    index > 0 && is_link(index - 1, index - 1) || is_link(index + 2, index + 1)
}
