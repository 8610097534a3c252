//! Values that go on after a space: `key:A minor` would be the key A, and the word "minor" in names.

use super::completed::{Joint, is_value, unit};
use super::continued::{Continued, continued};
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
        let condition = Condition { field, name, values, negated: term.negated };
        let words: Vec<_> = terms[number + 1..].iter().map_while(word).collect();
        let last = values.last().and_then(unquoted);
        if field.kind.is_number() {
            condition.check_number(&words, last.is_some())?;
            let next = terms.get(number + 1).filter(|term| term.negated).and_then(any_word);
            if let Some(next) = next.filter(|next| is_number(next.text)) {
                return Err(apart(field, &next));
            }
        }
        if let Some(last) = last {
            condition.check_end(&last, &words)?;
        }
        condition.check_sequence()?;
        // A unit of a number that has one already.
        let is_unit = |word: &&Text<'_>| field.kind.is_time() && unit(word.text).is_some();
        if let Some(word) = words.first().filter(is_unit).filter(|_| last.is_some()) {
            return Err(apart(field, word));
        }
    }
    Ok(())
}

/// A condition of a query.
struct Condition<'q, 't> {
    field: &'static Field,
    name: &'t Text<'q>,
    values: &'t [Value<'q>],
    negated: bool,
}

impl Condition<'_, '_> {
    /// The condition with other values.
    fn with(&self, values: &str) -> String {
        let minus = if self.negated { "-" } else { "" };
        format!("{minus}{}:{values}", self.name.text)
    }

    /// Checks that its values are not the elements of one.
    fn check_sequence(&self) -> Result<(), Error> {
        let texts: Option<Vec<_>> = self.values.iter().map(unquoted).collect();
        let texts: Vec<_> = texts.unwrap_or_default().into_iter().map(|text| text.text).collect();
        if texts.len() < 2 || !texts.iter().all(|text| is_one_of_sequence(self.field.kind, text)) {
            return Ok(());
        }
        let each: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
        let meant = [format!("\"{}\"", texts.join(" ")), each.join(",")];
        let meant = meant.iter().map(|values| self.with(values)).collect();
        Err(Error::value(
            self.name.at,
            format!("each of these values is one element of a {}", self.field.name),
            "What comes one after the other is one value, in quotes; commas separate alternatives.",
        )
        .instead(meant, self.field.example))
    }

    /// Checks that its last value does not go on in the words after it, nor do its alternatives.
    fn check_end(&self, last: &Text<'_>, words: &[Text<'_>]) -> Result<(), Error> {
        let texts: Vec<_> = words.iter().map(|word| word.text).collect();
        let Some(Continued { words: used, ways }) =
            continued(self.field, self.negated, last.text, &texts)
        else {
            return Ok(());
        };
        let earlier = &self.values[..self.values.len() - 1];
        let earlier: String = earlier.iter().map(|value| format!("{value},")).collect();
        let meant = ways.iter().map(|way| self.with(&format!("{earlier}{way}"))).collect();
        let said = format!("{} {}", last.text, texts[..used].join(" "));
        let (name, said) = (self.name.text, shown(&said));
        let message = format!("a value ends at a space, and this one goes on: {name}:{said}");
        Err(Error::value(words[0].at, message, BEFORE).instead(meant, self.field.example))
    }

    /// Checks that no part of a number comes after it; `is_equal`: it is neither compared nor a range.
    fn check_number(&self, words: &[Text<'_>], is_equal: bool) -> Result<(), Error> {
        let Some(first) = words.first() else { return Ok(()) };
        let joint = Joint::of(first.text);
        let Some(part) = words.get(usize::from(joint.is_some())) else { return Ok(()) };
        if is_comparison(part.text) {
            return Err(self.compared(part, joint));
        }
        let is_unit = self.field.kind.is_time() && unit(part.text).is_some();
        match !is_equal && (is_number(part.text) || is_unit) {
            true => Err(apart(self.field, part)),
            false => Ok(()),
        }
    }

    /// The error for a second comparison.
    fn compared(&self, word: &Text<'_>, joint: Option<Joint>) -> Error {
        let values = match joint {
            Some(Joint::Either) => {
                let values = self.values.iter().map(|value| format!("{value},"));
                values.collect::<String>() + word.text
            }
            _ => word.text.to_owned(),
        };
        Error::value(
            word.at,
            format!("\"{}\" belongs to no field", shown(word.text)),
            "Each condition names its field, and all of them have to hold. Commas separate alternatives, and a range is \
             written as 120..130.",
        )
        .instead(vec![self.with(&values)], self.field.example)
    }
}

/// Whether a text is a single element of the field's values, if these are sequences.
fn is_one_of_sequence(kind: Kind, text: &str) -> bool {
    let is_sequence = kind == Kind::Melody || kind == Kind::Progression;
    is_sequence && !text.contains(['-', '–', '—', '|', ' ']) && is_value(kind, text)
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

/// What to do with a word that is meant as one.
const BEFORE: &str = "A word that is to be found in names and texts comes before the condition, or is quoted itself.";

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
