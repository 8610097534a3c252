//! Conditions that are written as elsewhere: `bpm>120` and `!key:C` would be looked for in names and texts, `key:-C` would
//! be the key C, and `notes:>10,000` more than ten notes or none.

use super::completed::completed;
use super::error::Error;
use super::fields::{Field, Kind};
use super::grammar::{Comparison, Term, TermKind, Text, Value, parse};
use super::statement::{Schemas, Statement};
use super::values;
use crate::text::shown;

/// What stands between the name of a field and a value, here or elsewhere, how it is written here, and whether it excludes.
/// The longer signs come first.
const SIGNS: [(&str, &str, bool); 12] = [
    (">=", ">=", false),
    ("<=", "<=", false),
    ("!=", "", true),
    ("<>", "", true),
    ("==", "", false),
    (">", ">", false),
    ("<", "<", false),
    ("=", "", false),
    (":", "", false),
    ("≥", ">=", false),
    ("≤", "<=", false),
    ("≠", "", true),
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
    for (number, term) in terms.iter().enumerate() {
        let TermKind::Words(word) = term.kind else { continue };
        let texts = terms[number + 1..].iter().map_while(|term| match term.kind {
            TermKind::Words(text) if !term.negated => Some(text.to_string()),
            _ => None,
        });
        let later: Vec<_> = texts.collect();
        if let Some(field) = field_of(&word, &later) {
            return Err(refused(field, &word, condition(&word, &later, term.negated)));
        }
    }
    Ok(())
}

/// The field of which a word is a condition that is written otherwise, alone or with the next.
fn field_of(word: &Text<'_>, later: &[String]) -> Option<&'static Field> {
    let parts = if word.quoted { None } else { Parts::of(word.text) }?;
    let sign = if parts.rest.is_empty() { later.first()? } else { parts.rest };
    let (.., comparison, _) = sign_of(sign)?;
    (parts.field.kind.is_number() || comparison.is_empty()).then_some(parts.field)
}

/// A word that begins with the name of a field.
struct Parts<'a> {
    /// What comes before the name.
    before: &'a str,
    field: &'static Field,
    /// What comes after it: nothing, or a sign and more.
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn of(word: &'a str) -> Option<Self> {
        let (before, word) = word.split_at(word.find(char::is_alphabetic)?);
        let is_sign = |c: char| SIGNS.iter().any(|(sign, ..)| sign.starts_with(c));
        let (name, rest) = word.split_at(word.find(is_sign).unwrap_or(word.len()));
        Field::known(name).map(|field| Self { before, field, rest })
    }
}

fn sign_of(text: &str) -> Option<(&'static str, &'static str, bool)> {
    SIGNS.into_iter().find(|(sign, ..)| text.starts_with(sign))
}

/// The condition that a word is, with as many as belong to it of the words after it; `None` if it cannot be told.
fn condition(word: &Text<'_>, later: &[String], negated: bool) -> Option<String> {
    let Parts { before, field, rest } = Parts::of(word.text)?;
    let mut next = later.iter().map(String::as_str);
    let rest = if rest.is_empty() { next.next()? } else { rest };
    let (sign, comparison, excludes) = sign_of(rest)?;
    let value =
        rest.strip_prefix(sign).filter(|value| !value.is_empty()).or_else(|| next.next())?;
    let value = value.trim_end_matches([')', ']', '}']);
    let words: Vec<_> = next.collect();
    let completed = completed(field.kind, field.name, value, &words);
    let value = match &completed {
        Some(_) if !comparison.is_empty() => return None,
        Some(completed) => completed.written.first()?,
        None => value,
    };
    let minus = if negated || excludes || before.contains(EXCLUDING) { "-" } else { "" };
    let condition = format!("{minus}{}:{comparison}{value}", field.name);
    is_condition(&condition).then_some(condition)
}

/// Whether a text is a condition of one value.
fn is_condition(text: &str) -> bool {
    let schemas = Schemas::default();
    let Ok(terms) = parse(text) else { return false };
    let [Term { negated, kind: TermKind::Field { name, values } }] = &terms[..] else {
        return false;
    };
    let Some(field) = Field::known(name.text) else { return false };
    let is_single = values.len() == 1;
    is_single
        && match field.kind {
            Kind::Part => values::role(&values[0]).is_ok(),
            Kind::Sort => false,
            _ => {
                check_excluding(field, &values[0]).is_ok()
                    && Statement::empty(&schemas).condition(field, values, *negated).is_ok()
            }
        }
}

fn refused(field: &Field, word: &Text<'_>, meant: Option<String>) -> Error {
    let meant = meant.map_or_else(
        || {
            format!(
                "Conditions are written as in {}, with quotes around several words.",
                field.example
            )
        },
        |meant| format!("Write {}.", shown(&meant)),
    );
    Error::value(
        word.at,
        format!("\"{}\" is no condition", shown(word.text)),
        format!("{meant} Quote a word that is to be found with such signs in it."),
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
    // Of notes alone a piece has thousands.
    let is_of_thousands = field.kind == Kind::Integer("note_count");
    let thousands = values.windows(2).find_map(|pair| {
        let [before, Value::Compared(Comparison::Equal, text) | Value::Range(Some(text), _)] = pair
        else {
            return None;
        };
        let is_alternative = matches!(before, Value::Compared(Comparison::Equal, _));
        let is_number = text.text.bytes().all(|byte| byte.is_ascii_digit());
        let goes_on = text.text.len() > 1 && text.text.starts_with('0')
            || is_of_thousands && !is_alternative && text.text.len() == 3;
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
