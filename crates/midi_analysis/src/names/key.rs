//! Keys in a name, in the languages and notations that people use.
//!
//! - A note and its mode: `Cmin`, `F# minor`, `Bbmaj`, 'E-flat major', `cis-Moll`, 'si bemolle
//!   maggiore', 'ля минор' ([`languages`], [`spelling`]), also with the mode first: `Minor_long_B`
//!   ([`reversed`]).
//! - A note with a small m: `F#m`, `Dm`.
//! - A single note after `key` or `in`.
//! - Chinese, Japanese and Korean keys: ハ長調 ([`east_asian`]).
//! - Codes of DJs: `8A`, `1m` ([`wheel`]).
//!
//! Names that look like keys and are not, and how they are distinguished ([`context`]):
//! - 'A Minor Incident', 'It's A Major ...': where the note is written like the article, the mode has
//!   to end the name, or a word of music, a number or a punctuation mark has to follow. The same goes
//!   for other words of other languages: 'la menor idea', 'mi mayor error', 'A. Klein'.
//! - 'Am I Wrong', 'Let Em In', 'Fm Synth' (frequency modulation), 'Gm' (General MIDI): these four
//!   count only among numbers, words of music and edges of the name, or in brackets.
//! - `Am7`, `Cmaj7`, 'C major 7' are chords, and so are `C#m` beside its degree, 'vi - C#m', and three
//!   in succession, 'Dm G C' ([`chords`]).
//! - 'Trumpet in Bb', 'Horn in F' are transposing instruments.
//! - A single letter, or a single `F#`, has no mode and names no key: 'A Day in the Life', 'C64'.

mod chords;
mod context;
mod east_asian;
mod languages;
mod reversed;
mod spelling;
mod wheel;

use std::ops::RangeInclusive;

use crate::model::key::{Key, Mode};
use crate::model::pitch_class::PitchClass;
use crate::model::words::{MAX_PHRASE, Words};
use crate::names::claim::Claim;
use crate::names::reader::TagReader;

/// A key in a component, and the words that name it.
pub(super) struct KeyWords {
    /// First and last word.
    pub(super) words: RangeInclusive<usize>,
    /// Whether it is written as in the title of a work: 'in G major', not `Gmaj`.
    pub(super) is_of_title: bool,
    key: Key,
}

/// The key that a component names.
pub(super) fn claim(keys: &[KeyWords]) -> Claim<Key> {
    let mut claim = Claim::None;
    keys.iter().for_each(|key| claim.add(key.key));
    claim
}

/// All keys that a component names.
pub(super) fn find(reader: &TagReader, phrase: &str) -> Vec<KeyWords> {
    let words = reader.words();
    let mut found = Vec::new();
    let mut index = 0;
    while index < words.words().len() {
        match read(reader, phrase, index) {
            Some(key) => {
                index = key.words.end() + 1;
                found.push(key);
            }
            None => index += 1,
        }
    }
    for (at, key) in east_asian::find(phrase) {
        if let Some(word) = words.words().iter().position(|word| word.source.contains(&at)) {
            found.push(KeyWords::of(word..=word, key));
        }
    }
    found
}

/// The key that a text names and nothing else, in any of these ways.
pub(crate) fn named(text: &str) -> Option<Key> {
    let mut words = Words::default();
    words.read(text);
    let last = words.words().len().checked_sub(1).filter(|_| text.len() <= MAX_PHRASE)?;
    if let Some(key) = wheel::code(&words, 0).filter(|_| last == 1) {
        return Some(key);
    }
    if let Some(key) = east_asian::whole(text) {
        return Some(key);
    }
    let spelled = spelling::spell(&words, text, 0).filter(|spelled| spelled.last == last)?;
    spelled.mode.map(|mode| Key::new(PitchClass::new(spelled.tonic), mode))
}

fn read(reader: &TagReader, phrase: &str, first: usize) -> Option<KeyWords> {
    let words = reader.words();
    if words.words()[first].is_number {
        let key = wheel::read(reader, phrase, first)?;
        return Some(KeyWords::of(first..=first + 1, key));
    }
    if context::is_inside_word(words, phrase, first) {
        return None;
    }
    if let Some((key, last)) = reversed::read(reader, phrase, first) {
        return Some(KeyWords::of(first..=last, key));
    }
    let spelled = spelling::spell(words, phrase, first)?;
    if !context::counts(reader, phrase, first, &spelled) {
        return None;
    }
    let before = first.checked_sub(1).map_or("", |before| words.text(before));
    let is_in = context::is_introduced(words, first) && !matches!(before, "key" | "of");
    let mode = spelled.mode.or_else(|| reversed::mode_before(words, first - 1));
    let key = Key::new(PitchClass::new(spelled.tonic), mode.unwrap_or(Mode::Major));
    let is_of_title = is_in && (spelled.is_full || spelled.mode.is_none());
    Some(KeyWords { is_of_title, ..KeyWords::of(first..=spelled.last, key) })
}

impl KeyWords {
    fn of(words: RangeInclusive<usize>, key: Key) -> Self {
        Self { words, is_of_title: false, key }
    }
}
