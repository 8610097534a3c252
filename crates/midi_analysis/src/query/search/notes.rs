//! Tunes as they are written: names of notes, or MIDI pitches.

use crate::model::pitch_class::natural;

/// Characters of a text that is read at all.
const LONGEST_TEXT: usize = 1_000;
/// Octave of a tune that names none: middle C is C4.
const MIDDLE: i32 = 60;

/// Why a melody could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The character of the text, or the note of the list, at fault, from 1; 0 for the whole.
    pub position: usize,
    /// What is wrong, as the end of a sentence.
    pub reason: String,
}

impl QueryError {
    pub(super) fn whole(reason: String) -> Self {
        Self { position: 0, reason }
    }
}

/// The pitches that a text names, and whether it names octaves; the nearest ones where it does not.
pub(super) fn of_text(text: &str) -> Result<(Vec<u8>, bool), QueryError> {
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return Err(QueryError::whole(format!("it is longer than {LONGEST_TEXT} characters")));
    }
    let (mut pitches, mut octaves) = (Vec::new(), true);
    let mut position = 1;
    for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == '|') {
        if !word.is_empty() {
            let (class, pitch) = note(word).ok_or_else(|| QueryError {
                position,
                reason: format!("\"{}\" is no note", word.chars().take(20).collect::<String>()),
            })?;
            octaves &= pitch.is_some();
            pitches.push(pitch.unwrap_or_else(|| near(class, pitches.last().copied())));
        }
        position += word.chars().count() + 1;
    }
    Ok((pitches, octaves))
}

/// The pitches that a list gives.
pub(super) fn of_numbers(numbers: &[i32]) -> Result<Vec<u8>, QueryError> {
    let pitch = |(index, &number): (usize, &i32)| {
        u8::try_from(number).ok().filter(|&pitch| pitch < 128).ok_or_else(|| QueryError {
            position: index + 1,
            reason: format!("{number} is no MIDI pitch, which is 0 to 127"),
        })
    };
    numbers.iter().enumerate().map(pitch).collect()
}

/// Pitch class and, where the octave is told, pitch of a note.
fn note(word: &str) -> Option<(u8, Option<u8>)> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        let pitch = word.parse().ok().filter(|&pitch: &u8| pitch < 128)?;
        return Some((pitch % 12, Some(pitch)));
    }
    let mut letters = word.chars();
    let natural = i32::from(natural(letters.next()?)?);
    let rest = letters.as_str();
    let octave = rest.trim_start_matches(['#', '♯', 'b', '♭']);
    let signs = &rest[..rest.len() - octave.len()];
    if signs.chars().count() > 2 {
        return None;
    }
    let sharps: i32 =
        signs.chars().map(|sign| if matches!(sign, '#' | '♯') { 1 } else { -1 }).sum();
    let class = (natural + sharps).rem_euclid(12) as u8;
    if octave.is_empty() {
        return Some((class, None));
    }
    let octave: i32 = octave.parse().ok().filter(|octave| (-1..=9).contains(octave))?;
    let pitch = u8::try_from((octave + 1) * 12 + natural + sharps).ok()?;
    (pitch < 128).then_some((class, Some(pitch)))
}

/// The pitch of a class that lies nearest to the one before.
fn near(class: u8, before: Option<u8>) -> u8 {
    let before = before.map_or(MIDDLE, i32::from);
    let up = (i32::from(class) - before).rem_euclid(12);
    let pitch = if up > 6 { before + up - 12 } else { before + up };
    match pitch {
        ..0 => (pitch + 12) as u8,
        128.. => (pitch - 12) as u8,
        _ => pitch as u8,
    }
}
