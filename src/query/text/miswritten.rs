//! Conditions that are written as elsewhere: `bpm>120` and `!key:C` would be looked for in names and texts, `key:-C` would
//! be the key C, and `notes:>10,000` more than ten notes or none.

use super::error::Error;
use super::fields::{Field, Kind};
use super::grammar::{Comparison, Term, TermKind, Text, Value};
use crate::text::shown;

/// What stands between the name of a field and a value, here or elsewhere. The longer signs come first.
const SIGNS: [(&str, &str); 9] = [
    (">=", ">="),
    ("<=", "<="),
    ("==", ""),
    (">", ">"),
    ("<", "<"),
    ("=", ""),
    (":", ""),
    ("≥", ">="),
    ("≤", "<="),
];
/// Signs that exclude elsewhere.
const EXCLUDING: [char; 3] = ['!', '-', '~'];

/// Checks that nothing is a condition which is written otherwise.
///
/// # Errors
/// If something is. The hint has the condition.
pub(super) fn check(terms: &[Term<'_>]) -> Result<(), Error> {
    for term in terms {
        if let TermKind::Field { name, values } = &term.kind {
            let field = Field::named(name.text, name.at)?;
            values.iter().try_for_each(|value| check_excluding(field, value))?;
            check_separators(field, values)?;
        }
    }
    let texts: Vec<_> = terms.iter().map(unquoted).collect();
    for (number, text) in texts.iter().enumerate() {
        let Some(text) = text else { continue };
        let later: Vec<_> =
            texts[number + 1..].iter().map_while(|text| text.map(|text| text.text)).collect();
        if let Some(meant) = condition(text.text, &later, terms[number].negated) {
            return Err(refused(text, &meant));
        }
    }
    Ok(())
}

fn unquoted<'a>(term: &Term<'a>) -> Option<Text<'a>> {
    match term.kind {
        TermKind::Words(text) if !text.quoted => Some(text),
        _ => None,
    }
}

/// The condition that a word is, together with as many as it takes of the words after it.
fn condition(word: &str, later: &[&str], negated: bool) -> Option<String> {
    let is_sign = |c: char| SIGNS.iter().any(|(sign, _)| sign.starts_with(c));
    let (name, value) = word.split_at(word.find(is_sign).unwrap_or(word.len()));
    let field = Field::known(name.trim_start_matches(|c: char| !c.is_alphabetic()))?;
    let mut next = later.iter().copied();
    let value = if value.is_empty() { next.next()? } else { value };
    let (sign, comparison) = SIGNS.iter().find(|(sign, _)| value.starts_with(sign))?;
    let value = value.strip_prefix(sign).filter(|rest| !rest.is_empty()).or_else(|| next.next())?;
    let value = value.trim_end_matches([')', ']', '}']);
    let is_compared = field.kind.is_number() || comparison.is_empty();
    let minus = if negated || name.starts_with(EXCLUDING) { "-" } else { "" };
    is_compared.then(|| format!("{minus}{}:{comparison}{}", field.name, shown(value)))
}

fn refused(word: &Text<'_>, meant: &str) -> Error {
    Error::value(
        word.at,
        format!("\"{}\" is no condition", shown(word.text)),
        format!("Write {meant}. Quote a word that is to be found with such signs in it."),
    )
}

/// Checks that a value does not begin with a sign that excludes, which a condition has before it. Names may have any.
fn check_excluding(field: &Field, value: &Value<'_>) -> Result<(), Error> {
    let may_begin_so = field.kind.is_number()
        || matches!(field.kind, Kind::Sort | Kind::Name | Kind::Path | Kind::Folder);
    let Value::Compared(Comparison::Equal, text) = value else { return Ok(()) };
    if may_begin_so || text.quoted || !text.text.starts_with(EXCLUDING) {
        return Ok(());
    }
    let rest = text.text.trim_start_matches(EXCLUDING);
    Err(Error::value(
        text.at,
        format!("\"{}\" is a value with a sign before it", shown(text.text)),
        format!(
            "Write -{}:{}: a minus sign excludes what the condition after it finds.",
            field.name,
            shown(rest)
        ),
    ))
}

/// Checks that no comma separates thousands.
fn check_separators(field: &Field, values: &[Value<'_>]) -> Result<(), Error> {
    let thousands = values.windows(2).find_map(|pair| {
        let [before, Value::Compared(Comparison::Equal, text) | Value::Range(Some(text), _)] = pair
        else {
            return None;
        };
        let is_alternative = matches!(before, Value::Compared(Comparison::Equal, _));
        let is_number = text.text.bytes().all(|byte| byte.is_ascii_digit());
        let goes_on = text.text.len() > 1 && text.text.starts_with('0')
            || !is_alternative && text.text.len() == 3;
        (is_number && goes_on).then_some(text)
    });
    match thousands.filter(|_| field.kind.is_number()) {
        None => Ok(()),
        Some(text) => Err(Error::value(
            text.at,
            format!("\"{}\" is another value, since a comma separates alternatives", text.text),
            format!("Write numbers without a comma, as in {}.", field.example),
        )),
    }
}
