//! What a value and the words after it are together, where somebody has written a condition as it is spoken.

use midi_analysis::{
    MelodyQuery, Name, Progression, Role, drums_named, keys_named, programs_named, quality_named,
    tags_of_notes,
};

use super::fields::Kind;
use super::grammar::{Comparison, Text, Value};
use super::values::{self, Interval};

/// Longest value in bytes, but for those of progressions, melodies and forms: several times the longest name.
const LONGEST_NAME: usize = 100;
/// Longest piece in seconds whose length is written out.
const LONGEST_PIECE: f64 = 1e6;

/// A value, in the ways in which it may be meant, and how many of the words after it belong to it.
#[derive(Debug, PartialEq)]
pub(super) struct Completed {
    pub(super) words: usize,
    pub(super) written: Vec<String>,
}

impl Completed {
    fn new(words: usize, written: impl Into<String>) -> Self {
        Self { words, written: vec![written.into()] }
    }
}

/// What a value of the field `name` and the words after it are together; `None` if the words do not belong to it.
pub(super) fn completed(kind: Kind, name: &str, value: &str, words: &[&str]) -> Option<Completed> {
    match kind {
        Kind::Real(_) | Kind::Integer(_) => numbers(kind, name, value, words),
        Kind::Time(_) => length(value, words).or_else(|| numbers(kind, name, value, words)),
        Kind::Sort => direction(value, words),
        _ => longest(kind, value, words),
    }
}

/// Whether a text is a value of a field of names, or the beginning of a melody.
pub(super) fn is_value(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Progression => Progression::parse(text).is_ok(),
        Kind::Melody => MelodyQuery::is_notes(text),
        Kind::Form => values::is_form(text),
        _ if text.len() > LONGEST_NAME => false,
        Kind::Key => !keys_named(text).is_empty(),
        Kind::Instrument if values::is_drum_kit(text) => false,
        Kind::Instrument => !programs_named(text).is_empty() || !drums_named(text).is_empty(),
        Kind::Chord => quality_named(text).is_some(),
        Kind::Damage => values::damage(&equal(text)).is_ok(),
        Kind::Part => Role::named(text).is_some(),
        Kind::Meter => values::meter(&equal(text)).is_ok(),
        Kind::Tag => {
            let tag = text.to_lowercase();
            Name::of(text).tags.contains(&&*tag) || tags_of_notes().any(|other| other == tag)
        }
        _ => false,
    }
}

/// A text as a value is written: quoted if it has spaces.
pub(super) fn quoted(text: &str) -> String {
    if text.contains(' ') { format!("\"{text}\"") } else { text.to_owned() }
}

fn equal(text: &str) -> Value<'_> {
    Value::Compared(Comparison::Equal, Text { at: 0, text, quoted: false })
}

/// The value with as many words as belong to it.
fn longest(kind: Kind, value: &str, words: &[&str]) -> Option<Completed> {
    let joints: &[&str] = match kind {
        Kind::Chord => &["", " "],
        Kind::Form | Kind::Meter => &[""],
        Kind::Key => &[" ", ""],
        Kind::Part => &["-"],
        _ => &[" "],
    };
    let joined = |count: usize| {
        joints.iter().find_map(|joint| {
            let whole = [&[value], &words[..count]].concat().join(joint);
            is_value(kind, &whole).then(|| Completed::new(count, quoted(&whole)))
        })
    };
    // What is no word belongs to nothing, but for the stroke of a meter.
    let is_word = |word: &&&str| kind == Kind::Meter || word.contains(char::is_alphanumeric);
    (1..=words.iter().take_while(is_word).count()).rev().find_map(joined)
}

/// The least number that a text means; `None` if it is no number.
fn least(kind: Kind, text: &str) -> Option<f64> {
    match kind {
        Kind::Integer(_) => Interval::integer(&equal(text)).ok()?.lower.map(|least| least as f64),
        Kind::Real(_) => Interval::real(&equal(text), false).ok()?.lower,
        _ => Interval::real(&equal(text), true).ok()?.lower,
    }
}

