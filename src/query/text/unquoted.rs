//! Values that go on after a space: `key:A minor` would be the key A, and the word "minor" in names.

use super::completed::{Completed, completed, is_joint, is_value, unit};
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
        let field = Field::named(name.text, name.at)?;
        let kind = field.kind;
        let texts: Option<Vec<_>> = values.iter().map(unquoted).collect();
        if let Some(texts) = texts.filter(|texts| texts.len() > 1)
            && texts.iter().all(|text| is_one_of_sequence(kind, text.text))
        {
            let sequence = texts.iter().map(|text| text.text).collect::<Vec<_>>().join(" ");
            return Err(alternatives(name, &sequence));
        }
        let words: Vec<_> = terms[number + 1..].iter().map_while(word).collect();
        let last = values.last().and_then(unquoted);
        if kind.is_number() {
            check_number(field, &words, last.is_some(), term.negated)?;
            let next = terms.get(number + 1).filter(|term| term.negated).and_then(any_word);
            if let Some(next) = next.filter(|next| is_number(next.text)) {
                return Err(apart(field, &next));
            }
        }
        let Some(last) = last else { continue };
        let texts: Vec<_> = words.iter().map(|word| word.text).collect();
        if let Some(completed) = completed(kind, name.text, last.text, &texts) {
            let said = [&[last.text], &texts[..completed.words]].concat().join(" ");
            return Err(continued(term, words[0], &said, &completed));
        }
        // A unit of a number that has one already.
        if let Some(word) = words.first().filter(|word| kind.is_time() && unit(word.text).is_some())
        {
            return Err(apart(field, word));
        }
    }
    Ok(())
}

/// Whether a text is a single element of the field's values, if these are sequences.
fn is_one_of_sequence(kind: Kind, text: &str) -> bool {
    let is_sequence = kind == Kind::Melody || kind == Kind::Progression;
    is_sequence && !text.contains(['-', '–', '—', '|', ' ']) && is_value(kind, text)
}

/// Checks that no part of a number comes after it; `is_equal`: it is neither compared nor a range.
fn check_number(
    field: &Field,
    words: &[Text<'_>],
    is_equal: bool,
    negated: bool,
) -> Result<(), Error> {
    let Some(first) = words.first() else { return Ok(()) };
    if is_comparison(first.text) {
        return Err(compared(field, first, negated));
    }
    let is_part = |word: &&Text<'_>| {
        is_number(word.text) || field.kind.is_time() && unit(word.text).is_some()
    };
    let part = match words.get(1).filter(|_| is_joint(first.text)) {
        Some(second) => Some(second).filter(is_part),
        None => Some(first).filter(is_part),
    };
    part.filter(|_| !is_equal).map_or(Ok(()), |part| Err(apart(field, part)))
}

/// Whether a word is a number.
pub(super) fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether a word compares with a number, or is the end of a range.
fn is_comparison(word: &str) -> bool {
    let number = word.trim_start_matches(['<', '>', '=', '.']);
    number.len() < word.len() && number.starts_with(|c: char| c.is_ascii_digit())
}

/// The word that a term is, also if it excludes.
pub(super) fn any_word<'a>(term: &Term<'a>) -> Option<Text<'a>> {
    match term.kind {
        TermKind::Words(text) if !text.quoted => Some(text),
        _ => None,
    }
}

/// The text of a value that is neither compared, nor a range, nor quoted.
pub(super) fn unquoted<'a>(value: &Value<'a>) -> Option<Text<'a>> {
    match value {
        Value::Compared(Comparison::Equal, text) if !text.quoted => Some(*text),
        _ => None,
    }
}

/// The word that a term is, if it is one that is looked for.
pub(super) fn word<'a>(term: &Term<'a>) -> Option<Text<'a>> {
    match term.kind {
        TermKind::Words(_) if term.negated => None,
        _ => any_word(term),
    }
}

fn continued(term: &Term<'_>, word: Text<'_>, said: &str, completed: &Completed) -> Error {
    let TermKind::Field { name, values } = &term.kind else { unreachable!("a condition goes on") };
    let earlier: String =
        values[..values.len() - 1].iter().map(|value| format!("{value},")).collect();
    let minus = if term.negated { "-" } else { "" };
    let one =
        |written: &String| format!("{minus}{}:{}", name.text, shown(&(earlier.clone() + written)));
    let written = completed.written.iter().map(one).collect::<Vec<_>>().join(" or ");
    let (name, said) = (name.text, shown(said));
    Error::value(
        word.at,
        format!("a value ends at a space, and this one goes on: {name}:{said}"),
        format!("Write {written}. {BEFORE}"),
    )
}

/// What to do with a word that is meant as one.
const BEFORE: &str = "A word that is to be found in names and texts comes before the condition, or is quoted itself.";

fn compared(field: &Field, word: &Text<'_>, negated: bool) -> Error {
    let (name, comparison) = (field.name, shown(word.text));
    let minus = if negated { "-" } else { "" };
    Error::value(
        word.at,
        format!("\"{comparison}\" belongs to no field"),
        format!(
            "Write {minus}{name}:{comparison}: each condition names its field, and all of them have to hold. A range is \
             written as 120..130."
        ),
    )
}

/// The error for a part of a number that is not written with it.
fn apart(field: &Field, word: &Text<'_>) -> Error {
    Error::value(
        word.at,
        format!("\"{}\" belongs to no field", shown(word.text)),
        format!(
            "Write a number, a time or a range without a space, as in {}. {BEFORE}",
            field.example
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
