//! N-grams of intervals.
//!
//! An interval is counted modulo the octave: so a tune that is asked for without octaves has the same
//! n-grams, and one that is played an octave apart.

/// Intervals in an n-gram.
const INTERVALS: usize = 5;
/// Notes in an n-gram.
pub(super) const WINDOW: usize = INTERVALS + 1;
const OCTAVE: u8 = 12;

/// The n-gram of so many notes.
pub(super) fn ngram(window: [u8; WINDOW]) -> i32 {
    let digits = window.windows(2).map(|pair| interval(pair[0], pair[1]));
    digits.fold(0, |code, digit| code * i32::from(OCTAVE) + i32::from(digit))
}

/// The n-grams of a line, one for each note that enough others follow.
pub(super) fn ngrams(pitches: &[u8]) -> impl Iterator<Item = i32> {
    pitches.windows(WINDOW).map(|window| ngram(std::array::from_fn(|index| window[index])))
}

/// Semitones up from one pitch to the next of that name.
fn interval(from: u8, to: u8) -> u8 {
    (to % OCTAVE + OCTAVE - from % OCTAVE) % OCTAVE
}
