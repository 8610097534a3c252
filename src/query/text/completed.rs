//! What a value and the words after it are together, where somebody has written a condition as it is spoken.

use midi_analysis::{
    MelodyQuery, Name, Progression, Role, drums_named, keys_named, programs_named, quality_named,
    tags_of_notes,
};

use super::fields::{Field, Kind};
use super::grammar::{Comparison, Text, Value, quoted};
use super::values::{self, Interval};

/// Longest value in bytes, but for those of progressions, melodies and forms: several times the longest name.
const LONGEST_NAME: usize = 100;

/// A value, in the ways in which it may be meant, and how many of the words after it belong to it. There is no way where
/// that cannot be told.
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

/// What a value of a field and the words after it are together; `None` if the words do not belong to it. `negated`: the
/// condition has a minus sign.
pub(super) fn completed(
    field: &Field,
    negated: bool,
    value: &str,
    words: &[&str],
) -> Option<Completed> {
    match field.kind {
        kind if kind.is_number() => numbers(field, &[&[value], words].concat()),
        Kind::Sort => direction(negated, value, words),
        kind => longest(kind, value, words),
    }
}

/// Whether a text is a value of a field of numbers or of names, or the beginning of a melody.
pub(super) fn is_value(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Progression => Progression::parse(text).is_ok(),
        Kind::Melody => MelodyQuery::is_notes(text),
        Kind::Form => values::is_form(text),
        _ if text.len() > LONGEST_NAME => false,
        Kind::Real(_) | Kind::Integer(_) | Kind::Time(_) => least(kind, text).is_some(),
        Kind::Sort => Field::known(text.trim_start_matches('-')).is_some(),
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
    // What is no word belongs to nothing, but for the stroke of a meter.
    let is_word = |word: &&&str| kind == Kind::Meter || word.contains(char::is_alphanumeric);
    let most = words.iter().take_while(is_word).count();
    // A value of the next words alone, such as the second of `piano electric guitar`.
    let is_of_names = matches!(kind, Kind::Instrument | Kind::Tag) && is_value(kind, value);
    let next = (1..=most).rev().find(|&end| is_of_names && is_value(kind, &words[..end].join(" ")));
    let joined = |count: usize| {
        joints.iter().find_map(|joint| {
            let whole = [&[value], &words[..count]].concat().join(joint);
            is_value(kind, &whole).then(|| Completed::new(count, quoted(&whole)))
        })
    };
    (1..=most).rev().find_map(joined).filter(|whole| next.is_none_or(|next| next <= whole.words))
}

/// The least number that a text means; `None` if it is no number.
fn least(kind: Kind, text: &str) -> Option<f64> {
    match kind {
        Kind::Integer(_) => Interval::integer(&equal(text)).ok()?.lower.map(|least| least as f64),
        Kind::Real(_) => Interval::real(&equal(text), false).ok()?.lower,
        _ => Interval::real(&equal(text), true).ok()?.lower,
    }
}

/// A number, as it is written in one word or in several.
struct Number {
    text: String,
    /// A number alone, which may have the unit of the next.
    count: Option<f64>,
    /// The last unit of time in it.
    unit: Option<f64>,
}

impl Number {
    /// The number at the start of words, and how many of these it has.
    fn of(kind: Kind, words: &[&str]) -> Option<(Self, usize)> {
        let first = *words.first()?;
        least(kind, first)?;
        if let Some((seconds, unit, used)) = kind.is_time().then(|| length(words)).flatten() {
            return Some((Self { text: clock(seconds), count: None, unit: Some(unit) }, used));
        }
        let mut text = first.to_owned();
        let is_group = |word: &str| word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit());
        let is_rest = |word: &&&str| is_group(first) && is_rest_of_thousands(word);
        let rest: String = words[1..].iter().take_while(is_rest).copied().collect();
        text.push_str(&rest);
        let count = text.parse().ok();
        Some((Self { text, count, unit: None }, 1 + rest.len() / 3))
    }
}

