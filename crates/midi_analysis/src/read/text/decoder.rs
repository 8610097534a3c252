//! The encodings of the texts of a file, and the texts decoded.
//!
//! Files do not declare an encoding, and texts of one file may have several. A text that shows its own, as by
//! a byte order mark, is in that. The others are judged together ([`sample`]) by how well they read in each
//! encoding ([`cost`]); a text that is none of the encoding found, or reads far better in another, is judged
//! by itself. What is sung is decoded as one text, since a character may be split over two events.
//!
//! `chardetng`, the detector of Firefox, is made for pages of the web: of a name of ten bytes it finds the
//! language that has most pages.

mod characters;
mod charset;
mod charsets;
mod cost;
mod hints;
mod letters;
mod sample;
mod symbols;

use encoding_rs::{CoderResult, ISO_2022_JP};
use unicode_normalization::UnicodeNormalization;

use self::charset::{BROKEN, Charset, Form};
use self::charsets::{CHARSETS, UTF8, WESTERN, evident, is_plain};
use self::sample::{OTHERS, Sample, best_of};
use crate::error::{Error, check};
use crate::model::text::{RawTexts, TextUse};

/// Longest name, in characters: under what an index entry may hold.
const MAX_NAME_CHARS: usize = 255;
/// Bytes of a text that are decoded at once.
const PIECE: usize = 1 << 16;
/// Texts between two questions whether to stop.
pub(crate) const TEXTS_BETWEEN_CHECKS: usize = 1 << 14;

/// Decodes the texts of one file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decoder {
    /// Places of encodings: of most texts, which is `None` without texts,
    file: Option<usize>,
    /// of what is sung,
    sung: usize,
    /// and of texts that stand out.
    others: [Option<usize>; OTHERS],
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
                part.iter().for_each(|text| learn(text.text_use(), texts.bytes(text)));
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
        each_text: impl Fn(&mut dyn FnMut(TextUse, &[u8])) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (mut used, mut ascii) = (false, true);
        each_text(&mut |_, text| {
            used |= !text.is_empty();
            ascii &= is_plain(text);
        })?;
        let others = [None; OTHERS];
        if ascii {
            return Ok(Self { file: used.then_some(UTF8), sung: UTF8, others, ascii });
        }
        let mut sample = Sample::default();
        each_text(&mut |used, text| sample.add(used, text))?;
        Ok(match sample.verdict() {
            Some(found) => Self {
                file: Some(found.file),
                sung: found.sung,
                others: found.others,
                ascii: false,
            },
            // Control characters are no other encoding.
            None => Self { file: Some(UTF8), sung: UTF8, others, ascii: true },
        })
    }

    /// The name of the encoding: `US-ASCII`, or that of the WHATWG Encoding Standard, else of IANA; `None`
    /// without texts.
    pub(crate) fn name_of_encoding(&self) -> Option<&'static str> {
        let name = self.file.map(|place| CHARSETS[place].name);
        if self.ascii { name.map(|_| "US-ASCII") } else { name }
    }

    /// The text without NUL and other control characters. For texts that are not long.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let mut text = String::new();
        let _ = self.pieces(bytes, &mut |piece| {
            text.push_str(piece);
            Ok(Wanted::More)
        });
        text
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
        decode(self.charset_of(bytes), bytes, piece)
    }

    /// The encoding of a text by itself.
    fn charset_of(&self, bytes: &[u8]) -> &'static Charset {
        let file = self.file.unwrap_or(UTF8);
        if is_plain(bytes) {
            return &CHARSETS[UTF8];
        }
        if let Some(place) = evident(bytes) {
            return &CHARSETS[place];
        }
        let is_mixed = self.others.iter().any(Option::is_some);
        if bytes.is_ascii() || (!is_mixed && CHARSETS[file].is_valid(bytes)) {
            return &CHARSETS[file];
        }
        &CHARSETS[self.best_of(bytes, file)]
    }

    fn best_of(&self, bytes: &[u8], first: usize) -> usize {
        let file = self.file.unwrap_or(UTF8);
        let mut places = vec![first];
        for place in [file, UTF8, WESTERN].into_iter().chain(self.others.into_iter().flatten()) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        best_of(bytes, &places)
    }

    /// For texts that follow each other, as the syllables of a track do: a character may begin in one
    /// and end in the next.
    pub(crate) fn joined(&self) -> Joined<'_> {
        Joined { decoder: self, begun: Begun::default() }
    }

    /// The text as a name: trimmed, one line, capped.
    pub(crate) fn name(&self, bytes: &[u8]) -> String {
        let text = self.text(&bytes[..bytes.len().min(MAX_NAME_CHARS * 4)]);
        let line: Vec<&str> = text.split_whitespace().collect();
        capped(&line.join(" "), MAX_NAME_CHARS)
    }
}

/// The start of a character that the next text may end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Begun {
    bytes: [u8; 4],
    length: usize,
}

impl Begun {
    fn of(bytes: &[u8]) -> Self {
        let mut begun = Self { bytes: [0; 4], length: bytes.len().min(4) };
        begun.bytes[..begun.length].copy_from_slice(&bytes[..begun.length]);
        begun
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Decodes texts that follow each other, in the order in which they are handed to it.
pub(crate) struct Joined<'d> {
    decoder: &'d Decoder,
    begun: Begun,
}

impl<'d> Joined<'d> {
    /// Goes on after a character that was begun.
    pub(crate) fn after(decoder: &'d Decoder, begun: Begun) -> Self {
        Self { decoder, begun }
    }

