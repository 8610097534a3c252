//! Values of several words that nobody has quoted: `key:A minor` would be the key A, and the word "minor" in names.

use midi_analysis::{MelodyQuery, Progression, keys_named, programs_named};

use super::error::Error;
use super::fields::{Field, Kind};
use super::grammar::{Comparison, Term, TermKind, Text, Value};
use crate::text::shown;

/// Checks that no words after a condition belong to its value, and that no sequence is written as alternatives.
///
/// # Errors
/// If they do, or one is. The hint has the condition as it is meant.
pub(super) fn check(terms: &[Term<'_>]) -> Result<(), Error> {
    for (number, term) in terms.iter().enumerate() {
        let TermKind::Field { name, values } = &term.kind else { continue };
        let kind = Field::named(name.text, name.at)?.kind;
        let texts: Option<Vec<_>> = values.iter().map(unquoted).collect();
        if let Some(texts) = texts.filter(|texts| texts.len() > 1)
            && texts.iter().all(|text| is_one_of_sequence(kind, text.text))
        {
            let sequence = texts.iter().map(|text| text.text).collect::<Vec<_>>().join(" ");
            return Err(alternatives(name, &sequence));
        }
        let Some(last) = values.last().and_then(unquoted) else { continue };
        let words = terms[number + 1..].iter().map_while(word);
        let (mut value, mut whole) = (last.text.to_owned(), None);
        let mut second = None;
        for word in words {
            second = second.or(Some(word));
            value = format!("{value} {}", word.text);
            if is_value(kind, &value) {
                whole = Some(value.clone());
            }
        }
        if let Some((second, whole)) = second.zip(whole) {
            return Err(continued(name, second, &whole));
        }
    }
    Ok(())
}

/// Whether several words are a value of a field, or the beginning of one.
fn is_value(kind: Kind, words: &str) -> bool {
    match kind {
        Kind::Progression => Progression::parse(words).is_ok(),
        Kind::Melody => MelodyQuery::is_notes(words),
        Kind::Key => !keys_named(words).is_empty(),
        Kind::Instrument => !programs_named(words).is_empty(),
        _ => false,
    }
}

/// Whether a text is a single element of the field's values, if these are sequences.
fn is_one_of_sequence(kind: Kind, text: &str) -> bool {
    let is_sequence = kind == Kind::Melody || kind == Kind::Progression;
    is_sequence && !text.contains(['-', '–', '—', '|', ' ']) && is_value(kind, text)
}

fn unquoted<'a>(value: &Value<'a>) -> Option<Text<'a>> {
    match value {
        Value::Compared(Comparison::Equal, text) if !text.quoted => Some(*text),
        _ => None,
    }
}

fn word<'a>(term: &Term<'a>) -> Option<Text<'a>> {
    match term.kind {
        TermKind::Words(text) if !term.negated && !text.quoted => Some(text),
        _ => None,
    }
}

fn continued(name: &Text<'_>, word: Text<'_>, value: &str) -> Error {
    let (name, value) = (name.text, shown(value));
    Error::value(
        word.at,
        format!("a value of several words is not quoted: {name}:{value}"),
        format!(
            "Write {name}:\"{value}\". A word that is to be found in names and texts comes before the condition, or is \
             quoted itself."
        ),
    )
}

fn alternatives(name: &Text<'_>, sequence: &str) -> Error {
    let (at, name, sequence) = (name.at, name.text, shown(sequence));
    Error::value(
        at,
        format!("each of these values is one element of a {name}"),
        format!(
            "Write {name}:\"{sequence}\" for one after the other. Commas separate alternatives; quote each to find any of \
             them."
        ),
    )
}