/// Two numbers, with `to` between them or not; a number and a comparison; a number and the name of its field.
fn numbers(kind: Kind, name: &str, value: &str, words: &[&str]) -> Option<Completed> {
    let (first, rest) = words.split_first()?;
    let from = least(kind, value)?;
    let singular = |word: &str| word.trim_end_matches('s').to_lowercase();
    if singular(first) == singular(name) {
        return Some(Completed::new(1, value));
    }
    let word = first.to_lowercase();
    let (second, used) = match rest.first() {
        Some(second) if is_joint(&word) => (*second, 2),
        _ => (*first, 1),
    };
    let to = least(kind, second)?;
    if is_rest_of_thousands(second) {
        return Some(Completed::new(used, format!("{value}{second}")));
    }
    let (range, either) = (format!("{value}..{second}"), format!("{value},{second}"));
    let unit = words.get(used).and_then(|word| unit(word)).filter(|_| kind.is_time());
    Some(match (from < to, &*word, unit) {
        (_, _, Some(unit)) => {
            let [from, to] = [value, second].map(|text| clock(in_unit(text, unit)));
            Completed::new(used + 1, format!("{from}..{to}"))
        }
        (false, ..) | (_, "or", _) => Completed::new(used, either),
        (true, "to" | "–", _) => Completed::new(used, range),
        (true, ..) => Completed { words: used, written: vec![range, either] },
    })
}

/// Whether a word joins two numbers.
pub(super) fn is_joint(word: &str) -> bool {
    ["to", "–", "and", "or"].contains(&&*word.to_lowercase())
}

/// Whether a number is the end of one that is written in groups of three digits.
fn is_rest_of_thousands(number: &str) -> bool {
    number.len() == 3 && number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit())
}

/// The seconds of a number of units, or of a time with minutes.
fn in_unit(text: &str, unit: f64) -> f64 {
    let count = text.parse::<f64>().map(|count| count * unit);
    // Half a second less is what it begins with.
    count.unwrap_or_else(|_| least(Kind::Time(""), text).unwrap_or_default() + 0.5)
}

/// A time as it is written.
fn clock(total: f64) -> String {
    if total < 60.0 || total.fract() > 0.0 {
        return total.to_string();
    }
    let (minutes, seconds) = (total as u64 / 60, total as u64 % 60);
    match minutes / 60 {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{:02}:{seconds:02}", minutes % 60),
    }
}

/// A length such as `1 min 30 s`.
fn length(value: &str, words: &[&str]) -> Option<Completed> {
    let number = |text: &str| least(Kind::Time(""), text).and(text.parse::<f64>().ok());
    let (mut total, mut used, mut next) = (0.0, 0, number(value));
    for (index, word) in words.iter().enumerate() {
        next = match (next, unit(word)) {
            (Some(count), Some(unit)) => {
                (total, used) = (total + count * unit, index + 1);
                None
            }
            (None, None) if used > 0 => number(word),
            _ => break,
        };
    }
    (used > 0 && total < LONGEST_PIECE).then(|| Completed::new(used, clock(total)))
}

/// The seconds of a unit of time.
pub(super) fn unit(word: &str) -> Option<f64> {
    match word.to_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1.0),
        "min" | "mins" | "minute" | "minutes" => Some(60.0),
        "h" | "hour" | "hours" => Some(3600.0),
        _ => None,
    }
}

/// An order with its direction, as SQL has it.
fn direction(value: &str, words: &[&str]) -> Option<Completed> {
    let name = value.trim_start_matches('-');
    let written = match words.first()?.to_lowercase().as_str() {
        "desc" | "descending" => format!("-{name}"),
        "asc" | "ascending" => name.to_owned(),
        _ => return None,
    };
    Some(Completed::new(1, written))
}
