//! Names, lyrics, markers and copyright, decoded to clean Unicode.
//!
//! The files do not say their encoding, so all texts of one file are judged together: ASCII, UTF-8
//! where they are valid UTF-8, else what `chardetng` (the detector of Firefox) finds. Lyrics are
//! Lyric events, or the Text events of a karaoke file (`.kar`, whose texts begin with `@K`), with
//! the line and paragraph marks of either (RP-017 of the MMA: CR, LF; Soft Karaoke: `/`, `\`).

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use crate::score::{RawText, Score, TextKind};

/// Longest name, marker or copyright, in characters: under what an index entry may hold.
const MAX_NAME_CHARS: usize = 255;
/// Most names or markers kept of one file.
const MAX_NAMES: usize = 1_000;
/// Longest lyrics, in characters.
const MAX_LYRICS_CHARS: usize = 65_536;

/// The texts of a piece: valid Unicode without NUL or other control characters but line breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Names of the tracks that have one, in track order; up to 1,000 of 255 characters.
    pub track_names: Vec<String>,
    /// The words, with their line breaks; up to 65,536 characters.
    pub lyrics: Option<String>,
    /// Markers (section names) in the order of time; up to 1,000 of 255 characters.
    pub markers: Vec<String>,
    /// The copyright notices, one a line; up to 255 characters.
    pub copyright: Option<String>,
    /// The encoding found: `US-ASCII`, or a name of the WHATWG Encoding Standard; `None` where the
    /// file has no text.
    pub encoding: Option<&'static str>,
}

impl Texts {
    pub(crate) fn of(score: &Score<'_>, decoder: &Decoder) -> Self {
        let texts = &score.texts;
        let of_kind = |kind| texts.iter().filter(move |text| text.kind == kind);
        let names = |kind| -> Vec<String> {
            of_kind(kind)
                .map(|text| decoder.name(text.bytes))
                .filter(|name| !name.is_empty())
                .take(MAX_NAMES)
                .collect()
        };
        let copyright = names(TextKind::Copyright).join("\n");
        Self {
            track_names: names(TextKind::TrackName),
            lyrics: lyrics(texts, decoder),
            markers: names(TextKind::Marker),
            copyright: (!copyright.is_empty()).then(|| capped(&copyright, MAX_NAME_CHARS)),
            encoding: decoder.name_of_encoding(),
        }
    }
}

/// Decodes the texts of one file.
pub(crate) struct Decoder {
    encoding: Option<&'static Encoding>,
    ascii: bool,
}

impl Decoder {
    /// Judges the encoding by all texts of a file.
    pub(crate) fn for_texts<'a>(texts: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let mut used = texts.filter(|bytes| !bytes.is_empty());
        if used.clone().all(|bytes| bytes.is_ascii()) {
            return Self { encoding: used.next().map(|_| UTF_8), ascii: true };
        }
        if used.clone().all(|bytes| std::str::from_utf8(bytes).is_ok()) {
            return Self { encoding: Some(UTF_8), ascii: false };
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        used.for_each(|bytes| {
            detector.feed(bytes, false);
            detector.feed(b"\n", false);
        });
        detector.feed(b"", true);
        let encoding = detector.guess(None, Utf8Detection::Deny);
        Self { encoding: Some(encoding), ascii: false }
    }

    fn name_of_encoding(&self) -> Option<&'static str> {
        if self.ascii {
            return self.encoding.map(|_| "US-ASCII");
        }
        self.encoding.map(Encoding::name)
    }

    /// The text as it stands, but for NUL, which PostgreSQL's text cannot hold, and other control
    /// characters.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let decoded = match self.encoding {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            None => Cow::Borrowed(""),
        };
        decoded.chars().filter(|&c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
    }

    /// The text as a name: trimmed, one line, capped.
    pub(crate) fn name(&self, bytes: &[u8]) -> String {
        let text = self.text(&bytes[..bytes.len().min(MAX_NAME_CHARS * 4)]);
        let line: Vec<&str> = text.split_whitespace().collect();
        capped(&line.join(" "), MAX_NAME_CHARS)
    }
}

fn capped(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

fn lyrics(texts: &[RawText<'_>], decoder: &Decoder) -> Option<String> {
    let mut words: Vec<&RawText<'_>> =
        texts.iter().filter(|text| text.kind == TextKind::Lyric).collect();
    if words.is_empty() && texts.iter().any(|text| is_karaoke_mark(text.bytes)) {
        words = texts.iter().filter(|text| text.kind == TextKind::Text).collect();
    }
    words.sort_by_key(|text| text.tick);
    let words: Vec<String> = words
        .iter()
        .filter(|text| !text.bytes.starts_with(b"@"))
        .map(|text| decoder.text(text.bytes))
        .filter(|word| !word.is_empty())
        .collect();
    let joined = join_syllables(&words);
    let lyrics = capped(joined.trim(), MAX_LYRICS_CHARS);
    (!lyrics.is_empty()).then_some(lyrics)
}

/// Soft Karaoke files announce themselves by `@KMIDI KARAOKE FILE` or another `@K` text.
fn is_karaoke_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(b"@K") || bytes.starts_with(b"@T") || bytes.starts_with(b"@L")
}

/// Syllables run together as they stand, with the marks for lines made line breaks. Where no
/// syllable carries a space or mark of its own, as notation programs write them, each is a word or
/// ends in the hyphen that ties it to the next.
fn join_syllables(words: &[String]) -> String {
    let marked = |word: &String| word.contains([' ', '\n', '\r', '/', '\\']);
    let bare = words.len() > 1 && !words.iter().any(marked);
    let mut out = String::new();
    for word in words {
        if bare {
            match word.strip_suffix('-') {
                Some(tied) => out.push_str(tied),
                None => {
                    out.push_str(word);
                    out.push(' ');
                }
            }
            continue;
        }
        for c in word.chars() {
            match c {
                '\\' => out.push_str("\n\n"),
                '/' | '\r' | '\n' => out.push('\n'),
                c => out.push(c),
            }
        }
    }
    let mut lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines.join("\n")
}
