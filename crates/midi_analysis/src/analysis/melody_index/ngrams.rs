//! N-grams of intervals.
//!
//! Intervals are taken modulo the octave, so a query without octaves has the same n-grams, and so has
//! a line that is played in another octave.

use crate::model::pitch_class::PitchClass;

/// Intervals in an n-gram. In a library of 2,668 pieces (songs, classical scores and sequences, folk
/// tunes, games), the mean n-gram of a melody is found in a third of the pieces if it has four
/// intervals, and in a fortieth if it has seven. Longer n-grams are only a little rarer, and exclude
/// short queries.
const INTERVALS: usize = 7;
/// Notes in an n-gram.
pub(crate) const WINDOW: usize = INTERVALS + 1;
const OCTAVE: i32 = 12;
/// One more than the largest value of the digits after the first.
const REST: i32 = 12_i32.pow(INTERVALS as u32 - 1);

/// The n-grams of a line, one for each note that is followed by enough others.
pub(crate) fn ngrams(pitches: &[u8]) -> impl Iterator<Item = i32> {
    let code = pitches.windows(2).scan(0, |code, pair| {
        *code = *code % REST * OCTAVE + interval(pair[0], pair[1]);
        Some(*code)
    });
    code.skip(INTERVALS - 1)
}

/// The n-grams by which a line is indexed: those that begin at every other note, and the last. They
/// include one of each two neighbours, and an index has to keep only half as many.
pub(crate) fn indexed(pitches: &[u8]) -> impl Iterator<Item = i32> {
    let last = pitches.len().saturating_sub(WINDOW);
    let codes = ngrams(pitches).enumerate();
    codes.filter(move |&(at, _)| at % 2 == 0 || at == last).map(|(_, code)| code)
}

/// The n-grams, distinct and ascending.
pub(crate) fn distinct(mut codes: Vec<i32>) -> Vec<i32> {
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Semitones from one pitch up to the nearest of the other pitch class.
fn interval(from: u8, to: u8) -> i32 {
    let [from, to] = [from, to].map(|pitch| PitchClass::index_of_pitch(pitch) as i32);
    if to < from { to - from + OCTAVE } else { to - from }
}
