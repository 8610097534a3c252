//! Whether words that spell a key are one where they are, or a title: what may be before and after.

use crate::model::words::{Gap, Words};
use crate::names::key::chords;
use crate::names::key::languages::INTRODUCING;
use crate::names::key::spelling::{Spelled, Style};
use crate::names::key::wheel;
use crate::names::meter::is_meter;
use crate::names::numbers::bare_tempo;
use crate::names::reader::TagReader;
use crate::names::titles::{is_composer, is_work};

/// Modes that are neither major nor minor keys.
const OTHER_MODES: [&str; 8] =
    ["ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian", "chromatic"];
/// Words that may follow the key of a work.
const AFTER_KEY: [&str; 32] = [
    "op", "opus", "no", "nr", "bwv", "hwv", "rv", "k", "kv", "d", "hob", "woo", "b", "kk", "l",
    "sz", "wq", "twv", "swv", "wwv", "buxwv", "for", "by", "fur", "para", "pour", "per", "von",
    "van", "de", "di", "av",
];
/// Spanish, Portuguese and Italian for what is in a key: scales, chords, progressions.
const KEYED: [&str; 10] = [
    "escala",
    "scala",
    "tonalidad",
    "tonalidade",
    "tonalita",
    "acorde",
    "acordes",
    "accordo",
    "accordi",
    "giro",
];
/// Transposing instruments: the key that follows is the instrument's, not the music's.
const TRANSPOSING: [&str; 22] = [
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
    "klarinette",
    "klarinetten",
    "clarinette",
    "trompete",
    "trompeten",
    "trompette",
    "horner",
    "kornett",
    "saxophon",
    "clarinetto",
];

/// Whether the words that spell a note, and its mode if it has one, name a key.
pub(super) fn counts(reader: &TagReader, phrase: &str, first: usize, spelled: &Spelled) -> bool {
    let words = reader.words();
    let introduced = is_introduced(words, first);
    match (spelled.mode, spelled.style) {
        (Some(_), _) if chords::is_chord(words, phrase, first, spelled.last) => false,
        (Some(_), Style::Plain) => true,
        (Some(_), Style::SmallM) => introduced || small_m_counts(reader, phrase, first),
        (Some(_), Style::Article) => {
            article_counts(reader, phrase, first, spelled.last, introduced)
        }
        (Some(_), Style::Doubtful) => doubtful_counts(reader, first, spelled.last, introduced),
        (None, Style::Doubtful) => is_note_of_work(reader, first, spelled.last),
        (None, _) => introduced && single_note_counts(words, phrase, first, spelled.last),
    }
}

/// Whether only its capital splits the word from the end of another: `IDm`.
pub(super) fn is_inside_word(words: &Words, phrase: &str, index: usize) -> bool {
    !words.is_apart(index)
        && phrase[..words.words()[index].source.start].ends_with(char::is_uppercase)
}

/// Whether a word that introduces a key precedes this word: `key`, `key of`, `in`, `escala de`.
pub(super) fn is_introduced(words: &Words, first: usize) -> bool {
    let owner = first.checked_sub(2).map_or("", |owner| words.text(owner));
    match first.checked_sub(1).map(|before| words.text(before)) {
        Some("of") => owner == "key",
        Some("de" | "di") => KEYED.contains(&owner),
        Some(before) => INTRODUCING.contains(&before),
        None => false,
    }
}

/// Whether the word may follow a key: it is beyond the edge, musical, or separated by a break.
fn may_follow(reader: &TagReader, index: usize) -> bool {
    let words = reader.words();
    words.words().get(index).is_none_or(|word| word.gap == Gap::Break)
        || reader.is_musical(index)
        || is_composer(words.text(index))
        || AFTER_KEY.contains(&words.text(index))
}

/// Whether a key may begin at the word: it is the first, separated by a break, or after a musical one
/// or a code for a key.
fn may_begin(reader: &TagReader, index: usize) -> bool {
    let words = reader.words();
    words.words()[index].gap == Gap::Break
        || reader.is_musical(index - 1)
        || is_composer(words.text(index - 1))
        || index > 1 && wheel::code(words, index - 2).is_some()
}