/// Numbers, with words that join them or not, and with the name of their field or not.
fn numbers(field: &Field, words: &[&str]) -> Option<Completed> {
    let kind = field.kind;
    let (first, mut used) = Number::of(kind, words)?;
    let (mut all, mut joint) = (vec![first], None);
    while all.len() < 2 || joint.is_none_or(|joint| joint != Joint::Range) {
        let word = words.get(used).and_then(|word| Joint::of(word));
        let skipped = used + usize::from(word.is_some());
        let Some((next, length)) = Number::of(kind, &words[skipped.min(words.len())..]) else {
            break;
        };
        all.push(next);
        joint = word.or(joint);
        used = skipped + length;
    }
    used += usize::from(words.get(used).is_some_and(|word| field.is_called(word)));
    (used > 1).then(|| Completed { words: used - 1, written: together(kind, all, joint) })
}

/// How numbers are written as one value: as a range, or as alternatives, if it can be told which.
fn together(kind: Kind, mut all: Vec<Number>, joint: Option<Joint>) -> Vec<String> {
    // `1 to 2 min` are minutes, and `90 to 2 min` may be seconds.
    let (mut unit, mut is_shared) = (None, false);
    for number in all.iter_mut().rev() {
        match number.count.zip(unit) {
            Some((count, unit)) => {
                (number.text, is_shared) = (clock(count * unit), true);
            }
            None => unit = number.unit,
        }
    }
    let least: Vec<_> = all.iter().filter_map(|number| least(kind, &number.text)).collect();
    let texts: Vec<_> = all.into_iter().map(|number| number.text).collect();
    let either = texts.join(",");
    let [first, second] = &texts[..] else { return vec![either] };
    let is_in_order = least.is_sorted();
    match joint {
        Some(Joint::Either) => vec![either],
        _ if !is_in_order && is_shared => Vec::new(),
        Some(Joint::Range) if is_in_order => vec![format!("{first}..{second}")],
        Some(Joint::Range) => vec![format!("{second}..{first}")],
        _ if is_in_order => vec![format!("{first}..{second}"), either],
        _ => vec![either],
    }
}

/// A word between two numbers.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Joint {
    Range,
    And,
    Either,
}

impl Joint {
    pub(super) fn of(word: &str) -> Option<Self> {
        match &*word.to_lowercase() {
            "to" | "–" => Some(Self::Range),
            "and" => Some(Self::And),
            "or" => Some(Self::Either),
            _ => None,
        }
    }
}

/// Whether a number is the end of one that is written in groups of three digits.
fn is_rest_of_thousands(number: &str) -> bool {
    number.len() == 3 && number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit())
}

/// A time as it is written, to a hundredth of a second.
fn clock(total: f64) -> String {
    let total = (total * 100.0).round() / 100.0;
    if total < 60.0 || total.fract() > 0.0 {
        return total.to_string();
    }
    let (minutes, seconds) = (total as u64 / 60, total as u64 % 60);
    match minutes / 60 {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{:02}:{seconds:02}", minutes % 60),
    }
}

/// A length with units, each smaller than the one before, such as `1 min 30 s`: its seconds, the last unit, and how many
/// words it has. The last unit may be left out.
fn length(words: &[&str]) -> Option<(f64, f64, usize)> {
    let (mut total, mut last, mut used) = (0.0, f64::INFINITY, 0);
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok());
    while let Some(count) = number(used) {
        let next = words.get(used + 1).and_then(|word| unit(word));
        match next.filter(|unit| *unit < last) {
            Some(unit) => (total, last, used) = (total + count * unit, unit, used + 2),
            // As in `1 min 30`.
            None if next.is_none() && last.is_finite() && last > 1.0 && count < 60.0 => {
                (total, used) = (total + count * last / 60.0, used + 1);
                break;
            }
            None => break,
        }
    }
    (used > 0).then_some((total, last, used))
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
fn direction(negated: bool, value: &str, words: &[&str]) -> Option<Completed> {
    let name = value.trim_start_matches('-');
    let is_descending = match words.first()?.to_lowercase().as_str() {
        "desc" | "descending" => true,
        "asc" | "ascending" => false,
        _ => return None,
    };
    let minus = if is_descending != negated { "-" } else { "" };
    Some(Completed::new(1, format!("{minus}{name}")))
}
