//! The encodings that texts of MIDI files are found in, and how the bytes of each become characters.
//!
//! Encodings of the web are `encoding_rs`'s (WHATWG Encoding Standard), code pages of DOS `yore`'s, both
//! of whole tables. VISCII is written down here as RFC 1456 has it, and TCVN as in TCVN 5712:1993.

use std::sync::OnceLock;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_7, ISO_8859_15,
    KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};
use yore::code_pages::{CP437, CP737, CP850, CP852, CP855, CP857, CP862};

/// What stands for bytes that are no character.
pub(super) const BROKEN: char = char::REPLACEMENT_CHARACTER;

const VISCII: &str = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ\
    ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ";
const TCVN: &str = "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\u{A0}ĂÂÊÔƠƯĐăâêôơưđẶ\u{300}\u{309}\u{303}\
    \u{301}\u{323}àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ";

/// An encoding.
pub(super) struct Charset {
    /// Its name in the WHATWG Encoding Standard, or else with IANA.
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// How much rarer than windows-1252 it is among MIDI files, in bits.
    pub(super) prior: u32,
    /// The languages that are written in it, as the letters' weights name them.
    pub(super) languages: &'static [&'static str],
    high: OnceLock<[char; 128]>,
}

/// How bytes become characters.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A byte a character; those below 128 are ASCII.
    Bytes(High),
    /// One or several bytes a character.
    Wide(&'static Encoding),
    Utf8,
    /// UTF-8 that was read in another encoding and written as UTF-8 again.
    Twice(usize),
    Utf16(&'static Encoding),
    Iso2022Jp,
}

/// The characters of the bytes from 128.
#[derive(Clone, Copy)]
pub(super) enum High {
    Web(&'static Encoding),
    Oem(fn(u8) -> Option<char>),
    Listed(&'static str),
}

const IN_WESTERN: &[&str] = &[
    "any",
    "German",
    "French",
    "Spanish",
    "Portuguese",
    "Italian",
    "Dutch",
    "Catalan",
    "Swedish",
    "Danish",
    "Norwegian",
    "Finnish",
    "Icelandic",
    "Irish",
    "Albanian",
    "Estonian",
];
const IN_CENTRAL: &[&str] = &[
    "Czech",
    "Slovak",
    "Polish",
    "Hungarian",
    "Croatian",
    "Slovene",
    "Romanian",
    "German",
    "Albanian",
];
const IN_TURKISH: &[&str] = &["Turkish"];
const IN_BALTIC: &[&str] = &["Lithuanian", "Latvian", "Estonian"];
const IN_CYRILLIC: &[&str] =
    &["Russian", "Ukrainian", "Belarusian", "Bulgarian", "Serbian", "Macedonian"];
const IN_SLAVIC: &[&str] = &["Russian", "Ukrainian", "Belarusian", "Bulgarian"];
const IN_GREEK: &[&str] = &["Greek"];
const IN_HEBREW: &[&str] = &["Hebrew"];
const IN_ARABIC: &[&str] = &["Arabic", "Persian"];
const IN_VIETNAMESE: &[&str] = &["Vietnamese"];
const IN_NONE: &[&str] = &["none"];
/// Every language; the first are those that share a script with many.
const IN_ANY: &[&str] = &[
    "any",
    "German",
    "French",
    "Spanish",
    "Portuguese",
    "Italian",
    "Dutch",
    "Catalan",
    "Swedish",
    "Danish",
    "Norwegian",
    "Finnish",
    "Icelandic",
    "Irish",
    "Albanian",
    "Estonian",
    "Czech",
    "Slovak",
    "Polish",
    "Hungarian",
    "Croatian",
    "Slovene",
    "Romanian",
    "Turkish",
    "Lithuanian",
    "Latvian",
    "Vietnamese",
    "Russian",
    "Ukrainian",
    "Belarusian",
    "Bulgarian",
    "Serbian",
    "Macedonian",
    "Greek",
    "Hebrew",
    "Arabic",
    "Persian",
];

const fn charset(
    name: &'static str,
    form: Form,
    prior: u32,
    languages: &'static [&'static str],
) -> Charset {
    Charset { name, form, prior, languages, high: OnceLock::new() }
}

const fn web(encoding: &'static Encoding) -> Form {
    Form::Bytes(High::Web(encoding))
}

const fn oem(decode: fn(u8) -> Option<char>) -> Form {
    Form::Bytes(High::Oem(decode))
}

/// Places in [`CHARSETS`].
pub(super) const WESTERN: usize = 0;
const CYRILLIC: usize = 1;
pub(super) const UTF8: usize = 2;
const UTF16LE: usize = 3;
const UTF16BE: usize = 4;
const ISO_2022_JP_PLACE: usize = 5;
/// How many there are.
pub(super) const COUNT: usize = 39;

/// The encodings, the likeliest of each script before others that decode alike. The priors are rough:
/// Western European texts are the most frequent by far in collections of MIDI files, then Japanese,
/// Russian and Chinese; encodings of DOS and Mac OS are of the 1990s.
pub(super) static CHARSETS: [Charset; COUNT] = [
    charset("windows-1252", web(WINDOWS_1252), 0, IN_WESTERN),
    charset("windows-1251", web(WINDOWS_1251), 3, IN_CYRILLIC),
    charset("UTF-8", Form::Utf8, 0, IN_ANY),
    charset("UTF-16LE", Form::Utf16(UTF_16LE), 0, IN_NONE),
    charset("UTF-16BE", Form::Utf16(UTF_16BE), 0, IN_NONE),
    charset("ISO-2022-JP", Form::Iso2022Jp, 0, IN_NONE),
    charset("UTF-8", Form::Twice(WESTERN), 6, IN_ANY),
    charset("UTF-8", Form::Twice(CYRILLIC), 8, IN_ANY),
    charset("Shift_JIS", Form::Wide(SHIFT_JIS), 2, IN_NONE),
    charset("GBK", Form::Wide(GBK), 3, IN_NONE),
    charset("EUC-KR", Form::Wide(EUC_KR), 4, IN_NONE),
    charset("Big5", Form::Wide(BIG5), 4, IN_NONE),
    charset("EUC-JP", Form::Wide(EUC_JP), 8, IN_NONE),
    charset("windows-1250", web(WINDOWS_1250), 4, IN_CENTRAL),
    charset("windows-1254", web(WINDOWS_1254), 3, IN_TURKISH),
    charset("windows-1253", web(WINDOWS_1253), 5, IN_GREEK),
    charset("windows-1255", web(WINDOWS_1255), 6, IN_HEBREW),
    charset("windows-1256", web(WINDOWS_1256), 6, IN_ARABIC),
    charset("windows-1257", web(WINDOWS_1257), 6, IN_BALTIC),
    charset("windows-1258", web(WINDOWS_1258), 8, IN_VIETNAMESE),
    charset("windows-874", web(WINDOWS_874), 6, IN_NONE),
    charset("macintosh", web(MACINTOSH), 7, IN_WESTERN),
    charset("IBM437", oem(|b| page(&CP437, b)), 6, IN_WESTERN),
    charset("IBM850", oem(|b| page(&CP850, b)), 6, IN_WESTERN),
    charset("IBM866", web(IBM866), 5, IN_SLAVIC),
    charset("KOI8-R", web(KOI8_R), 6, &["Russian", "Bulgarian"]),
    charset("KOI8-U", web(KOI8_U), 8, &["Ukrainian", "Belarusian"]),
    charset("x-mac-cyrillic", web(X_MAC_CYRILLIC), 9, IN_CYRILLIC),
    charset("ISO-8859-5", web(ISO_8859_5), 10, IN_CYRILLIC),
    charset("IBM855", oem(|b| page(&CP855, b)), 12, IN_CYRILLIC),
    charset("ISO-8859-2", web(ISO_8859_2), 6, IN_CENTRAL),
    charset("IBM852", oem(|b| page(&CP852, b)), 8, IN_CENTRAL),
    charset("ISO-8859-7", web(ISO_8859_7), 7, IN_GREEK),
    charset("IBM737", oem(|b| page(&CP737, b)), 9, IN_GREEK),
    charset("IBM857", oem(|b| page(&CP857, b)), 9, IN_TURKISH),
    charset("IBM862", oem(|b| page(&CP862, b)), 10, IN_HEBREW),
    charset("ISO-8859-15", web(ISO_8859_15), 9, IN_WESTERN),
    charset("VISCII", Form::Bytes(High::Listed(VISCII)), 11, IN_VIETNAMESE),
    charset("TCVN", Form::Bytes(High::Listed(TCVN)), 10, IN_VIETNAMESE),
];

fn page(page: &dyn yore::CodePage, byte: u8) -> Option<char> {
    page.decode(&[byte]).ok()?.chars().next()
}

impl Charset {
    /// The character of each byte from 128, or [`BROKEN`].
    pub(super) fn high(&self) -> &[char; 128] {
        self.high.get_or_init(|| {
            let mut high = [BROKEN; 128];
            let Form::Bytes(form) = self.form else { return high };
            for (at, c) in high.iter_mut().enumerate() {
                let byte = 128 + at as u8;
                *c = match form {
                    High::Web(encoding) => encoding
                        .decode_without_bom_handling_and_without_replacement(&[byte])
                        .and_then(|text| text.chars().next()),
                    High::Oem(decode) => decode(byte),
                    High::Listed(list) => list.chars().nth(at),
                }
                .unwrap_or(BROKEN);
            }
            high
        })
    }

    /// Whether bytes are text of the encoding, but for a character that more bytes would have to end.
    pub(super) fn is_valid(&self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.first(rest) {
                Some((BROKEN | '\u{80}'..='\u{9F}', _)) => return false,
                Some((_, length)) => rest = &rest[length..],
                None => return true,
            }
        }
        true
    }

    /// The byte that is a character; those between ASCII and Latin-1 may also stand for themselves.
    fn byte(&self, c: char) -> Option<u8> {
        match c {
            '\u{80}'..='\u{9F}' => Some(c as u8),
            BROKEN => None,
            c => self.high().iter().position(|&high| high == c).map(|at| 128 + at as u8),
        }
    }

    /// The first character of bytes that are not empty, and its length. `None` where they end within it.
    pub(super) fn first(&self, bytes: &[u8]) -> Option<(char, usize)> {
        let byte = bytes[0];
        if byte < 0x80 && !matches!(self.form, Form::Utf16(_)) {
            return Some((char::from(byte), 1));
        }
        match self.form {
            Form::Bytes(_) => Some((self.high()[usize::from(byte - 128)], 1)),
            Form::Wide(encoding) => wide(encoding, bytes),
            Form::Utf8 | Form::Iso2022Jp => utf8(bytes),
            Form::Twice(through) => twice(&CHARSETS[through], bytes),
            Form::Utf16(encoding) => utf16(encoding, bytes),
        }
    }

    /// The start of a character at the end of the bytes, of which more bytes would have to follow.
    pub(super) fn begun<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        match self.form {
            Form::Bytes(_) | Form::Iso2022Jp => return &[],
            // No character of UTF-8 is longer than its lead byte and three more.
            Form::Utf8 | Form::Twice(_) => {
                let lead = (1..=bytes.len().min(3)).find(|&n| bytes[bytes.len() - n] >= 0xC0);
                let tail = lead.map_or(&bytes[..0], |n| &bytes[bytes.len() - n..]);
                return if !tail.is_empty() && utf8(tail).is_none() { tail } else { &[] };
            }
            Form::Wide(_) | Form::Utf16(_) => {}
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.first(rest) {
                Some((_, length)) => rest = &rest[length..],
                None => return rest,
            }
        }
        &[]
    }
}

