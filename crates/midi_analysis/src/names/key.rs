//! Keys in a name: a note and its mode (`Cmin`, `F# minor`, `Bbmaj`, `E-flat major`, `cis-Moll`),
//! a note with a small m (`F#m`, `Dm`), and a single note after `key` or `in`.
//!
//! Names that look like keys and are not, and how they are distinguished:
//! - 'A Minor Incident', 'It's A Major ...': where the note is written like the article, the mode has
//!   to end the name, or a word of music, a number or a punctuation mark has to follow.
//! - 'Am I Wrong', 'Let Em In', 'Fm Synth' (frequency modulation), 'Gm' (General MIDI): these four
//!   count only among numbers, words of music and edges of the name, or in brackets.
//! - `Am7`, `Cmaj7`, 'C major 7' are chords, and so is `C#m` beside its degree: 'vi - C#m'.
//! - 'Trumpet in Bb', 'Horn in F' are transposing instruments.
//! - A single letter, or a single `F#`, has no mode and names no key: 'A Day in the Life', 'C64'.

use std::ops::RangeInclusive;

use crate::model::key::{Key, Mode};
use crate::model::pitch_class::{PitchClass, natural};
use crate::names::claim::Claim;
use crate::names::reader::TagReader;
use crate::names::words::{Gap, Words};

/// A key in a component, and the words that name it.
pub(super) struct KeyWords {
    /// First and last word.
    pub(super) words: RangeInclusive<usize>,
    /// The key.
    key: Key,
}

/// Extensions of chords: directly after a key they make it a chord.
const CHORD_NUMBERS: [&str; 6] = ["6", "7", "9", "11", "13", "69"];
/// Degrees of a key.
const DEGREES: [&str; 7] = ["i", "ii", "iii", "iv", "v", "vi", "vii"];
/// Words between a note and `minor`.
const MINOR_SCALES: [&str; 3] = ["harmonic", "melodic", "natural"];
/// Modes that are neither major nor minor keys.
const OTHER_MODES: [&str; 8] =
    ["ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian", "chromatic"];
/// Words that may follow the key of a work.
const AFTER_KEY: [&str; 14] =
    ["op", "opus", "no", "nr", "bwv", "hwv", "rv", "k", "kv", "d", "hob", "woo", "for", "by"];
/// Transposing instruments: the key that follows is the instrument's, not the music's.
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
/// German names of notes, where B is B flat and H is B.
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

/// A note that a run of words spells, with its mode if it has one.
struct Spelled {
    tonic: u8,
    mode: Option<Mode>,
    last: usize,
    style: Style,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// `Cmin`, `E-flat`: unambiguous.
    Plain,
    /// A note with a small m.
    SmallM,
    /// The letter A alone and its mode.
    Article,
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
    found
}

fn read(reader: &TagReader, phrase: &str, first: usize) -> Option<KeyWords> {
    let words = reader.words();
    // No name of a note is longer than `fsharpminor`.
    if words.text(first).len() > 11 || is_inside_word(words, phrase, first) {
        return None;
    }
    let spelled = spell(words, phrase, first)?;
    let introduced = is_introduced(words, first);
    let counts = match (spelled.mode, spelled.style) {
        (Some(_), _) if is_chord(words, first, spelled.last) => false,
        (Some(_), Style::Plain) => true,
        (Some(_), Style::SmallM) => introduced || small_m_counts(reader, phrase, first),
        (Some(_), Style::Article) => {
            article_counts(reader, phrase, first, spelled.last, introduced)
        }
        (None, _) => introduced && single_note_counts(words, phrase, first, spelled.last),
    };
    let key = Key::new(PitchClass::new(spelled.tonic), spelled.mode.unwrap_or(Mode::Major));
    counts.then_some(KeyWords { words: first..=spelled.last, key })
}

