//! Characters: a file that was read in a single-byte encoding and written in UTF-8 or UTF-16.
//!
//! No sound MIDI file is valid UTF-8, since the byte FF, which ends each of its tracks, never is. The file
//! was read in one of the encodings that have all of its characters. Programs disagree on the
//! bytes that an encoding leaves undefined; here they are what the WHATWG Encoding Standard makes of them,
//! the control characters of the same number. (ISO-8859-1 is read as windows-1252, whose other characters
//! it lacks.)

use encoding_rs::{
    Encoding, IBM866, ISO_8859_2, ISO_8859_15, KOI8_R, MACINTOSH, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

use crate::error::{Error, ErrorKind};
use crate::options::Options;
use crate::room;

/// The encodings that systems use where nothing names one.
static ENCODINGS: [&Encoding; 16] = [
    WINDOWS_1252,
    WINDOWS_1251,
    WINDOWS_1250,
    WINDOWS_1254,
    WINDOWS_1253,
    WINDOWS_1257,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_1258,
    WINDOWS_874,
    ISO_8859_2,
    ISO_8859_15,
    KOI8_R,
    IBM866,
    MACINTOSH,
    X_MAC_CYRILLIC,
];

/// The code pages of consoles that `encoding_rs` lacks, from byte 128 on.
static CODE_PAGES: [&str; 2] = [
    // 437, of the United States.
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
    // 850, of Western Europe.
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
];

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// The most characters over 127 of one encoding: its own, and those for bytes that it leaves undefined.
const MOST_DISTINCT: usize = 160;
/// Characters between two questions whether to stop.
const CHARACTERS_BETWEEN_CHECKS: usize = 1 << 18;

/// Whether these bytes are a MIDI file as text in UTF-16.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    Wide::of(bytes).is_some()
}

/// A file as the characters that it was written as.
pub(super) enum Text<'a> {
    Utf8(&'a str),
    Utf16(Wide<'a>),
}

impl<'a> Text<'a> {
    /// `None` where the bytes are no such text.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        if let Some(wide) = Wide::of(bytes) {
            return Some(Self::Utf16(wide));
        }
        let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
        match str::from_utf8(text) {
            Ok(text) => Some(Self::Utf8(text)),
            // The last character may be cut.
            Err(error) if error.error_len().is_none() => {
                str::from_utf8(&text[..error.valid_up_to()]).ok().map(Self::Utf8)
            }
            Err(_) => None,
        }
    }

    pub(super) fn is_ascii(&self) -> bool {
        match self {
            Self::Utf8(text) => text.is_ascii(),
            Self::Utf16(wide) => wide.characters().all(|character| character.is_ascii()),
        }
    }

    /// The encodings that have all of its characters; none where all bytes are below 128.
    ///
    /// # Errors
    /// Characters in the place of bytes that are lost, out of memory, or `interrupted`.
    pub(super) fn encodings(&self, options: &Options<'_>) -> Result<Vec<Table>, Error> {
        let Some(distinct) = self.distinct(options)? else { return Ok(Vec::new()) };
        if distinct.contains(&char::REPLACEMENT_CHARACTER) {
            let reason = "bytes over 127 are lost: the file was read as UTF-8 text, which put U+FFFD \
                          in their place";
            return Err(Error::new(ErrorKind::NotMidi, 0, reason));
        }
        let fits =
            |table: &Table| distinct.iter().all(|&character| table.byte(character).is_some());
        Ok(if distinct.is_empty() { Vec::new() } else { tables().filter(fits).collect() })
    }

    /// The bytes that these characters stand for in one of its encodings.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn bytes(&self, table: &Table, options: &Options<'_>) -> Result<Vec<u8>, Error> {
        let mut bytes = room::list(self.most_characters())?;
        self.for_each(options, |character| {
            bytes.extend(table.byte(character));
            true
        })?;
        Ok(bytes)
    }

    /// The characters over 127, ascending; `None` where no encoding of single bytes has so many.
    fn distinct(&self, options: &Options<'_>) -> Result<Option<Vec<char>>, Error> {
        let mut distinct = Vec::new();
        self.for_each(options, |character| {
            if !character.is_ascii()
                && let Err(place) = distinct.binary_search(&character)
            {
                distinct.insert(place, character);
            }
            distinct.len() <= MOST_DISTINCT
        })?;
        Ok((distinct.len() <= MOST_DISTINCT).then_some(distinct))
    }

    fn most_characters(&self) -> usize {
        match self {
            Self::Utf8(text) => text.len(),
            Self::Utf16(wide) => wide.units.len() / 2,
        }
    }

    /// Takes the characters one by one, until `take` says no.
    fn for_each(&self, options: &Options<'_>, take: impl FnMut(char) -> bool) -> Result<(), Error> {
        match self {
            Self::Utf8(text) => for_each(text.chars(), options, take),
            Self::Utf16(wide) => for_each(wide.characters(), options, take),
        }
    }
}

fn for_each(
    characters: impl Iterator<Item = char>,
    options: &Options<'_>,
    mut take: impl FnMut(char) -> bool,
) -> Result<(), Error> {
    for (index, character) in characters.enumerate() {
        if index % CHARACTERS_BETWEEN_CHECKS == 0 {
            options.check()?;
        }
        if !take(character) {
            break;
        }
    }
    Ok(())
}

fn tables() -> impl Iterator<Item = Table> {
    let encodings = ENCODINGS.iter().map(|encoding| {
        Table::of((0x80..=0xff_u8).filter_map(|byte| {
            let bytes = [byte];
            let decoded = encoding.decode_without_bom_handling_and_without_replacement(&bytes)?;
            Some((decoded.chars().next()?, byte))
        }))
    });
    let code_pages = CODE_PAGES.iter().map(|page| Table::of(page.chars().zip(0x80..=0xff)));
    encodings.chain(code_pages)
}

/// The bytes from 128 on of an encoding, by their characters.
pub(super) struct Table(Vec<(char, u8)>);

impl Table {
    fn of(entries: impl Iterator<Item = (char, u8)>) -> Self {
        let mut table: Vec<_> = entries.collect();
        table.sort_unstable();
        Self(table)
    }

    fn byte(&self, character: char) -> Option<u8> {
        if character.is_ascii() {
            return Some(character as u8);
        }
        match self.0.binary_search_by_key(&character, |&(character, _)| character) {
            Ok(place) => Some(self.0[place].1),
            // A control character, for a byte that the encoding leaves undefined.
            Err(_) => u8::try_from(u32::from(character)).ok().filter(|byte| *byte < 0xa0),
        }
    }
}

/// A MIDI file, bare or in a RIFF form, as text in UTF-16.
pub(super) struct Wide<'a> {
    units: &'a [u8],
    little_endian: bool,
}

impl<'a> Wide<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (units, little_endian) = match bytes {
            [0xff, 0xfe, units @ ..] => (units, true),
            [0xfe, 0xff, units @ ..] => (units, false),
            [0, ..] => (bytes, false),
            _ => (bytes, true),
        };
        let wide = Self { units, little_endian };
        let begins = |id: &str| wide.characters().zip(id.chars()).filter(|(a, b)| a == b).count();
        (begins("MThd") == 4 || begins("RIFF") == 4).then_some(wide)
    }

    fn characters(&self) -> impl Iterator<Item = char> + use<'_> {
        self.units.as_chunks().0.iter().map(|&unit| {
            let unit = if self.little_endian {
                u16::from_le_bytes(unit)
            } else {
                u16::from_be_bytes(unit)
            };
            char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
    }
}
