//! A ZIP archive in place of a MIDI file, as downloads leave it: its only MIDI file.
//!
//! Source: PKWARE's APPNOTE 6.3. The central directory says what the archive holds; notes of macOS about
//! its files (`._name`) do not count. Archives of several MIDI files are none of one piece.

use std::ops::Range;

/// How the bytes of a member are stored.
pub(crate) enum Method {
    Stored,
    Deflated,
}

/// A member: how and where it is stored.
pub(crate) struct Member {
    pub(crate) method: Method,
    pub(crate) stored: Range<usize>,
}

const END_RECORD: usize = 22;
const MOST_COMMENT: usize = 65_535;
const ENTRY: usize = 46;
const LOCAL_HEADER: usize = 30;
/// What the names of MIDI files end with.
const EXTENSIONS: [&[u8]; 4] = [b".mid", b".midi", b".kar", b".rmi"];

/// The only member of the archive `bytes` with the name of a MIDI file.
pub(crate) fn only_midi(bytes: &[u8]) -> Option<Member> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let from = bytes.len().saturating_sub(END_RECORD + MOST_COMMENT);
    let end = from + bytes[from..].windows(4).rposition(|id| id == b"PK\x05\x06")?;
    let count = word(bytes, end + 10)?;
    let mut at = long(bytes, end + 16)?;
    let mut only = None;
    for _ in 0..count {
        let entry = bytes.get(at..).filter(|entry| entry.starts_with(b"PK\x01\x02"))?;
        let name = entry.get(ENTRY..ENTRY + word(entry, 28)?)?;
        if is_midi(name) && only.replace(at).is_some() {
            return None;
        }
        at += ENTRY + name.len() + word(entry, 30)? + word(entry, 32)?;
    }
    member(bytes, bytes.get(only?..)?)
}

fn member(bytes: &[u8], entry: &[u8]) -> Option<Member> {
    let is_encrypted = word(entry, 8)? & 1 == 1;
    let method = match word(entry, 10)? {
        0 if !is_encrypted => Method::Stored,
        8 if !is_encrypted => Method::Deflated,
        _ => return None,
    };
    let local = long(entry, 42)?;
    let header = bytes.get(local..).filter(|header| header.starts_with(b"PK\x03\x04"))?;
    let start = local + LOCAL_HEADER + word(header, 26)? + word(header, 28)?;
    let end = start.checked_add(long(entry, 20)?)?;
    (end <= bytes.len()).then_some(Member { method, stored: start..end })
}

fn is_midi(name: &[u8]) -> bool {
    let base = name.rsplit(|&byte| byte == b'/' || byte == b'\\').next().unwrap_or(name);
    let ends = |extension: &&[u8]| {
        base.len()
            .checked_sub(extension.len())
            .is_some_and(|at| base[at..].eq_ignore_ascii_case(extension))
    };
    !base.starts_with(b"._") && EXTENSIONS.iter().any(ends)
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|word| u16::from_le_bytes(*word).into())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|long| u32::from_le_bytes(*long) as usize)
}
