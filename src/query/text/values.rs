//! The values of fields.
//!
//! A number means the interval of all numbers that round to it at the decimals it is written with:
//! `bpm:130` finds 129.5 to 130.5. The tempo of most files at 130 is 130.0001, because MIDI files store
//! whole microseconds per quarter note.

use midi_analysis::{
    MelodyQuery, Progression, Role, damage_kinds, drum_names, drums_named, instrument_names,
    keys_named, programs_named, quality_named, quality_names,
};

use super::error::Error;
use super::fields::most_similar;
use super::grammar::{Comparison, Text, Value};
use crate::text::shown;

/// Names of drum kits, which are played on a channel of their own and have no program.
const DRUMS: [&str; 6] = ["drum", "drums", "drum kit", "drum set", "drumkit", "drumset"];

const NUMBER: &str = "a number such as 120, or a range such as 120..130";

/// The values from a lower bound on and below an upper one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Interval<T> {
    /// Inclusive.
    pub(super) lower: Option<T>,
    /// Exclusive.
    pub(super) upper: Option<T>,
}

impl Interval<f64> {
    /// The interval of a number, or with `clock` of a time in seconds, which may be written 1:30.
    pub(super) fn real(value: &Value<'_>, clock: bool) -> Result<Self, Error> {
        Self::read(value, |text| {
            let found = if clock { seconds(text.text) } else { decimal(text.text) };
            let (number, half) = found.ok_or_else(|| {
                let kind = if clock { "a time such as 90 or 1:30" } else { NUMBER };
                invalid(text, kind)
            })?;
            Ok((number - half, number + half))
        })
    }
}

impl Interval<i64> {
    /// The interval of an integer.
    pub(super) fn integer(value: &Value<'_>) -> Result<Self, Error> {
        Self::read(value, |text| {
            let number: i32 = text.text.parse().map_err(|_| invalid(text, "an integer"))?;
            Ok((i64::from(number), i64::from(number) + 1))
        })
    }
}

impl<T: Copy + PartialOrd> Interval<T> {
    /// `number` gives the bounds of the interval that the number in a text means.
    fn read(
        value: &Value<'_>,
        number: impl Fn(&Text<'_>) -> Result<(T, T), Error>,
    ) -> Result<Self, Error> {
        let (lower, upper) = match value {
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
                let lower = first.as_ref().map(&number).transpose()?.map(|(start, _)| start);
                let upper = last.as_ref().map(&number).transpose()?.map(|(_, end)| end);
                if let (Some(text), Some(lower), Some(upper)) = (first, lower, upper)
                    && lower >= upper
                {
                    let message = "the range ends before it begins".to_owned();
                    let hint = "Write the smaller number first.";
                    return Err(Error::value(text.at, message, hint));
                }
                (lower, upper)
            }
        };
        Ok(Self { lower, upper })
    }
}

/// A number, and half a unit of its last digit.
fn decimal(text: &str) -> Option<(f64, f64)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    // A double holds 15 digits, and so many cannot overflow to infinity.
    if !are_digits(whole) || !are_digits(decimals) || whole.len() > 15 || decimals.len() > 15 {
        return None;
    }
    let places = if digits.contains('.') { decimals.len() as i32 } else { 0 };
    Some((text.parse().ok()?, 0.5 * 10f64.powi(-places)))
}

/// A time in seconds, optionally with minutes and hours before the seconds; and half a unit of its last
/// digit.
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

/// The text of a value that admits neither a comparison nor a range.
pub(super) fn plain<'a>(value: &Value<'a>) -> Result<Text<'a>, Error> {
    match value {
        Value::Compared(Comparison::Equal, text) => Ok(*text),
        Value::Compared(_, text) | Value::Range(Some(text), _) | Value::Range(None, Some(text)) => {
            let message = "only numbers can be compared".to_owned();
            let hint = "Give one value, or several separated by commas. Quote a text that begins with such a sign.";
            Err(Error::value(text.at, message, hint))
        }
        Value::Range(None, None) => unreachable!("the grammar has no range without ends"),
    }
}

