//! N-grams of intervals.
//!
//! An interval is counted modulo the octave: so a tune that is asked for without octaves has the same
//! n-grams, and one that is played an octave apart.

/// Intervals in an n-gram. Of the pieces of a library of 2,668 (songs, classical scores and sequences,
/// folk tunes, games), the mean n-gram of a melody is in a third where there are four, in a fortieth
/// where there are seven; from there on it grows rarer slowly, and the shortest tune that is one
/// longer.
const INTERVALS: usize = 7;
/// Notes in an n-gram.
pub(super) const WINDOW: usize = INTERVALS + 1;
const OCTAVE: u8 = 12;
/// What the digits after the first may come to.
const REST: i32 = 12_i32.pow(INTERVALS as u32 - 1);

/// The n-grams of a line, one for each note that enough others follow.
pub(super) fn ngrams(pitches: &[u8]) -> impl Iterator<Item = i32> {
    let code = pitches.windows(2).scan(0, |code, pair| {
        *code = *code % REST * i32::from(OCTAVE) + i32::from(interval(pair[0], pair[1]));
        Some(*code)
    });
    code.skip(INTERVALS - 1)
}

/// The n-grams that a line is indexed by: those that begin at every other note, and the last. Of two
/// neighbours one is among them, which is half as many for an index to keep.
pub(super) fn indexed(pitches: &[u8]) -> impl Iterator<Item = i32> {
    let last = pitches.len().saturating_sub(WINDOW);
    let codes = ngrams(pitches).enumerate();
    codes.filter(move |&(at, _)| at % 2 == 0 || at == last).map(|(_, code)| code)
}

/// The n-grams, distinct and ascending.
pub(super) fn distinct(mut codes: Vec<i32>) -> Vec<i32> {
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Semitones up from one pitch to the next of that name.
fn interval(from: u8, to: u8) -> u8 {
    (to % OCTAVE + OCTAVE - from % OCTAVE) % OCTAVE
}