fn utf8(bytes: &[u8]) -> Option<(char, usize)> {
    let head = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(error) => return Some((BROKEN, error.error_len()?)),
    };
    valid.chars().next().map(|c| (c, c.len_utf8()))
}

/// A character of UTF-8, each byte of which was taken for a character of another encoding.
fn twice(through: &Charset, bytes: &[u8]) -> Option<(char, usize)> {
    let (mut inner, mut at) = ([0; 4], 0);
    for count in 0..4 {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let (c, length) = utf8(rest)?;
        let Some(byte) = through.byte(c) else { break };
        inner[count] = byte;
        at += length;
        match utf8(&inner[..=count]) {
            Some((BROKEN, _)) => break,
            Some((c, _)) => return Some((c, at)),
            None => {}
        }
    }
    Some((BROKEN, 1))
}

fn utf16(encoding: &'static Encoding, bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(if encoding == UTF_16LE { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let first = unit(0)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(u32::from(first)).unwrap_or(BROKEN), 2));
    }
    match char::decode_utf16([first, unit(2)?]).next() {
        Some(Ok(c)) => Some((c, 4)),
        _ => Some((BROKEN, 2)),
    }
}

/// The first character of an encoding of East Asia, whose first byte is not ASCII.
fn wide(encoding: &'static Encoding, bytes: &[u8]) -> Option<(char, usize)> {
    let length = if encoding == SHIFT_JIS {
        if matches!(bytes[0], 0xA1..=0xDF | 0x80 | 0xA0 | 0xFD..=0xFF) { 1 } else { 2 }
    } else if matches!(bytes[0], 0x80 | 0xFF) {
        1
    } else if encoding == EUC_JP && bytes[0] == 0x8F {
        3
    } else if encoding == GBK && bytes.get(1).is_some_and(u8::is_ascii_digit) {
        4
    } else {
        2
    };
    // A second byte that cannot continue leaves the first alone, though more bytes might follow.
    let char_bytes = match bytes.get(..length) {
        Some(char_bytes) => char_bytes,
        None if bytes.len() > 1 && bytes[1] < 0x30 => return Some((BROKEN, 1)),
        None => return None,
    };
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(char_bytes);
    match decoded.and_then(|text| text.chars().next()) {
        Some(c) => Some((c, length)),
        None => Some((BROKEN, 1)),
    }
}