/// Am, Em, Fm and Gm beside a tempo or a meter, or among numbers, words of music and edges.
fn small_m_counts(reader: &TagReader, phrase: &str, index: usize) -> bool {
    let words = reader.words();
    let is_number = |index: usize| words.words().get(index).is_some_and(|word| word.is_number);
    let after_tempo = index > 0 && bare_tempo(words, index - 1).is_some();
    // An FM synth, a GM piano.
    let is_kind = phrase[words.words()[index].source.clone()].starts_with(['F', 'G'])
        && words.words().get(index + 1).is_some_and(|next| next.gap != Gap::Break)
        && reader.is_musical(index + 1)
        && !is_number(index + 1)
        && !after_tempo;
    let before = index.checked_sub(1).map_or("", |before| words.text(before));
    let by_tempo = before == "bpm"
        || is_number(index + 1) && words.text(index + 2) == "bpm"
        || is_meter(words, phrase, index + 1);
    by_tempo
        || is_field_beside_tempo(words, phrase, index)
        || may_begin(reader, index) && may_follow(reader, index + 1) && !is_kind
}

/// Whether the word is a field between underscores, beside one that may be a tempo: `Toxic_130_Gm_Sax`.
fn is_field_beside_tempo(words: &Words, phrase: &str, index: usize) -> bool {
    let count = words.words().len();
    let is_field = (index == 0 || words.between(phrase, index - 1) == "_")
        && (index + 1 == count || words.between(phrase, index) == "_");
    let before = index.checked_sub(1).map_or("", |before| words.text(before));
    let has_tempo = index > 0 && bare_tempo(words, index - 1).is_some()
        || bare_tempo(words, index + 1).is_some();
    // 'I am', 'FM radio'.
    is_field && has_tempo && !matches!(before, "i" | "radio")
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

/// Words with other meanings in their language: among words of music and edges, or introduced. 'mi
/// mayor' is a key at the end of any words, because 'my greatest' needs a noun.
fn doubtful_counts(reader: &TagReader, first: usize, last: usize, introduced: bool) -> bool {
    let is_of_work = introduced && first > 1 && reader.is_musical(first - 2);
    let needs_noun = reader.words().text(first) == "mi";
    let begins = introduced || needs_noun || may_begin(reader, first);
    is_of_work || begins && may_follow(reader, last + 1)
}

/// A note of another language without a mode: it ends a title, and an introducing word is between it and
/// a form or a composer. 'Messe en si' is in B minor, so si is none.
fn is_note_of_work(reader: &TagReader, first: usize, last: usize) -> bool {
    let words = reader.words();
    let before = first.checked_sub(1).map_or("", |before| words.text(before));
    let is_of_work =
        first > 1 && (is_work(words.text(first - 2)) || is_composer(words.text(first - 2)));
    let ends = words.words().get(last + 1).is_none_or(|word| word.gap == Gap::Break)
        || AFTER_KEY.contains(&words.text(last + 1));
    matches!(before, "in" | "en" | "em")
        && is_of_work
        && ends
        && (first < last || words.text(first) != "si")
}

/// A note without a mode after `key` or `in`: a capital that is not part of `C64` or `D.C.`. After
/// `in`, no transposing instrument may precede, and A counts only at the end.
fn single_note_counts(words: &Words, phrase: &str, first: usize, last: usize) -> bool {
    let next = words.text(last + 1);
    let before = words.text(first - 1);
    let is_capital = phrase[words.words()[first].source.clone()].starts_with(char::is_uppercase);
    let is_word = next.len() != 1 || is_meter(words, phrase, last + 1);
    let is_alone = words.is_apart(last + 1) && is_word && !OTHER_MODES.contains(&next);
    let transposes = first > 1 && TRANSPOSING.contains(&words.text(first - 2));
    let is_article = words.text(first) == "a" && last == first && !next.is_empty();
    // Other languages have letters as words: Spanish 'en A', Russian transliterated.
    let is_english = matches!(before, "in" | "key" | "of");
    is_english && is_capital && is_alone && !(before == "in" && (transposes || is_article))
}
