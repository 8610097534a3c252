//! Conditions that are written as elsewhere: `bpm>120` and `!key:C` would be looked for in names and texts, `key:-C` would
//! be the key C, and `notes:>10,000` more than ten notes or none.

use super::continued::continued;
use super::error::Error;
use super::fields::{Field, Kind};
use super::grammar::{Comparison, Term, TermKind, Text, Value};
use super::unquoted::word;
use crate::text::shown;

/// What stands between the name of a field and a value, here or elsewhere, how it is written here, and whether it excludes.
/// The longer signs come first.
const SIGNS: [(&str, &str, bool); 14] = [
    (">=", ">=", false),
    ("<=", "<=", false),
    ("=>", ">=", false),
    ("=<", "<=", false),
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
    for (number, term) in terms.iter().enumerate() {
        if let TermKind::Field { name, values } = &term.kind {
            let field = Field::named(name.text, name.at)?;
            let words = terms[number + 1..].iter().map_while(word).map(|word| word.text);
            check_excluding(field, values, term.negated, &words.collect::<Vec<_>>())?;
            check_separators(field, values, term.negated)?;
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
            let meant = condition(&word, &later, term.negated);
            return Err(refused(&word, "is no condition").instead(meant, field.example));
        }
        let rest = word.text.trim_start_matches(EXCLUDING);
        if !word.quoted && rest.len() < word.text.len() && rest.contains(char::is_alphanumeric) {
            let error = refused(&word, "is a word with a sign before it");
            return Err(error.instead(vec![format!("-{rest}")], "-tag:rock"));
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

/// The conditions that a word may be, with as many as belong to it of the words after it, if it can be told.
fn condition(word: &Text<'_>, later: &[String], negated: bool) -> Vec<String> {
    let told = || {
        let Parts { before, field, rest } = Parts::of(word.text)?;
        let mut next = later.iter().map(String::as_str);
        let rest = if rest.is_empty() { next.next()? } else { rest };
        let (sign, comparison, excludes) = sign_of(rest)?;
        let value =
            rest.strip_prefix(sign).filter(|value| !value.is_empty()).or_else(|| next.next())?;
        let value = value.trim_end_matches([')', ']', '}']);
        let (value, comma) = match value.strip_suffix(',') {
            Some(value) => (value, Some(",")),
            None => (value, None),
        };
        let words: Vec<_> = comma.into_iter().chain(next).collect();
        let (earlier, last) = value.split_at(value.rfind(',').map_or(0, |comma| comma + 1));
        let negated = negated || excludes || before.contains(EXCLUDING);
        let continued = continued(field, negated, last, &words);
        // Of two comparisons both may have to hold.
        if !comparison.is_empty() && (continued.is_some() || !earlier.is_empty()) {
            return None;
        }
        let values = continued.map_or_else(|| vec![last.to_owned()], |continued| continued.ways);
        let minus = if negated { "-" } else { "" };
        let one = |value| format!("{minus}{}:{comparison}{earlier}{value}", field.name);
        Some(values.into_iter().map(one).collect())
    };
    told().unwrap_or_default()
}

fn refused(word: &Text<'_>, why: &str) -> Error {
    Error::value(
        word.at,
        format!("\"{}\" {why}", shown(word.text)),
        "Quote a word that is to be found with such signs in it.",
    )
}

/// Checks that no value begins with a sign that excludes, which a condition has before it. Names may have any.
/// `words` come after them.
fn check_excluding(
    field: &Field,
    values: &[Value<'_>],
    negated: bool,
    words: &[&str],
) -> Result<(), Error> {
    if matches!(field.kind, Kind::Sort | Kind::Name | Kind::Path | Kind::Folder) {
        return Ok(());
    }
    let (mut first, mut excluded, mut others) = (None, Vec::new(), Vec::new());
    for (number, value) in values.iter().enumerate() {
        let words = if number + 1 == values.len() { words } else { &[] };
        match value {
            Value::Compared(Comparison::Equal, text)
                if !text.quoted && text.text.starts_with(EXCLUDING) =>
            {
                first = first.or(Some(text));
                let text = text.text.trim_start_matches(EXCLUDING);
                let continued = continued(field, true, text, words);
                excluded
                    .push(continued.map_or_else(|| text.to_owned(), |whole| whole.ways.join(",")));
            }
            _ => others.push(value.to_string()),
        }
    }
    let Some(first) = first else { return Ok(()) };
    let (name, comma) = (field.name, ",");
    let meant = match others.is_empty() || negated {
        true => format!("-{name}:{}", [others, excluded].concat().join(comma)),
        false => format!("{name}:{} -{name}:{}", others.join(comma), excluded.join(comma)),
    };
    Err(Error::value(
        first.at,
        format!("\"{}\" is a value with a sign before it", shown(first.text)),
        "A minus sign excludes what the condition after it finds.",
    )
    .instead(vec![meant], field.example))
}

/// Checks that no comma separates thousands.
fn check_separators(field: &Field, values: &[Value<'_>], negated: bool) -> Result<(), Error> {
    if !field.kind.is_number() {
        return Ok(());
    }
    let mut meant = format!("{}{}:", if negated { "-" } else { "" }, field.name);
    let mut thousands = None;
    for (number, value) in values.iter().enumerate() {
        let before = number.checked_sub(1).map(|before| &values[before]);
        match rest_of_thousands(field, before, value) {
            Some(text) => thousands = thousands.or(Some(text)),
            None if number > 0 => meant.push(','),
            None => {}
        }
        meant += &value.to_string();
    }
    thousands.map_or(Ok(()), |text| {
        Err(Error::value(
            text.at,
            format!("\"{}\" is another value, since a comma separates alternatives", text.text),
            "Numbers are written without a comma in them. Quote one that is another value.",
        )
        .instead(vec![meant], field.example))
    })
}

/// The number with which a value begins, if it belongs to the value before.
fn rest_of_thousands<'v, 'q>(
    field: &Field,
    before: Option<&Value<'_>>,
    value: &'v Value<'q>,
) -> Option<&'v Text<'q>> {
    let (Value::Compared(Comparison::Equal, text) | Value::Range(Some(text), _)) = value else {
        return None;
    };
    // Of notes alone a piece has thousands; `notes:100,200` are two values.
    let begins = match before? {
        Value::Compared(Comparison::Equal, before) => before.text.len() < 3,
        _ => true,
    };
    let is_group = field.kind == Kind::Integer("note_count") && begins && text.text.len() == 3;
    let goes_on = text.text.len() > 1 && text.text.starts_with('0') || is_group;
    let is_number = !text.quoted && text.text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && goes_on).then_some(text)
}
