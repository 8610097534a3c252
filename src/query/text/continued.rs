//! Values that go on after a space, with their alternatives: `key:C,A minor,D`.

use super::completed::{completed, is_value};
use super::fields::Field;
use super::grammar::quoted;

/// Most ways to write what a query is meant as.
const MOST_WAYS: usize = 2;

/// How the last value of a condition and the words after it are written.
pub(super) struct Continued {
    /// How many of the words belong to it.
    pub(super) words: usize,
    /// The ways; none where that cannot be told.
    pub(super) ways: Vec<String>,
}

/// A part of words, which ends at a space or a comma.
struct Piece<'a> {
    text: &'a str,
    is_after_comma: bool,
    /// The number of its word.
    word: usize,
}

/// What the last value of a condition with a field and the words after it are together, and the values after commas in these
/// words; `None` if the words do not belong to it. `negated`: the condition has a minus sign.
pub(super) fn continued(
    field: &Field,
    negated: bool,
    last: &str,
    words: &[&str],
) -> Option<Continued> {
    let pieces = pieces(words);
    let (mut ways, mut value, mut used) = (vec![String::new()], last, 0);
    loop {
        let run = pieces[used..].iter().take_while(|piece| !piece.is_after_comma);
        let run: Vec<_> = run.map(|piece| piece.text).collect();
        let written = match completed(field, negated, value, &run) {
            Some(completed) => {
                used += completed.words;
                completed.written
            }
            None => vec![quoted(value)],
        };
        let each = |way: String| written.iter().map(move |value| format!("{way}{value}"));
        ways = ways.into_iter().flat_map(each).take(MOST_WAYS).collect();
        let next = pieces.get(used).filter(|piece| piece.is_after_comma);
        let Some(next) = next.filter(|piece| is_value(field.kind, piece.text)) else { break };
        ways.iter_mut().for_each(|way| way.push(','));
        (value, used) = (next.text, used + 1);
    }
    let end = pieces[used.checked_sub(1)?].word;
    // What comes after a comma in the last word is none of its values.
    if pieces.get(used).is_some_and(|piece| piece.word == end) {
        ways.clear();
    }
    Some(Continued { words: end + 1, ways })
}

/// Words, cut at commas.
fn pieces<'a>(words: &[&'a str]) -> Vec<Piece<'a>> {
    let (mut pieces, mut is_after_comma) = (Vec::new(), false);
    for (word, text) in words.iter().enumerate() {
        for (number, text) in text.split(',').enumerate() {
            is_after_comma |= number > 0;
            if !text.is_empty() {
                pieces.push(Piece { text, is_after_comma, word });
                is_after_comma = false;
            }
        }
    }
    pieces
}
