//! What words may be meant as that a query looks for in names and texts.

use std::ops::Range;

use midi_analysis::MelodyQuery;

use super::completed::is_value;
use super::fields::{FIELDS, Field, Kind};
use super::grammar::{Term, TermKind, quoted};
use super::plan::is_understood;
use super::unquoted::{any_word, is_number, unquoted, word};

/// Words that join conditions in other languages.
const CONNECTIVES: [&str; 3] = ["AND", "OR", "NOT"];
/// Signs that compare, here or elsewhere.
const COMPARISONS: [char; 5] = ['<', '>', '=', '≤', '≥'];
/// Signs at the end of keys and chords.
const ENDS: [char; 7] = ['#', '♯', '♭', '+', '°', 'ø', 'Δ'];

/// Words, and the conditions on the music that they are if their field is put before them. Each is understood.
pub(super) struct Meant {
    pub(super) words: String,
    pub(super) conditions: Vec<String>,
    /// The numbers of their terms.
    terms: Range<usize>,
}

impl Meant {
    /// Whether the term of this number is one of the words.
    pub(super) fn has(&self, term: usize) -> bool {
        self.terms.contains(&term)
    }
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
    let (mut before, mut next) = (None, 0);
    let mut meant = Vec::new();
    while let Some(term) = terms.get(next) {
        let length = match (&term.kind, word(term)) {
            (TermKind::Field { name, values }, _) => {
                let last = values.last().and_then(unquoted);
                before = last.and_then(|_| Field::known(name.text));
                1
            }
            (_, None) => {
                before = None;
                1
            }
            (_, Some(word)) if is_connective(word.text) => 1,
            _ => {
                let found = longest(terms, next, |words| another(before, words));
                before = before.filter(|_| found.is_some());
                let end = found.as_ref().map_or(next + 1, |found| found.terms.end);
                meant.extend(found);
                end - next
            }
        };
        next += length;
    }
    once(meant)
}

/// The condition that words after one with this field are: another value of it, or a meter.
fn another(field: Option<&Field>, words: &[&str]) -> Vec<String> {
    let is_article = matches!(words, [word] if is_small_letter(word));
    let field = field.filter(|field| !is_article && value_of(field.kind, words).is_some());
    let meter = || Field::known("meter").filter(|meter| value_of(meter.kind, words).is_some());
    let condition =
        field.or_else(meter).and_then(|field| written(field, &value_of(field.kind, words)?));
    condition.into_iter().collect()
}

/// The value of a field of names that words are.
fn value_of(kind: Kind, words: &[&str]) -> Option<String> {
    let is_sequence = matches!(kind, Kind::Melody | Kind::Progression);
    let is_repeated = (1..words.len()).any(|at| words[..at].contains(&words[at]));
    let is_compared = words.iter().any(|word| word.starts_with(COMPARISONS));
    if kind.is_number() || kind == Kind::Sort || !is_sequence && (is_repeated || is_compared) {
        return None;
    }
    let value = if is_sequence { words.join(" ") } else { trimmed(words) };
    is_value(kind, &value).then_some(value)
}

/// Whether a word is an article rather than a key.
fn is_small_letter(word: &str) -> bool {
    word.len() == 1 && word.starts_with(|c: char| c.is_ascii_lowercase())
}

/// The longest runs of successive words that are conditions, but for words that are [`surely`] some.
pub(super) fn all(terms: &[Term<'_>]) -> Vec<Meant> {
    let told = surely(terms);
    let (mut meant, mut next) = (Vec::new(), 0);
    while next < terms.len() {
        let later = told.iter().filter(|told| told.terms.end > next).map(|told| &told.terms);
        let end = match later.min_by_key(|told| told.start) {
            Some(told) if told.start <= next => {
                next = told.end;
                continue;
            }
            told => told.map_or(terms.len(), |told| told.start),
        };
        let is_none = |at: Option<usize>| at.and_then(|at| terms.get(at)).and_then(word).is_none();
        let is_only = is_none(next.checked_sub(1)) && is_none(Some(next + 1));
        let found = longest(&terms[..end], next, |words| match words {
            [word] if !is_only && is_small_letter(word) => Vec::new(),
            _ => conditions_of(words),
        });
        next = found.as_ref().map_or(next + 1, |found| found.terms.end);
        meant.extend(found);
    }
    let mut meant = once(meant);
    meant.retain(|meant| !told.iter().any(|told| told.is_same(meant)));
    meant
}

impl Meant {
    fn is_same(&self, other: &Self) -> bool {
        self.words.to_lowercase() == other.words.to_lowercase()
    }
}

/// Those with different words.
fn once(all: Vec<Meant>) -> Vec<Meant> {
    let mut different: Vec<Meant> = Vec::new();
    for meant in all {
        if !different.iter().any(|other| other.is_same(&meant)) {
            different.push(meant);
        }
    }
    different
}

/// The longest run of words from a term on for which there are conditions.
fn longest(
    terms: &[Term<'_>],
    start: usize,
    conditions: impl Fn(&[&str]) -> Vec<String>,
) -> Option<Meant> {
    let words: Vec<_> = terms[start..].iter().map_while(word).map(|word| word.text).collect();
    (1..=words.len()).rev().find_map(|length| {
        let run = &words[..length];
        let conditions = conditions(run);
        let terms = start..start + length;
        (!conditions.is_empty()).then(|| Meant { words: run.join(" "), conditions, terms })
    })
}

/// The conditions that words are.
fn conditions_of(words: &[&str]) -> Vec<String> {
    let is_meant = |kind| match kind {
        Kind::Melody => MelodyQuery::from_text(&words.join(" ")).is_ok(),
        // A single numeral is a word, and so are some forms.
        Kind::Progression => words.len() > 1,
        Kind::Form => false,
        _ => true,
    };
    let fields = FIELDS.iter().filter(|field| is_meant(field.kind));
    let conditions = fields.filter_map(|field| written(field, &value_of(field.kind, words)?));
    conditions.chain(with_its_name(words)).collect()
}

/// Words without the signs around them that are in no value.
fn trimmed(words: &[&str]) -> String {
    let is_sign = |c: char| !c.is_alphanumeric();
    let is_other = |c: char| is_sign(c) && !ENDS.contains(&c);
    let one = |word: &&str| word.trim_start_matches(is_sign).trim_end_matches(is_other).to_owned();
    words.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The condition with this value, if it is understood.
pub(super) fn written(field: &Field, text: &str) -> Option<String> {
    Some(format!("{}:{}", field.name, quoted(text))).filter(|condition| is_understood(condition))
}

/// The condition that the name of a field is, beside a number or alone.
fn with_its_name(words: &[&str]) -> Option<String> {
    let name = |word: &str| Field::known(&trimmed(&[word]));
    match *words {
        [word] if !word.starts_with(COMPARISONS) => name(word).map(|field| match field.kind {
            Kind::Boolean(_) => format!("{}:yes", field.name),
            _ => field.example.to_owned(),
        }),
        [first, last] => [(first, last), (last, first)].into_iter().find_map(|(word, value)| {
            let field = name(word).filter(|field| field.kind.is_number())?;
            let value = value.trim_end_matches(|c: char| !c.is_alphanumeric());
            let is_compared = is_number(value.trim_start_matches(COMPARISONS));
            let condition = format!("{}:{value}", field.name);
            (is_compared && is_understood(&condition)).then_some(condition)
        }),
        _ => None,
    }
}
