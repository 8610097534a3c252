//! File names as text.
//!
//! A file name consists of bytes, while `path` is text. A name that is valid UTF-8 is written as it is. In
//! other names each byte that is not part of a character is written as `\xHH`, and a backslash as `\x5c`;
//! so is the backslash of a valid name that contains `\xHH` by chance. So two names never have the same
//! text, and the bytes of a name can be restored from its text.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::Write;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The text of one file name.
pub(crate) fn display(name: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(name) {
        Ok(text) if !holds_escape(text) => Cow::Borrowed(text),
        _ => Cow::Owned(escape(name)),
    }
}

/// The bytes of the file name of which `text` is the [`display`].
fn bytes(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut name = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = rest.get(..4).and_then(escaped_byte);
        name.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &rest[4..] } else { after };
    }
    name
}

/// The path of whose components `text` is the [`display`], relative to the root.
pub(crate) fn path(text: &str) -> PathBuf {
    text.split('/').map(|component| OsString::from_vec(bytes(component))).collect()
}

/// Whether a file of this name counts as MIDI when a directory is walked.
pub(crate) fn is_midi_name(name: &[u8]) -> bool {
    let ends = |name: &[u8], suffix: &str| {
        name.len() > suffix.len()
            && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
    };
    let stem = if ends(name, ".gz") { &name[..name.len() - 3] } else { name };
    [".mid", ".midi", ".kar", ".rmi", ".smf"].iter().any(|suffix| ends(stem, suffix))
}

fn holds_escape(text: &str) -> bool {
    text.as_bytes().windows(4).any(|window| escaped_byte(window).is_some())
}

/// The byte for which `\xHH` stands.
fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'\\', b'x', high, low] = *text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

fn escape(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    for chunk in name.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', "\\x5c"));
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}").expect("a String takes all that is written");
        }
    }
    text
}
