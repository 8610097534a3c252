//! Keys in a name: a note and its mode (`Cmin`, `F# minor`, `Bbmaj`, `E-flat major`, `cis-Moll`),
//! a small m (`F#m`, `Dm`), and a lone note after `key` or `in`.
//!
//! Traps, and what is done about them:
//! - 'A Minor Incident', 'It's A Major ...': with the article's letter the mode must end the name or
//!   stand before a word of music, a number or a mark.
//! - 'Am I Wrong', 'Let Em In', 'Fm Synth' (frequency modulation), 'Gm' (General MIDI): these four
//!   need a neighbourhood of numbers, words of music and edges, or brackets.
//! - `Am7`, `Cmaj7`, 'C major 7' are chords, and so is `C#m` beside its degree: 'vi - C#m'.
//! - 'Trumpet in Bb', 'Horn in F' are instruments that transpose.
//! - A lone letter, or a lone `F#`, says no mode and is no key: 'A Day in the Life', 'C64'.

use std::ops::RangeInclusive;

use super::Said;
use crate::model::pitch_class::natural;
use crate::names::tags::Reader;
use crate::names::words::{Gap, Words};

/// A key in a component, and the words that name it.
pub(super) struct KeyWords {
    /// First and last word.
    pub(super) words: RangeInclusive<usize>,
    /// 0-11 major from C upwards, 12-23 minor.
    key: u8,
}

/// Extensions of chords: written to a key they make it a chord.
const CHORD_NUMBERS: [&str; 6] = ["6", "7", "9", "11", "13", "69"];
/// Degrees of a key.
const DEGREES: [&str; 7] = ["i", "ii", "iii", "iv", "v", "vi", "vii"];
/// What may stand between a note and `minor`.
const MINOR_SCALES: [&str; 3] = ["harmonic", "melodic", "natural"];
/// Modes that are neither major nor minor keys.
const OTHER_MODES: [&str; 8] =
    ["ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian", "chromatic"];
/// What may follow a work's key.
const AFTER_KEY: [&str; 14] =
    ["op", "opus", "no", "nr", "bwv", "hwv", "rv", "k", "kv", "d", "hob", "woo", "for", "by"];
/// Instruments that are built in a key, which is not the music's.
const TRANSPOSING: [&str; 12] = [
    "clarinet",
    "clarinets",
    "trumpet",
    "trumpets",
    "horn",
    "horns",
    "cornet",
    "sax",
    "saxophone",
    "flugelhorn",
    "part",
    "harmonica",
];
/// German names of notes, B being B flat and H being B.
const GERMAN: [(&str, u8); 21] = [
    ("c", 0),
    ("cis", 1),
    ("des", 1),
    ("d", 2),
    ("dis", 3),
    ("es", 3),
    ("e", 4),
    ("eis", 5),
    ("fes", 4),
    ("f", 5),
    ("fis", 6),
    ("ges", 6),
    ("g", 7),
    ("gis", 8),
    ("as", 8),
    ("a", 9),
    ("ais", 10),
    ("b", 10),
    ("h", 11),
    ("ces", 11),
    ("his", 0),
];

/// A note, perhaps with its mode, that a run of words spells.
struct Spelled {
    tonic: u8,
    minor: Option<bool>,
    last: usize,
    style: Style,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// `Cmin`, `E-flat`: nothing else is written so.
    Plain,
    /// A note with a small m.
    SmallM,
    /// The letter A alone and its mode.
    Article,
}

/// The key that a component names.
pub(super) fn said(keys: &[KeyWords]) -> Said<u8> {
    let mut said = Said::Nothing;
    keys.iter().for_each(|key| said.add(key.key));
    said
}

/// All keys that a component names.
pub(super) fn find(reader: &Reader, phrase: &str) -> Vec<KeyWords> {
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
    found
}

