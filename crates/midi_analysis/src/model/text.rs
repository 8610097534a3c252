//! Texts as they stand in a file, not decoded yet.

/// What a text in a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextKind {
    Text,
    Copyright,
    TrackName,
    /// The name of an instrument or of a program.
    InstrumentName,
    Lyric,
    Marker,
    /// Title of the piece.
    Title,
    /// Who plays or wrote it.
    Artist,
}

/// Where a text stands, by which it is known whether the next one may continue it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextUse {
    /// By itself.
    Name,
    /// A lyric of a track.
    Lyric { track: u32 },
    /// A text of a track after its start, as karaoke files have them.
    SungText { track: u32 },
}

impl TextUse {
    pub(crate) fn of(kind: TextKind, tick: u32, track: u32) -> Self {
        match kind {
            TextKind::Lyric => Self::Lyric { track },
            TextKind::Text if tick > 0 => Self::SungText { track },
            _ => Self::Name,
        }
    }
}

/// A text of a file, as a range of the file's bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawText {
    pub(crate) kind: TextKind,
    pub(crate) track: u16,
    pub(crate) tick: u32,
    length: u32,
    start: usize,
}

impl RawText {
    /// `bytes` is a part of `source`.
    pub(crate) fn new(kind: TextKind, track: u16, tick: u32, bytes: &[u8], source: &[u8]) -> Self {
        // An empty slice may lie elsewhere.
        let start = (bytes.as_ptr() as usize).saturating_sub(source.as_ptr() as usize);
        // The length of an event has 28 bits.
        let length = bytes.len() as u32;
        Self { kind, track, tick, length, start: if length == 0 { 0 } else { start } }
    }

    pub(crate) fn text_use(&self) -> TextUse {
        TextUse::of(self.kind, self.tick, u32::from(self.track))
    }

    /// The bytes of the text, `source` being those of the file.
    fn bytes<'s>(&self, source: &'s [u8]) -> &'s [u8] {
        &source[self.start..self.start + self.length as usize]
    }
}

/// Texts of a file, and the bytes that they are a part of.
#[derive(Clone, Copy)]
pub(crate) struct RawTexts<'s> {
    pub(crate) list: &'s [RawText],
    pub(crate) source: &'s [u8],
}

impl<'s> RawTexts<'s> {
    /// The bytes of one of the texts.
    pub(crate) fn bytes(&self, text: &RawText) -> &'s [u8] {
        text.bytes(self.source)
    }
}
