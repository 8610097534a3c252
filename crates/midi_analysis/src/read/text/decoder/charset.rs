//! How the bytes of an encoding become characters, by whole tables: those of `encoding_rs` for the encodings of the
//! web (WHATWG Encoding Standard), of `yore` for code pages of DOS.

use std::sync::OnceLock;

use encoding_rs::{EUC_JP, Encoding, GBK, SHIFT_JIS, UTF_16LE};

use super::letters::{Letters, letters};

/// What stands for bytes that are no character.
pub(super) const BROKEN: char = char::REPLACEMENT_CHARACTER;

/// Bytes of a text by which it is judged whether it is valid: a text may have megabytes.
const JUDGED: usize = 1 << 16;
/// The least byte that can be the second of a character.
const LEAST_SECOND: u8 = 0x30;

/// An encoding.
pub(super) struct Charset {
    /// Its name in the WHATWG Encoding Standard, or else with IANA.
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// How much rarer than windows-1252 it is among MIDI files, in bits.
    pub(super) prior: u32,
    /// The languages that are written in it, as [`letters`] names them.
    languages: &'static [&'static str],
    high: OnceLock<[char; 128]>,
    letters: OnceLock<Vec<&'static Letters>>,
}

/// How bytes become characters.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A byte a character; those below 128 are ASCII.
    Bytes(High),
    /// One or several bytes a character.
    Wide(&'static Encoding),
    Utf8,
    /// Text of the second encoding that was read in the first and written as UTF-8.
    Twice(&'static Charset, &'static Charset),
    Utf16(&'static Encoding),
    Iso2022Jp,
}

/// The characters of the bytes from 128.
#[derive(Clone, Copy)]
pub(super) enum High {
    Web(&'static Encoding),
    Oem(fn(u8) -> Option<char>),
    Listed(&'static str),
}

impl Charset {
    pub(super) const fn new(
        name: &'static str,
        form: Form,
        prior: u32,
        languages: &'static [&'static str],
    ) -> Self {
        Self { name, form, prior, languages, high: OnceLock::new(), letters: OnceLock::new() }
    }

    /// Whether texts without a mark of their own are judged by whether they are in it.
    pub(super) fn is_judged(&self) -> bool {
        !matches!(self.form, Form::Utf16(_) | Form::Iso2022Jp)
    }

    /// The letters of its languages.
    pub(super) fn letters(&self) -> &[&'static Letters] {
        self.letters.get_or_init(|| self.languages.iter().flat_map(|name| letters(name)).collect())
    }

    /// The character of each byte from 128, or [`BROKEN`].
    pub(super) fn high(&self) -> &[char; 128] {
        self.high.get_or_init(|| {
            let mut high = [BROKEN; 128];
            let Form::Bytes(form) = self.form else { return high };
            for (at, c) in high.iter_mut().enumerate() {
                let byte = 128 + at as u8;
                *c = match form {
                    High::Web(encoding) => encoding
                        .decode_without_bom_handling_and_without_replacement(&[byte])
                        .and_then(|text| text.chars().next()),
                    High::Oem(decode) => decode(byte),
                    High::Listed(list) => list.chars().nth(at),
                }
                .unwrap_or(BROKEN);
            }
            high
        })
    }

    /// Whether bytes, or the first of many, are text of the encoding, but for a character that more bytes
    /// would have to end.
    pub(super) fn is_valid(&self, bytes: &[u8]) -> bool {
        let mut rest = &bytes[..bytes.len().min(JUDGED)];
        while !rest.is_empty() {
            match self.first(rest) {
                Some((BROKEN | '\u{80}'..='\u{9F}', _)) => return false,
                Some((_, length)) => rest = &rest[length..],
                None => return true,
            }
        }
        true
    }

    /// The bytes of a character, in an array, and how many they are. Characters between ASCII and Latin-1 may
    /// also stand for their byte.
    fn bytes(&self, c: char) -> Option<([u8; 4], usize)> {
        let one = |byte| Some(([byte, 0, 0, 0], 1));
        match self.form {
            _ if c == BROKEN => None,
            _ if c.is_ascii() => one(c as u8),
            Form::Wide(encoding) => {
                let mut text = [0; 4];
                let (bytes, _, is_missing) = encoding.encode(c.encode_utf8(&mut text));
                let mut found = [0; 4];
                found.get_mut(..bytes.len())?.copy_from_slice(&bytes);
                (!is_missing).then_some((found, bytes.len()))
            }
            _ if matches!(c, '\u{80}'..='\u{9F}') => one(c as u8),
            _ => one(128 + self.high().iter().position(|&high| high == c)? as u8),
        }
    }

    /// The first character of bytes that are not empty, and its length. `None` where they end within it.
    pub(super) fn first(&self, bytes: &[u8]) -> Option<(char, usize)> {
        let byte = bytes[0];
        if byte < 0x80 && !matches!(self.form, Form::Utf16(_)) {
            return Some((char::from(byte), 1));
        }
        match self.form {
            Form::Bytes(_) => Some((self.high()[usize::from(byte - 128)], 1)),
            Form::Wide(encoding) => wide(encoding, bytes),
            Form::Utf8 | Form::Iso2022Jp => utf8(bytes),
            Form::Twice(through, then) => twice(through, then, bytes),
            Form::Utf16(encoding) => utf16(encoding, bytes),
        }
    }

    /// The start of a character at the end of the bytes, of which more bytes would have to follow.
    pub(super) fn begun<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        match self.form {
            // A text of UTF-16 shows that it is one, and is read by itself.
            Form::Bytes(_) | Form::Iso2022Jp | Form::Utf16(_) => return &[],
            // No character of UTF-8 is longer than its lead byte and three more.
            Form::Utf8 | Form::Twice(..) => {
                let lead = (1..=bytes.len().min(3)).find(|&n| bytes[bytes.len() - n] >= 0xC0);
                let tail = lead.map_or(&bytes[..0], |n| &bytes[bytes.len() - n..]);
                return if !tail.is_empty() && utf8(tail).is_none() { tail } else { &[] };
            }
            Form::Wide(_) => {}
        }
        // From behind the last byte that is a character by itself.
        let last = &bytes[bytes.len().saturating_sub(JUDGED)..];
        let mut rest = match last.iter().rposition(|&byte| byte < LEAST_SECOND) {
            Some(at) => &last[at + 1..],
            None if last.len() == bytes.len() => bytes,
            None => &[],
        };
        while !rest.is_empty() {
            match self.first(rest) {
                Some((_, length)) => rest = &rest[length..],
                None => return rest,
            }
        }
        &[]
    }
}

fn utf8(bytes: &[u8]) -> Option<(char, usize)> {
    let head = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(error) => return Some((BROKEN, error.error_len()?)),
    };
    valid.chars().next().map(|c| (c, c.len_utf8()))
}