fn read(reader: &Reader, phrase: &str, first: usize) -> Option<KeyWords> {
    let words = reader.words();
    // No name of a note is longer than `fsharpminor`.
    if words.text(first).len() > 11 || is_inside_word(words, phrase, first) {
        return None;
    }
    let spelled = spell(words, phrase, first)?;
    let led = lead(words, first);
    let stands = match (spelled.minor, spelled.style) {
        (Some(_), _) if is_chord(words, first, spelled.last) => false,
        (Some(_), Style::Plain) => true,
        (Some(_), Style::SmallM) => led || small_m_stands(reader, phrase, first),
        (Some(_), Style::Article) => article_stands(reader, phrase, first, spelled.last, led),
        (None, _) => led && lone_note_stands(words, phrase, first, spelled.last),
    };
    let key = spelled.tonic + if spelled.minor == Some(true) { 12 } else { 0 };
    stands.then_some(KeyWords { words: first..=spelled.last, key })
}

/// The note that begins at a word, with the accidental and the mode that follow it.
fn spell(words: &Words, phrase: &str, first: usize) -> Option<Spelled> {
    let text = words.text(first);
    let is_capital = phrase[words.words()[first].source.clone()].starts_with(char::is_uppercase);
    if let Some((tonic, minor, last)) = spell_german(words, first) {
        return Some(Spelled { tonic, minor: Some(minor), last, style: Style::Plain });
    }
    let (letter, rest) = text.split_at_checked(1)?;
    let natural = natural(letter.chars().next()?)?;
    for (accidental, shift) in [("", 0), ("#", 1), ("b", 11), ("sharp", 1), ("flat", 11), ("s", 1)]
    {
        let Some(mode) = rest.strip_prefix(accidental) else { continue };
        let mut tonic = (natural + shift) % 12;
        let minor = mode_of(mode);
        if minor.is_some() {
            return Some(Spelled { tonic, minor, last: first, style: Style::Plain });
        }
        if mode == "m" && matches!(accidental, "" | "#" | "b") {
            let is_small = phrase[words.words()[first].source.clone()].ends_with('m');
            let is_clear = is_small && (is_capital || accidental == "#");
            let style = match (accidental, letter) {
                ("", "a" | "e" | "f" | "g") => Style::SmallM,
                _ => Style::Plain,
            };
            return is_clear.then_some(Spelled { tonic, minor: Some(true), last: first, style });
        }
        if !mode.is_empty() || accidental == "s" {
            continue;
        }
        let mut last = first;
        let mut is_natural = accidental.is_empty();
        let turn = match words.text(first + 1) {
            "sharp" => 1,
            "flat" => 11,
            _ => 0,
        };
        if is_natural && turn > 0 {
            tonic = (natural + turn) % 12;
            last += 1;
            is_natural = false;
        }
        let is_article = letter == "a" && is_natural && is_apart(words, last + 1);
        let scale = usize::from(MINOR_SCALES.contains(&words.text(last + 1)));
        let minor = mode_of(words.text(last + scale + 1));
        last += minor.map_or(0, |_| scale + 1);
        let style = if is_article { Style::Article } else { Style::Plain };
        return Some(Spelled { tonic, minor, last, style });
    }
    None
}

fn spell_german(words: &Words, first: usize) -> Option<(u8, bool, usize)> {
    let note =
        |name: &str| GERMAN.iter().find(|(german, _)| *german == name).map(|&(_, note)| note);
    let text = words.text(first);
    for (mode, minor) in [("dur", false), ("moll", true)] {
        if let Some(tonic) = text.strip_suffix(mode).and_then(note) {
            return Some((tonic, minor, first));
        }
        if words.text(first + 1) == mode {
            return note(text).map(|tonic| (tonic, minor, first + 1));
        }
    }
    None
}

fn mode_of(word: &str) -> Option<bool> {
    match word {
        "maj" | "major" | "dur" => Some(false),
        "min" | "minor" | "moll" => Some(true),
        _ => None,
    }
}