pub(super) fn boolean(value: &Value<'_>) -> Result<bool, Error> {
    let text = plain(value)?;
    match text.text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" | "1" => Ok(true),
        "no" | "false" | "off" | "0" => Ok(false),
        _ => Err(invalid(&text, "yes or no")),
    }
}

pub(super) fn keys(value: &Value<'_>) -> Result<Vec<String>, Error> {
    let text = plain(value)?;
    let keys = keys_named(text.text);
    if keys.is_empty() {
        return Err(invalid(&text, "a key such as C, F#m, 8A, \"A minor\" or minor"));
    }
    Ok(keys.iter().map(ToString::to_string).collect())
}

pub(super) fn meter(value: &Value<'_>) -> Result<(i64, i64), Error> {
    let text = plain(value)?;
    let meter = text.text.split_once('/').and_then(|(beats, unit)| {
        let [beats, unit] = [beats, unit].map(|part| part.parse::<u8>().ok());
        let is_meter = beats? > 0 && unit?.is_power_of_two();
        is_meter.then_some((i64::from(beats?), i64::from(unit?)))
    });
    meter.ok_or_else(|| invalid(&text, "a meter such as 3/4"))
}

/// Whether a name is that of any drums, which no instrument is.
pub(super) fn is_drum_kit(name: &str) -> bool {
    DRUMS.contains(&name.to_lowercase().as_str())
}

/// The programs of an instrument, and the pitches of drums of that name; one of them at least.
pub(super) fn instrument(value: &Value<'_>) -> Result<(Vec<i16>, Vec<i16>), Error> {
    let text = plain(value)?;
    if is_drum_kit(text.text) {
        let message = format!("\"{}\" are no instrument of General MIDI", shown(text.text));
        return Err(Error::value(
            text.at,
            message,
            "Use drums:yes, a drum such as instrument:snare, or instrument:percussion.",
        ));
    }
    let [programs, drums] = [programs_named, drums_named]
        .map(|named| named(text.text).into_iter().map(i16::from).collect());
    let found: (Vec<_>, Vec<_>) = (programs, drums);
    if found.0.is_empty() && found.1.is_empty() {
        let names = instrument_names().chain(drum_names());
        let names = names.flat_map(|name| name.split(' ').chain([name]));
        let message = format!("instrument \"{}\" does not exist", shown(text.text));
        let hint = suggestion(text.text, names)
            + separators(&text)
            + "Give the name of an instrument, family or drum of General MIDI, or a program from 0 to 127. \
               For any drums, use drums:yes.";
        return Err(Error::value(text.at, message, hint));
    }
    Ok(found)
}

pub(super) fn chord(value: &Value<'_>) -> Result<String, Error> {
    let text = plain(value)?;
    quality_named(text.text).map(|quality| quality.to_string()).ok_or_else(|| {
        let known = quality_names().collect::<Vec<_>>().join(", ");
        let message = format!("chord quality \"{}\" does not exist", shown(text.text));
        let hint = suggestion(text.text, quality_names())
            + separators(&text)
            + "The qualities are "
            + &known
            + ".";
        Error::value(text.at, message, hint)
    })
}

pub(super) fn role(value: &Value<'_>) -> Result<String, Error> {
    let text = plain(value)?;
    Role::named(text.text).map(|role| role.to_string()).ok_or_else(|| {
        let names = Role::ALL.map(Role::name);
        let message = format!("role \"{}\" does not exist", shown(text.text));
        let hint =
            suggestion(text.text, names.into_iter()) + "The roles are " + &names.join(", ") + ".";
        Error::value(text.at, message, hint)
    })
}

/// A kind of damage, in any case.
pub(super) fn damage(value: &Value<'_>) -> Result<String, Error> {
    let text = plain(value)?;
    let found = damage_kinds().find(|kind| kind.eq_ignore_ascii_case(text.text));
    found.map(str::to_owned).ok_or_else(|| {
        let message = format!("kind of damage \"{}\" does not exist", shown(text.text));
        let kinds: Vec<_> = damage_kinds().map(|kind| format!("\"{kind}\"")).collect();
        let hint =
            suggestion(text.text, damage_kinds()) + "The kinds are " + &kinds.join(", ") + ".";
        Error::value(text.at, message, hint)
    })
}

