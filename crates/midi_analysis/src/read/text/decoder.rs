//! The encoding of the texts of a file.
//!
//! Files do not declare it, so all texts of one file are judged together: ASCII, UTF-8 where they are
//! valid UTF-8, else what `chardetng` (the detector of Firefox) finds.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, UTF_8};

use crate::error::{Error, check};
use crate::model::text::RawTexts;

/// Longest name, in characters: under what an index entry may hold.
const MAX_NAME_CHARS: usize = 255;
/// Bytes of texts that are not ASCII by which their encoding is judged.
const SAMPLE: usize = 1 << 20;
/// Bytes of a text that are decoded at once.
const PIECE: usize = 1 << 16;
/// Texts between two questions whether to stop.
pub(crate) const TEXTS_BETWEEN_CHECKS: usize = 1 << 14;

/// Decodes the texts of one file.
#[derive(Clone, Copy, Debug, PartialEq)]
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
        texts: RawTexts<'_>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        Self::learn(|learn| {
            for part in texts.list.chunks(TEXTS_BETWEEN_CHECKS) {
                check(interrupted)?;
                part.iter().for_each(|text| learn(texts.bytes(text)));
            }
            Ok(())
        })
    }

    /// The same of the texts that `each_text` hands on; it is called again where more has to be known
    /// of them.
    ///
    /// # Errors
    /// Those of `each_text`.
    pub(crate) fn learn(
        each_text: impl Fn(&mut dyn FnMut(&[u8])) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (mut used, mut ascii, mut utf_8) = (false, true, true);
        each_text(&mut |text| {
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
        each_text(&mut |text| sample.add(text))?;
        Ok(Self { encoding: Some(sample.encoding()), ascii: false })
    }

    /// The name of the encoding: `US-ASCII`, or one of the WHATWG Encoding Standard; `None` without texts.
    pub(crate) fn name_of_encoding(&self) -> Option<&'static str> {
        if self.ascii {
            return self.encoding.map(|_| "US-ASCII");
        }
        self.encoding.map(Encoding::name)
    }

    /// The text without NUL and other control characters. For texts that are not long.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let decoded = match self.encoding {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            None => Cow::Borrowed(""),
        };
        decoded.chars().filter(|&c| is_kept(c)).collect()
    }

    /// The same, handed on in pieces, until `piece` wants no more.
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

    /// For texts that follow each other, as the syllables of a track do: a character may begin in one
    /// and end in the next.
    pub(crate) fn joined(&self) -> Joined {
        Joined { decoder: self.encoding.map(Encoding::new_decoder_without_bom_handling) }
    }

    /// The text as a name: trimmed, one line, capped.
    pub(crate) fn name(&self, bytes: &[u8]) -> String {
        let text = self.text(&bytes[..bytes.len().min(MAX_NAME_CHARS * 4)]);
        let line: Vec<&str> = text.split_whitespace().collect();
        capped(&line.join(" "), MAX_NAME_CHARS)
    }
}

/// Decodes texts that follow each other, in the order in which they are handed to it.
pub(crate) struct Joined {
    decoder: Option<encoding_rs::Decoder>,
}

impl Joined {
    /// Hands on the next text in pieces, without control characters, until `piece` wants no more. A
    /// character that begins in it and ends in a later text belongs to the later.
    ///
    /// # Errors
    /// Those of `piece`.
    pub(crate) fn pieces(
        &mut self,
        bytes: &[u8],
        piece: &mut dyn FnMut(&str) -> Result<Wanted, Error>,
    ) -> Result<(), Error> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        // The longest that a byte may become: a replacement character, and one more that was begun.
        let mut text = String::with_capacity(bytes.len().min(PIECE) * 3 + 12);
        let mut rest = bytes;
        loop {
            let (result, read, _) = decoder.decode_to_string(rest, &mut text, false);
            rest = &rest[read..];
            text.retain(is_kept);
            if piece(&text)? == Wanted::Nothing || result == CoderResult::InputEmpty {
                return Ok(());
            }
            text.clear();
        }
    }
}

/// Whether a reader of pieces wants more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    More,
    Nothing,
}

fn is_kept(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\r' | '\t')
}

/// The sample by which the encoding of texts is judged: all of them up to a length that is enough,
/// since judging takes longer than reading. ASCII before the first other byte is no evidence of an
/// encoding, and is left out.
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

/// The first characters of a text.
pub(crate) fn capped(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
