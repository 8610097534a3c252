//! What may stand after a colon.
//!
//! A number stands for all that is rounded to it, at as many decimals as it is written with: a tempo
//! of 130 is 130.0001 in most files that mean it, since they count whole microseconds a beat.

use midi_analysis::{
    Progression, instrument_names, keys_named, programs_named, quality_named, quality_names,
};

use super::Problem;
use super::fields::nearest;
use super::grammar::{Comparison, Text, Value};
use crate::text::shown;

/// From a first value to before another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span<T> {
    pub(super) from: Option<T>,
    pub(super) before: Option<T>,
}

impl Span<f64> {
    /// Of a number, or where `clock` of seconds, which may be written 1:30.
    pub(super) fn real(value: &Value<'_>, clock: bool) -> Result<Self, Problem> {
        Self::read(value, |text| {
            let found = if clock { seconds(text.text) } else { decimal(text.text) };
            let (number, half) = found.ok_or_else(|| {
                let kind = if clock { "a time such as 90 or 1:30" } else { "a number" };
                no_value(text, kind)
            })?;
            Ok((number - half, number + half))
        })
    }
}

impl Span<i64> {
    /// Of a whole number.
    pub(super) fn whole(value: &Value<'_>) -> Result<Self, Problem> {
        Self::read(value, |text| {
            let number: i32 = text.text.parse().map_err(|_| no_value(text, "a whole number"))?;
            Ok((i64::from(number), i64::from(number) + 1))
        })
    }
}

impl<T: Copy + PartialOrd> Span<T> {
    /// `number` answers where the number in a text begins, and where it ends.
    fn read(
        value: &Value<'_>,
        number: impl Fn(&Text<'_>) -> Result<(T, T), Problem>,
    ) -> Result<Self, Problem> {
        let (from, before) = match value {
            Value::Compared(comparison, text) => {
                let (start, end) = number(text)?;
                match comparison {
                    Comparison::Equal => (Some(start), Some(end)),
                    Comparison::Less => (None, Some(start)),
                    Comparison::LessOrEqual => (None, Some(end)),
                    Comparison::Greater => (Some(end), None),
                    Comparison::GreaterOrEqual => (Some(start), None),
                }
            }
            Value::Range(first, last) => {
                let from = first.as_ref().map(&number).transpose()?.map(|(start, _)| start);
                let before = last.as_ref().map(&number).transpose()?.map(|(_, end)| end);
                if let (Some(text), Some(from), Some(before)) = (first, from, before)
                    && from >= before
                {
                    let message = "the range ends before it begins".to_owned();
                    return Err(Problem::value(
                        text.at,
                        message,
                        "Write the smaller number first.",
                    ));
                }
                (from, before)
            }
        };
        Ok(Self { from, before })
    }
}

/// A number, and half of the unit of its last digit.
fn decimal(text: &str) -> Option<(f64, f64)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    // So many say all that a double can hold, and make no infinity.
    if !are_digits(whole) || !are_digits(decimals) || whole.len() > 15 || decimals.len() > 15 {
        return None;
    }
    let places = if digits.contains('.') { decimals.len() as i32 } else { 0 };
    Some((text.parse().ok()?, 0.5 * 10f64.powi(-places)))
}

/// Seconds, written as such or with minutes and hours before them.
fn seconds(text: &str) -> Option<(f64, f64)> {
    let (before, last) = text.rsplit_once(':').map_or((None, text), |(b, l)| (Some(b), l));
    let (mut total, half) = decimal(last)?;
    let Some(before) = before else { return Some((total, half)) };
    let parts: Vec<&str> = before.split(':').collect();
    if parts.len() > 2 || !(0.0..60.0).contains(&total) {
        return None;
    }
    for (part, unit) in parts.iter().rev().zip([60.0, 3600.0]) {
        total += f64::from(part.parse::<u16>().ok()?) * unit;
    }
    Some((total, half))
}

/// The text of a value that cannot be compared otherwise.
pub(super) fn plain<'a>(value: &Value<'a>) -> Result<Text<'a>, Problem> {
    match value {
        Value::Compared(Comparison::Equal, text) => Ok(*text),
        Value::Compared(_, text) | Value::Range(Some(text), _) | Value::Range(None, Some(text)) => {
            let message = "only numbers can be compared".to_owned();
            Err(Problem::value(text.at, message, "Give one value, or several with commas."))
        }
        Value::Range(None, None) => unreachable!("the grammar has no range without ends"),
    }
}

pub(super) fn yes_no(value: &Value<'_>) -> Result<bool, Problem> {
    let text = plain(value)?;
    match text.text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" | "1" => Ok(true),
        "no" | "false" | "off" | "0" => Ok(false),
        _ => Err(no_value(&text, "yes or no")),
    }
}

pub(super) fn keys(value: &Value<'_>) -> Result<Vec<String>, Problem> {
    let text = plain(value)?;
    let keys = keys_named(text.text);
    if keys.is_empty() {
        return Err(no_value(&text, "a key such as C, F#m, \"A minor\" or minor"));
    }
    Ok(keys)
}

pub(super) fn meter(value: &Value<'_>) -> Result<(i64, i64), Problem> {
    let text = plain(value)?;
    let meter = text.text.split_once('/').and_then(|(beats, unit)| {
        let [beats, unit] = [beats, unit].map(|part| part.parse::<u8>().ok().map(i64::from));
        Some((beats?, unit?))
    });
    meter.ok_or_else(|| no_value(&text, "a meter such as 3/4"))
}

pub(super) fn programs(value: &Value<'_>) -> Result<Vec<i16>, Problem> {
    let text = plain(value)?;
    let programs = programs_named(text.text);
    if programs.is_empty() {
        let names = || instrument_names().flat_map(|name| name.split(' ').chain([name]));
        let message = format!("there is no instrument \"{}\"", shown(text.text));
        let hint = suggestion(text.text, names())
            + "Give a name or a family of General MIDI, or \
                    a program from 0 to 127; drums:yes is a field of its own.";
        return Err(Problem::value(text.at, message, hint));
    }
    Ok(programs)
}

pub(super) fn chord(value: &Value<'_>) -> Result<String, Problem> {
    let text = plain(value)?;
    quality_named(text.text).map(str::to_owned).ok_or_else(|| {
        let known = quality_names().collect::<Vec<_>>().join(", ");
        let message = format!("there is no quality of chords \"{}\"", shown(text.text));
        let hint = suggestion(text.text, quality_names()) + "Qualities: " + &known + ".";
        Problem::value(text.at, message, hint)
    })
}

/// A progression, and how it is written.
pub(super) fn progression<'a>(value: &Value<'a>) -> Result<(Progression, &'a str), Problem> {
    let text = plain(value)?;
    let progression = Progression::parse(text.text).map_err(|error| {
        let at = text.at + usize::from(text.quoted) + error.at;
        Problem::value(at, error.message, error.hint)
    })?;
    Ok((progression, text.text))
}

/// Words, of which at least one letter or digit is to be found.
pub(super) fn words(text: &Text<'_>) -> Result<String, Problem> {
    if text.text.chars().any(char::is_alphanumeric) {
        return Ok(text.text.to_owned());
    }
    Err(no_value(text, "a word, which has a letter or a digit"))
}

fn no_value(text: &Text<'_>, kind: &str) -> Problem {
    let message = format!("\"{}\" is not {kind}", shown(text.text));
    Problem::value(text.at, message, format!("Give {kind}."))
}

fn suggestion<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    match nearest(word, candidates) {
        Some(like) => format!("Did you mean \"{like}\"? "),
        None => String::new(),
    }
}