/// The encoding that the bytes of a text show by themselves, as a place in [`CHARSETS`]: a byte order
/// mark, every other byte NUL, or the escape sequences of ISO-2022-JP.
pub(super) fn evident(text: &[u8]) -> Option<usize> {
    let is_all = |place: usize, text: &[u8]| CHARSETS[place].is_valid(text);
    match text {
        [0xEF, 0xBB, 0xBF, rest @ ..] => is_all(UTF8, rest).then_some(UTF8),
        [0xFF, 0xFE, rest @ ..] => is_all(UTF16LE, rest).then_some(UTF16LE),
        [0xFE, 0xFF, rest @ ..] => is_all(UTF16BE, rest).then_some(UTF16BE),
        _ if is_every_other_nul(text, 1) => Some(UTF16LE),
        _ if is_every_other_nul(text, 0) => Some(UTF16BE),
        _ if has_escape_of_iso_2022_jp(text) => Some(ISO_2022_JP_PLACE),
        _ => None,
    }
}

/// Whether it is text of Latin-1 in UTF-16: all bytes from that place on, two apart, are NUL, and no others.
fn is_every_other_nul(text: &[u8], nul: usize) -> bool {
    let pairs = text.chunks_exact(2);
    text.len() >= 4
        && pairs.remainder().is_empty()
        && pairs.into_iter().all(|pair| pair[nul] == 0 && pair[1 - nul] != 0)
}

fn has_escape_of_iso_2022_jp(text: &[u8]) -> bool {
    let is_begun = |window: &[u8]| matches!(window, [0x1B, b'$', b'@' | b'B'] | [0x1B, b'(', b'I']);
    text.is_ascii() && text.windows(3).any(is_begun)
}

/// Whether a text is ASCII without what may announce another encoding.
pub(super) fn is_plain(text: &[u8]) -> bool {
    text.iter().fold(true, |plain, &byte| plain & (byte < 0x80) & (byte != 0) & (byte != 0x1B))
}
