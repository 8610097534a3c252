//! Chords that are spelled as keys are: `Am7`, 'vi - C#m', 'Dm G C'.

use crate::model::words::Words;

/// Extensions of chords: directly after a key they make it a chord.
const NUMBERS: [&str; 6] = ["6", "7", "9", "11", "13", "69"];
/// Degrees of a key.
const DEGREES: [&str; 7] = ["i", "ii", "iii", "iv", "v", "vi", "vii"];
/// What may be between the root of a chord and its number.
const QUALITIES: [&str; 8] = ["", "m", "maj", "min", "dim", "aug", "sus", "add"];
/// So many chords in succession are a progression. Two may be a key and the letter of a variant.
const PROGRESSION: usize = 3;

/// Whether a number makes the words a chord (`Am7`, 'C major 7'), a degree beside one word does, or
/// other chords do. Beside a key of two words, the roman numeral is the number of a movement; several
/// degrees are a progression in the key.
pub(super) fn is_chord(words: &Words, phrase: &str, first: usize, last: usize) -> bool {
    let is_degree = |index: usize| DEGREES.contains(&words.text(index));
    let next = words.text(last + 1);
    let has_degree =
        is_degree(first.wrapping_sub(1)) || is_degree(last + 1) && !is_degree(last + 2);
    let is_seventh = if words.is_apart(last + 1) { next == "7" } else { NUMBERS.contains(&next) };
    is_seventh || first == last && (has_degree || is_in_progression(words, phrase, first))
}

/// Whether the word is one of several chords in succession.
fn is_in_progression(words: &Words, phrase: &str, index: usize) -> bool {
    let is_chord = |&index: &usize| is_symbol(words, phrase, index);
    let before = (0..index).rev().take_while(is_chord).count();
    let after = (index + 1..words.words().len()).take_while(is_chord).count();
    before + 1 + after >= PROGRESSION
}

/// Whether the word is the symbol of a chord, with a capital: `Am`, `F`, `Bbmaj`.
fn is_symbol(words: &Words, phrase: &str, index: usize) -> bool {
    let source = &phrase[words.words()[index].source.clone()];
    let quality = source.strip_prefix(|c| matches!(c, 'A'..='G'));
    let quality = quality.map(|rest| rest.strip_prefix(['#', 'b', '♯', '♭']).unwrap_or(rest));
    quality.is_some_and(|quality| QUALITIES.contains(&quality))
}
