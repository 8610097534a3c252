//! Are these bytes events? Asked where reading lost its step, or where a track may go on.

use midly::{EventIter, MetaMessage, TrackEventKind};

/// Events in a row that must be readable before reading continues at a position in damaged data.
const CREDIBLE_RUN: usize = 4;

/// Events by which what follows an End of Track is known to be events.
const CREDIBLE_SEQUEL: usize = 100;

/// A variable-length quantity of up to four bytes, and the number of bytes it takes.
pub(crate) fn varlen(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().take(4).enumerate() {
        value = value << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 || index == 3 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Whether a meta or SysEx event claims more bytes than there are.
#[cold]
pub(super) fn overruns(before: &[u8], kind: &TrackEventKind) -> bool {
    let Some((_, at)) = varlen(before) else { return false };
    let length_at = if matches!(kind, TrackEventKind::Meta(_)) { at + 2 } else { at + 1 };
    let Some((length, data)) = before.get(length_at..).and_then(varlen) else { return true };
    length as usize > before.len().saturating_sub(length_at + data)
}

/// Whether a run of events, the first with a status byte of its own, can be read from here on, or all
/// events up to the end.
pub(super) fn credible(bytes: &[u8]) -> bool {
    let explicit = matches!(bytes, [0x00..=0x7f, 0x80..=0xef | 0xff, ..]);
    if !explicit {
        return false;
    }
    let mut events = EventIter::new(bytes);
    for _ in 0..CREDIBLE_RUN {
        let before = events.unread();
        match events.next() {
            Some(Ok(event)) => match event.kind {
                TrackEventKind::Meta(MetaMessage::EndOfTrack) => return true,
                TrackEventKind::Midi { .. } => {}
                kind if events.unread().is_empty() && overruns(before, &kind) => return false,
                TrackEventKind::Meta(MetaMessage::Unknown(..)) => return false,
                _ => {}
            },
            _ => return false,
        }
    }
    true
}

/// Whether events, and not only another End of Track, can be read from here on, up to the end or at
/// least many of them; then how many bytes are left after those.
#[cold]
pub(super) fn credible_sequel(bytes: &[u8]) -> Option<usize> {
    let mut events = EventIter::new(bytes);
    let mut is_more = false;
    for _ in 0..CREDIBLE_SEQUEL {
        let before = events.unread();
        if before.is_empty() {
            break;
        }
        let kind = events.next()?.ok()?.kind;
        if matches!(kind, TrackEventKind::Midi { .. }) {
            is_more = true;
            continue;
        }
        let is_cut = events.unread().is_empty() && overruns(before, &kind);
        if is_cut || matches!(kind, TrackEventKind::Meta(MetaMessage::Unknown(..))) {
            return None;
        }
        is_more |= !matches!(kind, TrackEventKind::Meta(MetaMessage::EndOfTrack));
    }
    is_more.then(|| events.unread().len())
}
