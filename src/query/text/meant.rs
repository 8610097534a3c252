//! What words may be meant as that a query looks for in names and texts.

use midi_analysis::MelodyQuery;

use super::completed::{is_value, quoted};
use super::fields::{FIELDS, Field, Kind};
use super::grammar::{Term, TermKind};
use super::unquoted::{any_word, is_number, unquoted, word};
use crate::text::shown;

/// Words that join conditions in other languages.
const CONNECTIVES: [&str; 3] = ["AND", "OR", "NOT"];

/// Words, and the conditions on the music that they are if their field is put before them.
pub(super) struct Meant {
    pub(super) words: String,
    pub(super) conditions: Vec<String>,
}

/// The first word that was meant to join conditions. In small letters it stands beside one of them, or `anywhere`.
pub(super) fn connective<'a>(terms: &[Term<'a>], anywhere: bool) -> Option<&'a str> {
    let is_condition = |number: Option<usize>| {
        let term = number.and_then(|number| terms.get(number));
        term.is_some_and(|term| matches!(term.kind, TermKind::Field { .. }))
    };
    terms.iter().enumerate().find_map(|(number, term)| {
        let word = any_word(term)?.text;
        let joins = is_condition(number.checked_sub(1)) || is_condition(Some(number + 1));
        let is_told = anywhere || joins || CONNECTIVES.contains(&word);
        (is_told && is_connective(word)).then_some(word)
    })
}

pub(super) fn is_connective(word: &str) -> bool {
    CONNECTIVES.iter().any(|other| other.eq_ignore_ascii_case(word))
}

/// Words that hardly any name has: another value after that of a condition, and meters.
pub(super) fn surely(terms: &[Term<'_>]) -> Vec<Meant> {
    let mut before = None;
    let mut meant = Vec::new();
    for term in terms {
        before = match (&term.kind, word(term)) {
            (TermKind::Field { name, values }, _) => {
                values.last().and_then(unquoted).and_then(|_| Field::known(name.text))
            }
            (_, None) => None,
            (_, Some(word)) if is_connective(word.text) => before,
            (_, Some(word)) => {
                let field = before.filter(|field: &&Field| is_another(field.kind, word.text));
                let is_meter = is_value(Kind::Meter, word.text);
                let condition = field.map(|field| written(field, word.text));
                let condition = condition.or(is_meter.then(|| format!("meter:{}", word.text)));
                meant.extend(condition.map(|condition| Meant {
                    words: word.text.to_owned(),
                    conditions: vec![condition],
                }));
                field
            }
        };
    }
    meant
}

/// Whether a word is another value of a field of names.
fn is_another(kind: Kind, word: &str) -> bool {
    !is_small_letter(word) && is_value(kind, word)
}

/// Whether a word is an article rather than a key.
fn is_small_letter(word: &str) -> bool {
    word.len() == 1 && word.starts_with(|c: char| c.is_ascii_lowercase())
}

/// The longest runs of successive words that are conditions.
pub(super) fn all(terms: &[Term<'_>]) -> Vec<Meant> {
    let mut meant = Vec::new();
    for words in terms.split(|term| word(term).is_none()) {
        let words: Vec<_> = words.iter().filter_map(word).map(|word| word.text).collect();
        let mut start = 0;
        while start < words.len() {
            let longest = (start + 1..=words.len()).rev().find_map(|end| {
                let run = words[start..end].join(" ");
                let is_article = words.len() > 1 && is_small_letter(&run);
                let conditions = if is_article { Vec::new() } else { conditions_of(&run) };
                (!conditions.is_empty()).then_some((end, Meant { words: run, conditions }))
            });
            start = longest.as_ref().map_or(start + 1, |(end, _)| *end);
            meant.extend(longest.map(|(_, meant)| meant));
        }
    }
    meant
}

/// The conditions that words are.
fn conditions_of(words: &str) -> Vec<String> {
    let is_meant = |kind| match kind {
        Kind::Melody => MelodyQuery::from_text(words).is_ok(),
        // A single numeral is a word, and so are some forms.
        Kind::Progression => words.contains(' ') && is_value(kind, words),
        Kind::Form => false,
        _ => is_value(kind, words),
    };
    let fields = FIELDS.iter().filter(|field| is_meant(field.kind));
    fields.map(|field| written(field, words)).chain(with_its_name(words)).collect()
}

fn written(field: &Field, words: &str) -> String {
    format!("{}:{}", field.name, shown(&quoted(words)))
}

/// The condition that the name of a field is, beside a number or alone.
fn with_its_name(words: &str) -> Option<String> {
    if let Some(field) = Field::known(words) {
        return Some(match field.kind {
            Kind::Boolean(_) => format!("{}:yes", field.name),
            _ => field.example.to_owned(),
        });
    }
    let (first, last) = words.split_once(' ')?;
    let pairs = [(first, last), (last, first)];
    pairs.into_iter().find_map(|(name, value)| {
        let field = Field::known(name).filter(|field| field.kind.is_number())?;
        is_number(value).then(|| written(field, value))
    })
}
