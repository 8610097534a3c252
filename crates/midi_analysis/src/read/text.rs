//! Names, lyrics, markers and copyright, decoded to clean Unicode.
//!
//! The files do not say their encoding, so all texts of one file are judged together: ASCII, UTF-8
//! where they are valid UTF-8, else what `chardetng` (the detector of Firefox) finds. Lyrics are
//! Lyric events, or the Text events of a karaoke file (`.kar`, whose texts begin with `@K`), with
//! the line and paragraph marks of either (RP-017 of the MMA: CR, LF; Soft Karaoke: `/`, `\`).

mod lyrics;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, UTF_8};

use self::lyrics::lyrics;
use crate::error::{Error, check};
use crate::model::score::{RawText, Score, TextKind};

/// Longest name, marker or copyright, in characters: under what an index entry may hold.
const MAX_NAME_CHARS: usize = 255;
/// Most names or markers kept of one file.
const MAX_NAMES: usize = 1_000;
/// Bytes of texts that are not ASCII by which their encoding is judged.
const SAMPLE: usize = 1 << 20;
/// Bytes of a text that are decoded at once.
const PIECE: usize = 1 << 16;
/// Texts between two questions whether to stop.
const TEXTS_BETWEEN_CHECKS: usize = 1 << 14;

/// The texts of a piece: valid Unicode without NUL or other control characters but line breaks, and
/// tabs in lyrics.
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
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        decoder: &Decoder,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let texts = &score.texts;
        let names = |kind| names(texts, kind, decoder, interrupted);
        let copyright = names(TextKind::Copyright)?.join("\n");
        Ok(Self {
            track_names: names(TextKind::TrackName)?,
            lyrics: lyrics(texts, decoder, interrupted)?,
            markers: names(TextKind::Marker)?,
            copyright: (!copyright.is_empty()).then(|| capped(&copyright, MAX_NAME_CHARS)),
            encoding: decoder.name_of_encoding(),
        })
    }
}

/// The texts of a kind that are not empty.
fn names(
    texts: &[RawText<'_>],
    kind: TextKind,
    decoder: &Decoder,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for texts in texts.chunks(TEXTS_BETWEEN_CHECKS) {
        check(interrupted)?;
        for text in texts.iter().filter(|text| text.kind == kind) {
            let name = decoder.name(text.bytes);
            if !name.is_empty() {
                names.push(name);
            }
            if names.len() == MAX_NAMES {
                return Ok(names);
            }
        }
    }
    Ok(names)
}

/// Decodes the texts of one file.
pub(crate) struct Decoder {
    encoding: Option<&'static Encoding>,
    ascii: bool,
}

impl Decoder {
    /// Judges the encoding by all texts of a file.
    ///
    /// # Errors
    /// `interrupted`.
    pub(crate) fn for_texts(
        texts: &[RawText<'_>],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        Self::learn(|learn| {
            for texts in texts.chunks(TEXTS_BETWEEN_CHECKS) {
                check(interrupted)?;
                texts.iter().for_each(|text| learn(text.bytes));
            }
            Ok(())
        })
    }

    /// The same of texts that `tell_all` tells, again where more has to be known of them.
    ///
    /// # Errors
    /// Those of `tell_all`.
    pub(crate) fn learn(
        tell_all: impl Fn(&mut dyn FnMut(&[u8])) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (mut used, mut ascii, mut utf_8) = (false, true, true);
        tell_all(&mut |text| {
            used |= !text.is_empty();
            // What is ASCII is UTF-8.
            if utf_8 && !text.is_ascii() {
                ascii = false;
                utf_8 = std::str::from_utf8(text).is_ok();
            }
        })?;
        if utf_8 {
            return Ok(Self { encoding: used.then_some(UTF_8), ascii });
        }
        let mut sample = Sample::new();
        tell_all(&mut |text| sample.add(text))?;
        Ok(Self { encoding: Some(sample.encoding()), ascii: false })
    }

    fn name_of_encoding(&self) -> Option<&'static str> {
        if self.ascii {
            return self.encoding.map(|_| "US-ASCII");
        }
        self.encoding.map(Encoding::name)
    }

    /// The text as it stands, but for NUL, which PostgreSQL's text cannot hold, and other control
    /// characters. For what is not long.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let decoded = match self.encoding {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            None => Cow::Borrowed(""),
        };
        decoded.chars().filter(|&c| is_kept(c)).collect()
    }

    /// The same, handed on in pieces, until `piece` has enough.
    ///
    /// # Errors
    /// Those of `piece`.
    pub(crate) fn pieces(
        &self,
        bytes: &[u8],
        piece: &mut dyn FnMut(&str) -> Result<Wanted, Error>,
    ) -> Result<(), Error> {
        let Some(encoding) = self.encoding.filter(|_| bytes.len() > PIECE) else {
            return piece(&self.text(bytes)).map(drop);
        };
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let (mut text, mut rest) = (String::with_capacity(PIECE), bytes);
        loop {
            let (result, read, _) = decoder.decode_to_string(rest, &mut text, true);
            rest = &rest[read..];
            text.retain(is_kept);
            if piece(&text)? == Wanted::Nothing || result == CoderResult::InputEmpty {
                return Ok(());
            }
            text.clear();
        }
    }

    /// The text as a name: trimmed, one line, capped.
    pub(crate) fn name(&self, bytes: &[u8]) -> String {
        let text = self.text(&bytes[..bytes.len().min(MAX_NAME_CHARS * 4)]);
        let line: Vec<&str> = text.split_whitespace().collect();
        capped(&line.join(" "), MAX_NAME_CHARS)
    }
}

/// What a reader of pieces wants next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    More,
    Nothing,
}

fn is_kept(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t')
}

/// What the encoding of texts is judged by: all of them up to a length that says enough, since to judge
/// takes longer than to read. What is ASCII before anything else says nothing, and takes no time.
struct Sample {
    detector: EncodingDetector,
    left: usize,
    is_ascii: bool,
}

impl Sample {
    fn new() -> Self {
        let detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        Self { detector, left: SAMPLE, is_ascii: true }
    }

    fn add(&mut self, text: &[u8]) {
        if self.left == 0 || text.is_empty() {
            return;
        }
        let free = if self.is_ascii { Encoding::ascii_valid_up_to(text) } else { 0 };
        self.is_ascii = free == text.len();
        let counted = (text.len() - free).min(self.left);
        self.left -= counted;
        self.detector.feed(&text[..free + counted], false);
        self.detector.feed(b"\n", false);
    }

    fn encoding(mut self) -> &'static Encoding {
        self.detector.feed(b"", true);
        self.detector.guess(None, Utf8Detection::Deny)
    }
}

fn capped(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
