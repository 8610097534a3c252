//! Words that are meant as conditions: `bpm>120` and `!key:C` would be looked for in names and texts.

use super::error::Error;
use super::fields::Field;
use super::grammar::{Term, TermKind, Text};
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

/// Checks that no word is a condition which is written otherwise.
///
/// # Errors
/// If one is. The hint has the condition.
pub(super) fn check(terms: &[Term<'_>]) -> Result<(), Error> {
    let texts: Vec<_> = terms.iter().map(unquoted).collect();
    for (number, text) in texts.iter().enumerate() {
        let Some(text) = text else { continue };
        let later: Vec<_> =
            texts[number + 1..].iter().map_while(|text| text.map(|text| text.text)).collect();
        if let Some(meant) = condition(text.text, &later) {
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
fn condition(word: &str, later: &[&str]) -> Option<String> {
    let is_sign = |c: char| SIGNS.iter().any(|(sign, _)| sign.starts_with(c));
    let (name, value) = word.split_at(word.find(is_sign).unwrap_or(word.len()));
    let field = Field::known(name.trim_start_matches(|c: char| !c.is_alphabetic()))?;
    let mut next = later.iter().copied();
    let value = if value.is_empty() { next.next()? } else { value };
    let (sign, comparison) = SIGNS.iter().find(|(sign, _)| value.starts_with(sign))?;
    let value = value.strip_prefix(sign).filter(|rest| !rest.is_empty()).or_else(|| next.next())?;
    let value = value.trim_end_matches([')', ']', '}']);
    let is_compared = field.kind.is_number() || comparison.is_empty();
    let minus = if name.starts_with(EXCLUDING) { "-" } else { "" };
    is_compared.then(|| format!("{minus}{}:{comparison}{}", field.name, shown(value)))
}

fn refused(word: &Text<'_>, meant: &str) -> Error {
    Error::value(
        word.at,
        format!("\"{}\" is no condition", shown(word.text)),
        format!("Write {meant}. Quote a word that is to be found with such signs in it."),
    )
}
