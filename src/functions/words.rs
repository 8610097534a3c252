//! `midi_words`, `midi_words_query`: words for full text search, without stemming, case and punctuation.

use pgrx::datum::Array;
use pgrx::prelude::*;

use crate::pg::full_text::{Phrase, Words};
use crate::pg::interrupts::polled;

/// The most texts and characters that are read: a `tsvector` holds at most a megabyte, so long texts are cut rather
/// than rejected.
const MOST: usize = 100_000;
/// The most characters of a phrase: the longest query of `midi_search`.
const LONGEST_PHRASE: usize = 10_000;

#[pg_extern(immutable, strict, parallel_safe)]
fn midi_words(texts: Array<'_, &str>) -> Words {
    let texts = polled(texts.iter()).take(MOST).flatten();
    Words::of(&spaced(texts.flat_map(|text| text.chars().chain([' '])), MOST))
}

#[pg_extern(immutable, strict, parallel_safe)]
fn midi_words_query(phrase: &str, prefix: default!(bool, false)) -> Phrase {
    Phrase::of(&spaced(phrase.chars(), LONGEST_PHRASE), prefix)
}

/// The first characters, with spaces for ASCII punctuation, by which full text search would tell tokens of other kinds
/// than words, such as paths and numbers with signs.
fn spaced(characters: impl Iterator<Item = char>, most: usize) -> String {
    characters.take(most).map(|c| if c.is_ascii_punctuation() { ' ' } else { c }).collect()
}
