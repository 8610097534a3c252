//! The chunks of Yamaha's XF format: `XFIH`, which tells of the piece, and `XFKM`, which has its words.
//!
//! Source: XF Format Specifications 2.01 (Yamaha, 1999). Both hold events of a track, meta events only:
//! Lyric events, and cue points that begin with `$` and say what follows: `$XFhd:`, `$Lyrc:` with the
//! channels of the melody, an offset for the display and the language. Other cue points name the singer.

use crate::model::text::TextKind;
use crate::read::smf::XfChunks;

const TEXT: u8 = 1;
const LYRIC: u8 = 5;
const CUE_POINT: u8 = 7;

/// The texts of both chunks, each with its tick.
pub(crate) fn texts<'a>(chunks: XfChunks<'a>) -> impl Iterator<Item = (TextKind, u32, &'a [u8])> {
    let events = |bytes: Option<&'a [u8]>| MetaEvents { rest: bytes.unwrap_or_default(), tick: 0 };
    let information = events(chunks.information)
        .filter(|event| matches!(event.kind, TEXT | CUE_POINT))
        .map(|event| (TextKind::Text, 0, event.text));
    let words = events(chunks.karaoke).filter_map(|event| match event.kind {
        LYRIC => Some((TextKind::Lyric, event.tick, event.text)),
        CUE_POINT if event.text.starts_with(b"$") => Some((TextKind::Text, 0, event.text)),
        _ => None,
    });
    information.chain(words)
}

struct MetaEvent<'a> {
    kind: u8,
    tick: u32,
    text: &'a [u8],
}

/// The meta events at the start of some bytes.
struct MetaEvents<'a> {
    rest: &'a [u8],
    tick: u32,
}

impl<'a> Iterator for MetaEvents<'a> {
    type Item = MetaEvent<'a>;

    fn next(&mut self) -> Option<MetaEvent<'a>> {
        let (delta, rest) = number(self.rest)?;
        let [0xff, kind, rest @ ..] = rest else { return None };
        let (length, rest) = number(rest)?;
        // A text that is cut short is read as far as it goes.
        let (text, rest) = rest.split_at((length as usize).min(rest.len()));
        self.tick = self.tick.saturating_add(delta).min(u32::MAX - 1);
        self.rest = rest;
        Some(MetaEvent { kind: *kind, tick: self.tick, text })
    }
}

/// A number of variable length, and what follows it.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0;
    for (at, byte) in bytes.iter().take(4).enumerate() {
        number = number << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_events_end_the_reading() {
        let read = |karaoke: &'static [u8]| {
            let chunks = XfChunks { information: None, karaoke: Some(karaoke) };
            texts(chunks).map(|(_, tick, text)| (tick, text)).collect::<Vec<_>>()
        };
        let two = b"\x00\xff\x05\x02la\x60\xff\x05\x03ley";
        assert_eq!(read(two), [(0, &b"la"[..]), (96, b"ley")]);
        assert_eq!(read(&two[..two.len() - 1]), [(0, &b"la"[..]), (96, b"le")]);
        assert_eq!(read(b"\x00\xff\x05\x02la\x60\x90\x40\x40"), [(0, &b"la"[..])]);
        assert!(read(b"\xff\xff\xff\xff\xff").is_empty() && read(b"").is_empty());
    }
}
