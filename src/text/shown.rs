//! Texts of users in messages.

use std::borrow::Cow;

/// Most characters of a user's text that a message repeats.
const MOST_SHOWN: usize = 200;

/// What a message repeats of a text that a user wrote: all of it, or its beginning, so that no
/// message grows with what was written.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
