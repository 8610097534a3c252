//! Texts of users, whole and cut.

use std::borrow::Cow;

/// The number of characters of a user's text that a message repeats at most.
const MAX_SHOWN: usize = 200;

/// The part of a user's text that a message repeats: all of it, or its beginning, so that the length of
/// messages is bounded.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A text in one line of the log, whatever it has in it.
pub(crate) fn in_line(text: &str) -> String {
    // What turns the direction of writing, or is not seen, can make one line look like another.
    let is_hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let escaped = |c: char| match c.is_control() || is_hidden(c) {
        true => c.escape_default().collect(),
        false => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// The last offset up to this one at which a text can be cut.
pub(crate) fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
