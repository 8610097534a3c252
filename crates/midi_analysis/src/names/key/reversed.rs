//! Keys whose mode is written before the note: `Minor_long_B`, `Maj_short_F#`, 'Minor Blues in A'.

use crate::model::key::{Key, Mode};
use crate::model::pitch_class::{PitchClass, natural};
use crate::model::words::{Gap, Words};
use crate::names::key::spelling::mode_of;
use crate::names::reader::TagReader;

/// Words of packs of chords and melodies that may be between the mode and the note. Genres may, where a
/// progression follows: `Major_soul_C_-_I_IV_V`.
const BETWEEN: [&str; 25] = [
    "long",
    "short",
    "chord",
    "chords",
    "prog",
    "progs",
    "progression",
    "progressions",
    "scale",
    "scales",
    "triad",
    "triads",
    "loop",
    "loops",
    "melody",
    "melodies",
    "arp",
    "arps",
    "key",
    "bass",
    "lead",
    "pad",
    "piano",
    "keys",
    "strings",
];
/// The most words between the mode and the note, numbers included.
const MOST_BETWEEN: usize = 3;
/// Words between a mode and `in`: 'Minor 2-5-1 in C'.
const MOST_BEFORE_IN: usize = 4;

/// The key whose mode is the word at `first`, and the word of its note.
pub(super) fn read(reader: &TagReader, phrase: &str, first: usize) -> Option<(Key, usize)> {
    let words = reader.words();
    let mode = mode_of(words.text(first))?;
    let begins = words.words()[first].gap == Gap::Break || reader.is_musical(first - 1);
    if !begins {
        return None;
    }
    let mut needs_degree = false;
    for note in first + 1..=first + 1 + MOST_BETWEEN {
        if let Some(tonic) = note_field(words, phrase, note) {
            let is_apart = note > first + 1 || words.between(phrase, first) != " ";
            let counts = is_apart && (!needs_degree || is_degree(words.text(note + 1)));
            return counts.then_some((Key::new(PitchClass::new(tonic), mode), note));
        }
        let word = words.words().get(note)?;
        needs_degree |= reader.is_genre(note);
        if !(word.is_number || reader.is_genre(note) || BETWEEN.contains(&words.text(note))) {
            return None;
        }
    }
    None
}

/// Whether the word begins with a roman numeral: `iv`, `viadd9`.
fn is_degree(word: &str) -> bool {
    let rest = word.trim_start_matches(['i', 'v']);
    rest.len() < word.len() && ["", "m", "add", "sus", "dim", "aug"].contains(&rest)
}

/// The mode among the words before `in` and a note: 'Minor Blues in A'.
pub(super) fn mode_before(words: &Words, introduction: usize) -> Option<Mode> {
    let from = introduction.saturating_sub(MOST_BEFORE_IN);
    (from..introduction).rev().find_map(|index| mode_of(words.text(index)))
}

/// The note of a word that is a field of its own: a capital between separators that are no spaces, at
/// the end of the name or before a break, a degree or a number.
fn note_field(words: &Words, phrase: &str, index: usize) -> Option<u8> {
    let word = words.words().get(index)?;
    let mut source = phrase[word.source.clone()].chars();
    let letter = source.next().filter(char::is_ascii_uppercase)?;
    let shift = match source.as_str() {
        "" => 0,
        "#" | "♯" => 1,
        "b" | "♭" => 11,
        _ => return None,
    };
    let next = words.words().get(index + 1);
    let ends =
        next.is_none_or(|next| next.gap == Gap::Break || next.is_number && next.gap == Gap::Link);
    (words.is_apart(index) && ends).then_some((natural(letter)? + shift) % 12)
}