/// Whether something is written between a word and the one before it.
fn is_apart(words: &Words, index: usize) -> bool {
    words.words().get(index).is_none_or(|word| word.gap != Gap::None)
}

/// Whether the word is cut from the end of another by its capital alone: `IDm`.
fn is_inside_word(words: &Words, phrase: &str, index: usize) -> bool {
    !is_apart(words, index)
        && phrase[..words.words()[index].source.start].ends_with(char::is_uppercase)
}

/// Whether `key`, `key of` or `in` leads to this word.
fn lead(words: &Words, first: usize) -> bool {
    match first.checked_sub(1).map(|before| words.text(before)) {
        Some("key" | "in") => true,
        Some("of") => first > 1 && words.text(first - 2) == "key",
        _ => false,
    }
}

/// Whether a number makes a chord of the key (`Am7`, 'C major 7'), or a degree beside a key in one
/// word; beside one in two words it is a movement.
fn is_chord(words: &Words, first: usize, last: usize) -> bool {
    let next = words.text(last + 1);
    let has_degree = [words.text(first.wrapping_sub(1)), next].iter().any(|w| DEGREES.contains(w));
    let is_seventh =
        if is_apart(words, last + 1) { next == "7" } else { CHORD_NUMBERS.contains(&next) };
    is_seventh || first == last && has_degree
}

/// Whether the word is beyond the edge, musical, or set off from the one before it.
fn may_follow(reader: &Reader, index: usize) -> bool {
    let words = reader.words();
    words.words().get(index).is_none_or(|word| word.gap == Gap::Break)
        || reader.is_musical(index)
        || AFTER_KEY.contains(&words.text(index))
}

/// Whether the word is the first, set off from the one before it, or stands behind a musical one.
fn may_begin(reader: &Reader, index: usize) -> bool {
    reader.words().words()[index].gap == Gap::Break || reader.is_musical(index - 1)
}

/// Am, Em, Fm and Gm beside a tempo, or among numbers, words of music and edges.
fn small_m_stands(reader: &Reader, phrase: &str, index: usize) -> bool {
    let words = reader.words();
    let is_number = |index: usize| words.words().get(index).is_some_and(|word| word.is_number);
    // An FM synth, a GM piano.
    let is_kind = phrase[words.words()[index].source.clone()].starts_with(['F', 'G'])
        && reader.is_musical(index + 1)
        && !is_number(index + 1);
    let before = index.checked_sub(1).map_or("", |before| words.text(before));
    let by_tempo = before == "bpm" || is_number(index + 1) && words.text(index + 2) == "bpm";
    by_tempo || may_begin(reader, index) && may_follow(reader, index + 1) && !is_kind
}

/// The letter A and a mode, which may be the article before a noun.
fn article_stands(reader: &Reader, phrase: &str, first: usize, last: usize, led: bool) -> bool {
    let words = reader.words();
    let is_capital = phrase[words.words()[first].source.clone()].starts_with('A');
    let is_whole_word = words.text(last).len() > 3;
    let before_number = words.words().get(last + 1).is_some_and(|word| word.is_number);
    may_follow(reader, last + 1)
        && (led || is_capital && (is_whole_word || before_number || may_begin(reader, first)))
}

/// A note without a mode behind `key` or `in`: a capital, and no part of `C64` or `D.C.`. Behind
/// `in`, no instrument that transposes, and A only at the end.
fn lone_note_stands(words: &Words, phrase: &str, first: usize, last: usize) -> bool {
    let next = words.text(last + 1);
    let is_capital = phrase[words.words()[first].source.clone()].starts_with(char::is_uppercase);
    let is_alone = is_apart(words, last + 1) && next.len() != 1 && !OTHER_MODES.contains(&next);
    let behind_in = words.text(first - 1) == "in";
    let transposes = first > 1 && TRANSPOSING.contains(&words.text(first - 2));
    let is_article = words.text(first) == "a" && last == first && !next.is_empty();
    is_capital && is_alone && !(behind_in && (transposes || is_article))
}