/// The letters of the sections, with a prime where a section is varied.
pub(super) fn form<'a>(value: &Value<'a>) -> Result<&'a str, Error> {
    let text = plain(value)?;
    if !is_form(text.text) {
        let message = format!("\"{}\" is no form", shown(text.text));
        let hint = "Give the sections in their order, such as AABA: the first is A, and each that has not come before \
                    has the next letter.";
        return Err(Error::value(text.at, message, hint));
    }
    Ok(text.text)
}

/// Whether a text is the form of some piece.
pub(super) fn is_form(text: &str) -> bool {
    let mut letters = ('A'..='Z').chain('a'..='z').peekable();
    let mut known = |letter: char| match letters.next_if_eq(&letter) {
        Some(_) => true,
        None => letter.is_ascii_alphabetic() && !letters.clone().any(|later| later == letter),
    };
    text.starts_with('A') && text.chars().all(|c| c == '\'' || known(c))
}

/// A progression, and its text.
pub(super) fn progression<'a>(value: &Value<'a>) -> Result<(Progression, &'a str), Error> {
    let text = plain(value)?;
    let progression = Progression::parse(text.text).map_err(|error| {
        let at = text.at + usize::from(text.quoted) + error.offset;
        Error::value(at, error.reason, error.hint)
    })?;
    Ok((progression, text.text))
}

/// The text of a melody.
pub(super) fn melody(value: &Value<'_>) -> Result<String, Error> {
    let text = plain(value)?;
    match MelodyQuery::from_text(text.text) {
        Ok(_) => Ok(text.text.to_owned()),
        Err(error) => {
            let characters = error.position.map_or(0, |position| position - 1);
            let before = text.text.char_indices().nth(characters).map_or(0, |(at, _)| at);
            let at = text.at + usize::from(text.quoted) + before;
            let message = format!("could not read the melody: {}", error.reason);
            Err(Error::value(at, message, MELODY))
        }
    }
}

/// What a melody is.
const MELODY: &str =
    "Give 6 to 64 notes in quotes, as names such as \"E4 D4 C4 D4 E4 E4\", or as MIDI pitches.";

/// A text with at least one letter or digit: without one, full text search finds no word in it.
pub(super) fn words(text: &Text<'_>) -> Result<String, Error> {
    if text.text.chars().any(char::is_alphanumeric) {
        return Ok(text.text.to_owned());
    }
    let message = format!("\"{}\" is not a word", shown(text.text));
    let hint = match text.text.contains(['|', '&', '+']) {
        true => "All conditions have to hold. Commas separate alternatives, as in key:C,Am.",
        false => {
            "A word has a letter or a digit. Quote a name that has such signs between its words."
        }
    };
    Err(Error::value(text.at, message, hint))
}

/// The error for a value that is not of this kind, such as "a key such as C", whose examples go into
/// the hint.
fn invalid(text: &Text<'_>, kind: &str) -> Error {
    let noun = kind.split(" such as ").next().unwrap_or(kind);
    let message = format!("\"{}\" is not {noun}", shown(text.text));
    Error::value(text.at, message, format!("{}Give {kind}.", separators(text)))
}

/// The start of a hint: what separates alternatives, if that is not a comma.
fn separators(text: &Text<'_>) -> &'static str {
    match text.text.contains(['|', ';']) {
        true => "Commas separate alternatives, as in key:C,Am. ",
        false => "",
    }
}

/// The start of a hint: the candidate whose spelling is most similar to the word.
fn suggestion<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    let others = candidates.filter(|candidate| !candidate.eq_ignore_ascii_case(word));
    match most_similar(word, others) {
        Some(similar) => format!("Did you mean \"{similar}\"? "),
        None => String::new(),
    }
}
