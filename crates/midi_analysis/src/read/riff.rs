//! RIFF forms that hold a standard MIDI file: Microsoft's RMID (`.rmi`).
//!
//! Sources: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (chunks, which
//! are padded to an even length; the list `INFO`; `DISP`); MMA RP-029 (the `data` chunk is the file, and
//! instruments may stand before or after it). Writers err: sizes of 0, of the unpadded or padded form,
//! padding that is missing or of more bytes than one (taglib/taglib#882, sinshu/rustysynth#56).

use std::ops::Range;

use crate::model::text::TextKind;

/// The type of the texts in `DISP`: CF_TEXT.
const DISPLAYED_TEXT: &[u8] = &[1, 0, 0, 0];
/// Bytes of the type with which lists and `DISP` begin.
const TYPE: usize = 4;
/// The most bytes of padding that are skipped before a chunk.
const MOST_PADDING: usize = 3;

/// A RIFF form of MIDI.
pub(crate) struct Form<'a> {
    bytes: &'a [u8],
    /// Where the standard MIDI file in it is.
    pub(crate) smf: Range<usize>,
    /// Where the chunk of that file ends.
    data_end: usize,
}

/// A chunk: its identifier, and where its content is.
struct Chunk<'a> {
    id: &'a [u8],
    content: Range<usize>,
}

impl<'a> Form<'a> {
    /// The form, where `bytes` is one that has a standard MIDI file as `data`.
    pub(crate) fn of(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(b"RIFF") || bytes.get(8..12)? != b"RMID" {
            return None;
        }
        let data = chunks(bytes, 12..bytes.len()).find(|chunk| chunk.id == b"data")?;
        let Range { start, end } = data.content;
        if !bytes[start..].starts_with(b"MThd") {
            return None;
        }
        // The size counts only where it leads to the end or to another chunk.
        let holds = end > start && (rest_is_padding(&bytes[end..]) || leads_to_chunk(bytes, end));
        let end = if holds { end } else { bytes.len() };
        let smf = start..end - counted_padding(&bytes[start..end]);
        Some(Self { bytes, smf, data_end: end })
    }

    /// The title, the artist and the copyright notice that the form gives, each once.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (TextKind, Range<usize>)> + use<'a> {
        let mut found = [const { None }; 4];
        let before = chunks(self.bytes, 12..self.smf.start);
        let after = chunks(self.bytes, self.data_end..self.bytes.len());
        for chunk in before.chain(after) {
            let content = &self.bytes[chunk.content.clone()];
            let rest = chunk.content.start + TYPE..chunk.content.end;
            if chunk.id == b"DISP" && content.starts_with(DISPLAYED_TEXT) {
                found[3] = found[3].take().or_else(|| self.text(rest));
            } else if chunk.id == b"LIST" && content.starts_with(b"INFO") {
                for item in chunks(self.bytes, rest) {
                    let place = match item.id {
                        b"INAM" => 0,
                        b"IART" => 1,
                        b"ICOP" => 2,
                        _ => continue,
                    };
                    found[place] = found[place].take().or_else(|| self.text(item.content));
                }
            }
        }
        let [name, artist, copyright, displayed] = found;
        [
            (TextKind::Title, name.or(displayed)),
            (TextKind::Artist, artist),
            (TextKind::Copyright, copyright),
        ]
        .into_iter()
        .filter_map(|(kind, text)| Some((kind, text?)))
    }

    /// A text up to its NUL, if any of it can be seen.
    fn text(&self, Range { start, end }: Range<usize>) -> Option<Range<usize>> {
        let text = self.bytes[start..end].split(|&byte| byte == 0).next()?;
        (!text.trim_ascii().is_empty()).then(|| start..start + text.len())
    }
}

/// The chunks in a part of `bytes`.
fn chunks(bytes: &[u8], part: Range<usize>) -> impl Iterator<Item = Chunk<'_>> {
    let mut part = part;
    std::iter::from_fn(move || {
        let chunk = next_chunk(bytes, part.clone())?;
        part.start = chunk.content.end;
        Some(chunk)
    })
}

/// The chunk that begins at the start of a part of `bytes`, or after a few bytes of padding. One that
/// is longer than the part ends with it.
fn next_chunk(bytes: &[u8], part: Range<usize>) -> Option<Chunk<'_>> {
    let bytes = bytes.get(..part.end)?;
    // A padding byte need not be 0, but what can be read as an identifier only with it is none.
    let known = (0..=1).find(|skip| is_known(bytes, part.start + skip));
    let skip =
        known.or_else(|| (0..=MOST_PADDING).find(|skip| is_plausible(bytes, part.start + skip)))?;
    let at = part.start + skip;
    let start = at + 8;
    let end = start.saturating_add(length(bytes, at)?).min(bytes.len());
    Some(Chunk { id: &bytes[at..at + 4], content: start..end })
}

/// The length that the header of a chunk gives.
fn length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at + 4..at + 8)?.first_chunk()?;
    Some(u32::from_le_bytes(*length) as usize)
}

fn is_known(bytes: &[u8], at: usize) -> bool {
    const IDS: [&[u8]; 8] =
        [b"LIST", b"data", b"DISP", b"RIFF", b"INAM", b"IART", b"ICOP", b"ISFT"];
    bytes.get(at..at + 4).is_some_and(|id| IDS.contains(&id))
}

fn is_plausible(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at + 4).is_some_and(|id| {
        id[0].is_ascii_alphabetic()
            && id.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b' ')
    })
}

fn leads_to_chunk(bytes: &[u8], at: usize) -> bool {
    next_chunk(bytes, at..bytes.len()).is_some_and(|chunk| {
        let header = chunk.content.start - 8;
        is_known(bytes, header) || length(bytes, header) == Some(chunk.content.len())
    })
}

/// Bytes of padding at the end of a file that its chunk counts as a part of it.
fn counted_padding(smf: &[u8]) -> usize {
    let content = smf.len() - smf.iter().rev().take_while(|&&byte| byte == 0).count();
    let is_ended = smf[..content].ends_with(&[0xff, 0x2f]);
    let padding = smf.len() - content;
    if is_ended && (2..=1 + MOST_PADDING).contains(&padding) { padding - 1 } else { 0 }
}

fn rest_is_padding(rest: &[u8]) -> bool {
    rest.iter().all(|&byte| byte == 0)
}