/// The note that begins at a word, with the accidental and the mode that follow it.
fn spell(words: &Words, phrase: &str, first: usize) -> Option<Spelled> {
    let text = words.text(first);
    let is_capital = phrase[words.words()[first].source.clone()].starts_with(char::is_uppercase);
    if let Some((tonic, mode, last)) = spell_german(words, first) {
        return Some(Spelled { tonic, mode: Some(mode), last, style: Style::Plain });
    }
    let (letter, rest) = text.split_at_checked(1)?;
    let natural = natural(letter.chars().next()?)?;
    for (accidental, shift) in [("", 0), ("#", 1), ("b", 11), ("sharp", 1), ("flat", 11), ("s", 1)]
    {
        let Some(suffix) = rest.strip_prefix(accidental) else { continue };
        let mut tonic = (natural + shift) % 12;
        let mode = mode_of(suffix);
        if mode.is_some() {
            return Some(Spelled { tonic, mode, last: first, style: Style::Plain });
        }
        if suffix == "m" && matches!(accidental, "" | "#" | "b") {
            let is_small = phrase[words.words()[first].source.clone()].ends_with('m');
            let is_clear = is_small && (is_capital || accidental == "#");
            let style = match (accidental, letter) {
                ("", "a" | "e" | "f" | "g") => Style::SmallM,
                _ => Style::Plain,
            };
            let mode = Some(Mode::Minor);
            return is_clear.then_some(Spelled { tonic, mode, last: first, style });
        }
        if !suffix.is_empty() || accidental == "s" {
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
        let mode = mode_of(words.text(last + scale + 1));
        last += mode.map_or(0, |_| scale + 1);
        let style = if is_article { Style::Article } else { Style::Plain };
        return Some(Spelled { tonic, mode, last, style });
    }
    None
}

fn spell_german(words: &Words, first: usize) -> Option<(u8, Mode, usize)> {
    let note =
        |name: &str| GERMAN.iter().find(|(german, _)| *german == name).map(|&(_, note)| note);
    let text = words.text(first);
    for (word, mode) in [("dur", Mode::Major), ("moll", Mode::Minor)] {
        if let Some(tonic) = text.strip_suffix(word).and_then(note) {
            return Some((tonic, mode, first));
        }
        if words.text(first + 1) == word {
            return note(text).map(|tonic| (tonic, mode, first + 1));
        }
    }
    None
}

fn mode_of(word: &str) -> Option<Mode> {
    match word {
        "maj" | "major" | "dur" => Some(Mode::Major),
        "min" | "minor" | "moll" => Some(Mode::Minor),
        _ => None,
    }
}

/// Whether a separator is between a word and the one before it.
fn is_apart(words: &Words, index: usize) -> bool {
    words.words().get(index).is_none_or(|word| word.gap != Gap::None)
}

/// Whether only its capital splits the word from the end of another: `IDm`.
fn is_inside_word(words: &Words, phrase: &str, index: usize) -> bool {
    !is_apart(words, index)
        && phrase[..words.words()[index].source.start].ends_with(char::is_uppercase)
}

/// Whether `key`, `key of` or `in` precedes this word.
fn is_introduced(words: &Words, first: usize) -> bool {
    match first.checked_sub(1).map(|before| words.text(before)) {
        Some("key" | "in") => true,
        Some("of") => first > 1 && words.text(first - 2) == "key",
        _ => false,
    }
}

/// Whether a number makes the key a chord (`Am7`, 'C major 7'), or a degree beside a key of one
/// word does. Beside a key of two words, the roman numeral is the number of a movement.
fn is_chord(words: &Words, first: usize, last: usize) -> bool {
    let next = words.text(last + 1);
    let has_degree = [words.text(first.wrapping_sub(1)), next].iter().any(|w| DEGREES.contains(w));
    let is_seventh =
        if is_apart(words, last + 1) { next == "7" } else { CHORD_NUMBERS.contains(&next) };
    is_seventh || first == last && has_degree
}

/// Whether the word may follow a key: it is beyond the edge, musical, or separated by a break.
fn may_follow(reader: &TagReader, index: usize) -> bool {
    let words = reader.words();
    words.words().get(index).is_none_or(|word| word.gap == Gap::Break)
        || reader.is_musical(index)
        || AFTER_KEY.contains(&words.text(index))
}

/// Whether a key may begin at the word: it is the first, separated by a break, or after a musical one.
fn may_begin(reader: &TagReader, index: usize) -> bool {
    reader.words().words()[index].gap == Gap::Break || reader.is_musical(index - 1)
}

/// Am, Em, Fm and Gm beside a tempo, or among numbers, words of music and edges.
fn small_m_counts(reader: &TagReader, phrase: &str, index: usize) -> bool {
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
fn article_counts(
    reader: &TagReader,
    phrase: &str,
    first: usize,
    last: usize,
    introduced: bool,
) -> bool {
    let words = reader.words();
    let is_capital = phrase[words.words()[first].source.clone()].starts_with('A');
    let is_whole_word = words.text(last).len() > 3;
    let before_number = words.words().get(last + 1).is_some_and(|word| word.is_number);
    may_follow(reader, last + 1)
        && (introduced
            || is_capital && (is_whole_word || before_number || may_begin(reader, first)))
}

/// A note without a mode after `key` or `in`: a capital that is not part of `C64` or `D.C.`. After
/// `in`, no transposing instrument may precede, and A counts only at the end.
fn single_note_counts(words: &Words, phrase: &str, first: usize, last: usize) -> bool {
    let next = words.text(last + 1);
    let is_capital = phrase[words.words()[first].source.clone()].starts_with(char::is_uppercase);
    let is_alone = is_apart(words, last + 1) && next.len() != 1 && !OTHER_MODES.contains(&next);
    let after_in = words.text(first - 1) == "in";
    let transposes = first > 1 && TRANSPOSING.contains(&words.text(first - 2));
    let is_article = words.text(first) == "a" && last == first && !next.is_empty();
    is_capital && is_alone && !(after_in && (transposes || is_article))
}
