//! The end of a SysEx event whose length is wrong.
//!
//! In a file the length follows the status byte F0, and F7, which ends the message, is the last byte that
//! it counts (RP-001). Programs that write what they send leave the length out, so that the manufacturer's
//! number is read as one (newlandsvalley/purescript-midi#6), and others miscount by a byte or two. All
//! data bytes are below 128, so the message shows its end by itself. Where it is sent in packets, the
//! first of them has no F7, and the others follow as events.

use crate::read::credible::{credible, varlen};

const START: u8 = 0xf0;
const END: u8 = 0xf7;
/// By how many bytes a length is miscounted; a length that is further off is none.
const MISCOUNT: usize = 2;
/// SysEx events in a row after which others are believed to follow.
const CREDIBLE_RUN: usize = 4;

/// The bytes after the F0 of a message, and its end.
pub(super) struct Message<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) end: usize,
}

/// The message of the SysEx event that `event` begins with, if its length does not end at its F7 and
/// other events follow that.
#[cold]
pub(super) fn message(event: &[u8]) -> Option<Message<'_>> {
    let at = varlen(event)?.1 + 1;
    let (length, width) = varlen(event.get(at..)?)?;
    let data = at + width;
    let counted = data.saturating_add(length as usize);
    let end = natural_end(event, data)?;
    let follows = event.get(end..)?;
    // Of an F7 just behind the length, the first byte of the time of the next packet is another reading.
    if end > counted + 1 || end == counted + 1 && is_packet(&event[counted..]) || !is_next(follows)
    {
        return None;
    }
    let from = if width > 1 || counted.abs_diff(end) <= MISCOUNT { data } else { at };
    Some(Message { bytes: &event[from..end], end })
}

/// Just behind the F7 that follows data bytes only.
fn natural_end(event: &[u8], data: usize) -> Option<usize> {
    let bytes = event.get(data..)?;
    let length = bytes.iter().position(|&byte| byte > 0x7f)?;
    (bytes[length] == END).then_some(data + length + 1)
}

fn is_packet(bytes: &[u8]) -> bool {
    varlen(bytes).is_some_and(|(_, at)| bytes.get(at) == Some(&END))
}

/// Whether events can be read from here on, other SysEx events first.
fn is_next(mut bytes: &[u8]) -> bool {
    for _ in 0..CREDIBLE_RUN {
        let [0..=0x7f, START, rest @ ..] = bytes else { return credible(bytes) };
        let Some(end) = varlen(rest).and_then(|(_, data)| natural_end(rest, data)) else {
            return false;
        };
        bytes = &rest[end..];
    }
    true
}
