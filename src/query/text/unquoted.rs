//! Values that go on after a space: `key:A minor` would be the key A, and the word "minor" in names.

use super::completed::{Completed, completed, is_value};
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
        let words: Vec<_> = terms[number + 1..].iter().map_while(word).collect();
        let is_compared = values.last().and_then(unquoted).is_none();
        if let (Some(first), true) = (words.first(), kind.is_number())
            && (is_comparison(first.text) || is_compared && first.text.parse::<f64>().is_ok())
        {
            return Err(compared(name, first));
        }
        let Some(last) = values.last().and_then(unquoted) else { continue };
        let texts: Vec<_> = words.iter().map(|word| word.text).collect();
        if let Some(completed) = completed(kind, name.text, last.text, &texts) {
            let said = [&[last.text], &texts[..completed.words]].concat().join(" ");
            return Err(continued(name, words[0], &said, &completed));
        }
    }
    Ok(())
}

/// Whether a text is a single element of the field's values, if these are sequences.
fn is_one_of_sequence(kind: Kind, text: &str) -> bool {
    let is_sequence = kind == Kind::Melody || kind == Kind::Progression;
    is_sequence && !text.contains(['-', '–', '—', '|', ' ']) && is_value(kind, text)
}

/// Whether a word compares with a number, or is the end of a range.
fn is_comparison(word: &str) -> bool {
    let number = word.trim_start_matches(['<', '>', '=', '.']);
    number.len() < word.len() && number.starts_with(|c: char| c.is_ascii_digit())
}

fn unquoted<'a>(value: &Value<'a>) -> Option<Text<'a>> {
    match value {
        Value::Compared(Comparison::Equal, text) if !text.quoted => Some(*text),
        _ => None,
    }
}

/// The word that a term is, if it is one that is looked for.
pub(super) fn word<'a>(term: &Term<'a>) -> Option<Text<'a>> {
    match term.kind {
        TermKind::Words(text) if !term.negated && !text.quoted => Some(text),
        _ => None,
    }
}

fn continued(name: &Text<'_>, word: Text<'_>, said: &str, completed: &Completed) -> Error {
    let (name, said) = (name.text, shown(said));
    Error::value(
        word.at,
        format!("a value ends at a space, and this one goes on: {name}:{said}"),
        format!(
            "Write {name}:{}. A word that is to be found in names and texts comes before the condition, or is quoted \
             itself.",
            shown(&completed.written)
        ),
    )
}

fn compared(name: &Text<'_>, word: &Text<'_>) -> Error {
    let (name, comparison) = (name.text, shown(word.text));
    Error::value(
        word.at,
        format!("\"{comparison}\" belongs to no field"),
        format!(
            "Write {name}:{comparison}: each condition names its field, and all of them have to hold. A range is written \
             as 120..130. A word that is to be found in names and texts comes before the condition, or is quoted."
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
