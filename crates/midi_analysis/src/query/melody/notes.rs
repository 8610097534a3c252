//! Queries as they are written: names of notes, or MIDI pitches.

use std::fmt;

use crate::model::pitch_class::natural;

/// Most characters of a text.
const LONGEST_TEXT: usize = 1_000;
/// Pitch near which a query without octaves begins: middle C, C4.
const MIDDLE: i32 = 60;

/// Why a melody could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MelodyQueryError {
    /// The character of the text, or the note of the list, that is wrong, from 1; `None` where it is the
    /// whole.
    pub position: Option<usize>,
    /// What is wrong, as a clause without a capital and a period.
    pub reason: String,
}

impl MelodyQueryError {
    /// What is wrong with the character or note at `position`, from 1.
    pub fn new(position: usize, reason: String) -> Self {
        Self { position: Some(position), reason }
    }

    /// What is wrong with the whole query.
    pub(super) fn whole(reason: String) -> Self {
        Self { position: None, reason }
    }
}

impl fmt::Display for MelodyQueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        self.position.map_or(Ok(()), |position| write!(f, " (at position {position})"))
    }
}

impl std::error::Error for MelodyQueryError {}

/// The pitches that a text names, and whether all of them have octaves. A note without one is the
/// nearest to the note before it.
pub(super) fn of_text(text: &str) -> Result<(Vec<u8>, bool), MelodyQueryError> {
    if text.chars().nth(LONGEST_TEXT).is_some() {
        return Err(MelodyQueryError::whole(format!(
            "it is longer than {LONGEST_TEXT} characters"
        )));
    }
    let (mut pitches, mut octaves) = (Vec::new(), true);
    let mut position = 1;
    for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == '|') {
        if !word.is_empty() {
            let (class, pitch) = note(word).ok_or_else(|| {
                let shown: String = word.chars().take(20).collect();
                MelodyQueryError::new(position, format!("\"{shown}\" is not a note"))
            })?;
            octaves &= pitch.is_some();
            pitches.push(pitch.unwrap_or_else(|| near(class, pitches.last().copied())));
        }
        position += word.chars().count() + 1;
    }
    Ok((pitches, octaves))
}

/// Checks that all numbers are pitches.
pub(super) fn check_pitches(pitches: &[u8]) -> Result<(), MelodyQueryError> {
    match pitches.iter().enumerate().find(|(_, pitch)| **pitch > 127) {
        Some((index, pitch)) => {
            let reason = format!("{pitch} is not a MIDI pitch from 0 to 127");
            Err(MelodyQueryError::new(index + 1, reason))
        }
        None => Ok(()),
    }
}

/// Pitch class and, if the octave is given, pitch of a note.
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

/// The pitch of a class that is nearest to the one before.
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