    /// What was begun in the last text.
    pub(crate) fn begun(&self) -> Begun {
        self.begun
    }

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
        let (charset, before) = self.next(bytes);
        let before = before.bytes();
        if before.is_empty() {
            return decode(charset, bytes, piece);
        }
        // The character that ends here, and then the rest.
        let mut head = before.to_vec();
        head.extend_from_slice(&bytes[..bytes.len().min(4)]);
        let ended = charset.first(&head).map_or(head.len(), |(_, length)| length.max(before.len()));
        let mut is_wanted = Wanted::More;
        decode(charset, &head[..ended], &mut |text| {
            is_wanted = piece(text)?;
            Ok(is_wanted)
        })?;
        match is_wanted {
            Wanted::More => decode(charset, &bytes[ended - before.len()..], piece),
            Wanted::Nothing => Ok(()),
        }
    }

    /// Goes past a text.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        self.next(bytes);
    }

    /// The encoding of the next text, and what was begun before it and belongs to it.
    fn next(&mut self, bytes: &[u8]) -> (&'static Charset, Begun) {
        let before = std::mem::take(&mut self.begun);
        if before.length == 0 && is_plain(bytes) {
            return (&CHARSETS[UTF8], before);
        }
        if let Some(place) = evident(bytes) {
            return (&CHARSETS[place], Begun::default());
        }
        let sung = &CHARSETS[self.decoder.sung];
        let mut whole = before;
        let mut rest = bytes;
        // The bytes that end what was begun.
        while whole.length > 0 && whole.length < 4 && !rest.is_empty() {
            whole.bytes[whole.length] = rest[0];
            whole.length += 1;
            rest = &rest[1..];
            match sung.first(whole.bytes()) {
                Some((BROKEN, _)) => {
                    return if sung.is_valid(bytes) {
                        self.begun = Begun::of(sung.begun(bytes));
                        (sung, Begun::default())
                    } else {
                        (self.apart(bytes), Begun::default())
                    };
                }
                Some(_) => whole.length = 0,
                None => {}
            }
        }
        if whole.length > 0 {
            self.begun = whole;
            return (sung, before);
        }
        if sung.is_valid(rest) {
            self.begun = Begun::of(sung.begun(rest));
            return (sung, before);
        }
        (self.apart(bytes), Begun::default())
    }

    /// The encoding of a text that is not one of what is sung.
    fn apart(&self, bytes: &[u8]) -> &'static Charset {
        &CHARSETS[self.decoder.best_of(bytes, self.decoder.sung)]
    }
}

/// Whether a reader of pieces wants more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    More,
    Nothing,
}

fn is_kept(c: char) -> bool {
    (!c.is_control() || matches!(c, '\n' | '\r' | '\t')) && c != '\u{FEFF}'
}

/// Decodes a text in pieces. What its end cuts off is left out.
fn decode(
    charset: &Charset,
    bytes: &[u8],
    piece: &mut dyn FnMut(&str) -> Result<Wanted, Error>,
) -> Result<(), Error> {
    if matches!(charset.form, Form::Iso2022Jp) {
        return decode_iso_2022_jp(bytes, piece);
    }
    let mut text = String::with_capacity(bytes.len().min(PIECE));
    let mut rest = bytes;
    loop {
        while text.len() < PIECE && !rest.is_empty() {
            if let Some(plain) = plain_start(charset, rest) {
                text.push_str(plain);
                rest = &rest[plain.len()..];
                continue;
            }
            let Some((c, length)) = charset.first(rest) else {
                rest = &[];
                break;
            };
            rest = &rest[length..];
            if is_kept(c) {
                text.push(c);
            }
        }
        if piece(composed(&mut text))? == Wanted::Nothing || rest.is_empty() {
            return Ok(());
        }
        text.clear();
    }
}

/// What bytes begin with that is the same in nearly all encodings: ASCII without control characters.
fn plain_start<'b>(charset: &Charset, bytes: &'b [u8]) -> Option<&'b str> {
    if matches!(charset.form, Form::Utf16(_)) {
        return None;
    }
    let is_other = |byte: &u8| !matches!(byte, b' '..=b'~');
    let piece = &bytes[..bytes.len().min(PIECE)];
    let length = piece.iter().position(is_other).unwrap_or(piece.len());
    let plain = std::str::from_utf8(&piece[..length]).ok()?;
    (length > 0).then_some(plain)
}

fn decode_iso_2022_jp(
    bytes: &[u8],
    piece: &mut dyn FnMut(&str) -> Result<Wanted, Error>,
) -> Result<(), Error> {
    let mut decoder = ISO_2022_JP.new_decoder_without_bom_handling();
    let (mut text, mut rest) = (String::with_capacity(bytes.len().min(PIECE) * 3 + 12), bytes);
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

/// The text with its accents on the letters: windows-1258 and some systems write them apart.
fn composed(text: &mut String) -> &str {
    let is_apart = |c: char| matches!(c, '\u{300}'..='\u{36F}' | '\u{1100}'..='\u{11FF}' | '\u{3099}' | '\u{309A}');
    if text.contains(is_apart) {
        *text = text.nfc().collect();
    }
    text
}

/// The first characters of a text.
pub(crate) fn capped(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