/// A character, the bytes of which were taken for characters of another encoding.
fn twice(through: &Charset, then: &Charset, bytes: &[u8]) -> Option<(char, usize)> {
    let (mut inner, mut at) = (Vec::with_capacity(8), 0);
    while inner.len() < 4 {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let (c, length) = utf8(rest)?;
        let Some((more, count)) = through.bytes(c) else { break };
        inner.extend_from_slice(&more[..count]);
        at += length;
        match then.first(&inner) {
            Some((c, length)) if c != BROKEN && length == inner.len() => return Some((c, at)),
            Some(_) => break,
            None => {}
        }
    }
    Some((BROKEN, 1))
}

fn utf16(encoding: &'static Encoding, bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(if encoding == UTF_16LE { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let first = unit(0)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(u32::from(first)).unwrap_or(BROKEN), 2));
    }
    match char::decode_utf16([first, unit(2)?]).next() {
        Some(Ok(c)) => Some((c, 4)),
        _ => Some((BROKEN, 2)),
    }
}

/// The first character of an encoding of East Asia, whose first byte is not ASCII.
fn wide(encoding: &'static Encoding, bytes: &[u8]) -> Option<(char, usize)> {
    let length = if encoding == SHIFT_JIS {
        if matches!(bytes[0], 0xA1..=0xDF | 0x80 | 0xA0 | 0xFD..=0xFF) { 1 } else { 2 }
    } else if matches!(bytes[0], 0x80 | 0xFF) {
        1
    } else if encoding == EUC_JP && bytes[0] == 0x8F {
        3
    } else if encoding == GBK && bytes.get(1).is_some_and(u8::is_ascii_digit) {
        4
    } else {
        2
    };
    // A second byte that cannot continue leaves the first alone, though more bytes might follow.
    let char_bytes = match bytes.get(..length) {
        Some(char_bytes) => char_bytes,
        None if bytes.len() > 1 && bytes[1] < LEAST_SECOND => return Some((BROKEN, 1)),
        None => return None,
    };
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(char_bytes);
    match decoded.and_then(|text| text.chars().next()) {
        Some(c) => Some((c, length)),
        None => Some((BROKEN, 1)),
    }
}
