//! The encodings that texts of MIDI files are found in, and those that a text shows by itself.
//!
//! VISCII is written down here as RFC 1456 has it, and TCVN as TCVN 5712:1993 does.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_7, ISO_8859_15,
    KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
    WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};
use yore::code_pages::{CP437, CP737, CP850, CP852, CP855, CP857, CP862};

use super::charset::{Charset, Form, High};

const VISCII: &str = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ\
    ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ";
const TCVN: &str = "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\u{A0}ĂÂÊÔƠƯĐăâêôơưđẶ\u{300}\u{309}\u{303}\
    \u{301}\u{323}àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ";

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
/// Every language that there are letters of, and any other.
const IN_ANY: &[&str] = &["every"];

const fn web(encoding: &'static Encoding) -> Form {
    Form::Bytes(High::Web(encoding))
}

/// Text that was taken to be in one encoding, was in another, and was written as UTF-8.
const fn twice(
    through: usize,
    then: usize,
    prior: u32,
    languages: &'static [&'static str],
) -> Charset {
    Charset::new("UTF-8", Form::Twice(&CHARSETS[through], &CHARSETS[then]), prior, languages)
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
const SHIFT_JIS_PLACE: usize = 6;
const GBK_PLACE: usize = 7;
const BIG5_PLACE: usize = 8;
/// How many there are.
pub(super) const COUNT: usize = 43;

/// The encodings, the likeliest of each script before others that decode alike. The priors are rough:
/// Western European texts are the most frequent by far in collections of MIDI files, then Japanese,
/// Russian and Chinese; encodings of DOS and Mac OS are of the 1990s.
pub(super) static CHARSETS: [Charset; COUNT] = [
    Charset::new("windows-1252", web(WINDOWS_1252), 0, IN_WESTERN),
    Charset::new("windows-1251", web(WINDOWS_1251), 3, IN_CYRILLIC),
    Charset::new("UTF-8", Form::Utf8, 0, IN_ANY),
    Charset::new("UTF-16LE", Form::Utf16(UTF_16LE), 0, IN_NONE),
    Charset::new("UTF-16BE", Form::Utf16(UTF_16BE), 0, IN_NONE),
    Charset::new("ISO-2022-JP", Form::Iso2022Jp, 0, IN_NONE),
    Charset::new("Shift_JIS", Form::Wide(SHIFT_JIS), 2, IN_NONE),
    Charset::new("GBK", Form::Wide(GBK), 3, IN_NONE),
    Charset::new("Big5", Form::Wide(BIG5), 4, IN_NONE),
    twice(WESTERN, UTF8, 6, IN_ANY),
    twice(CYRILLIC, UTF8, 8, IN_ANY),
    twice(WESTERN, CYRILLIC, 14, IN_CYRILLIC),
    twice(WESTERN, SHIFT_JIS_PLACE, 10, IN_NONE),
    twice(WESTERN, GBK_PLACE, 12, IN_NONE),
    twice(BIG5_PLACE, GBK_PLACE, 16, IN_NONE),
    Charset::new("EUC-KR", Form::Wide(EUC_KR), 4, IN_NONE),
    Charset::new("EUC-JP", Form::Wide(EUC_JP), 8, IN_NONE),
    Charset::new("windows-1250", web(WINDOWS_1250), 4, IN_CENTRAL),
    Charset::new("windows-1254", web(WINDOWS_1254), 3, IN_TURKISH),
    Charset::new("windows-1253", web(WINDOWS_1253), 5, IN_GREEK),
    Charset::new("windows-1255", web(WINDOWS_1255), 6, IN_HEBREW),
    Charset::new("windows-1256", web(WINDOWS_1256), 6, IN_ARABIC),
    Charset::new("windows-1257", web(WINDOWS_1257), 6, IN_BALTIC),
    Charset::new("windows-1258", web(WINDOWS_1258), 8, IN_VIETNAMESE),
    Charset::new("windows-874", web(WINDOWS_874), 6, IN_NONE),
    Charset::new("macintosh", web(MACINTOSH), 7, IN_WESTERN),
    Charset::new("IBM437", oem(|b| page(&CP437, b)), 6, IN_WESTERN),
    Charset::new("IBM850", oem(|b| page(&CP850, b)), 6, IN_WESTERN),
    Charset::new("IBM866", web(IBM866), 5, IN_SLAVIC),
    Charset::new("KOI8-R", web(KOI8_R), 6, &["Russian", "Bulgarian"]),
    Charset::new("KOI8-U", web(KOI8_U), 8, &["Ukrainian", "Belarusian"]),
    Charset::new("x-mac-cyrillic", web(X_MAC_CYRILLIC), 9, IN_CYRILLIC),
    Charset::new("ISO-8859-5", web(ISO_8859_5), 10, IN_CYRILLIC),
    Charset::new("IBM855", oem(|b| page(&CP855, b)), 12, IN_CYRILLIC),
    Charset::new("ISO-8859-2", web(ISO_8859_2), 6, IN_CENTRAL),
    Charset::new("IBM852", oem(|b| page(&CP852, b)), 8, IN_CENTRAL),
    Charset::new("ISO-8859-7", web(ISO_8859_7), 7, IN_GREEK),
    Charset::new("IBM737", oem(|b| page(&CP737, b)), 9, IN_GREEK),
    Charset::new("IBM857", oem(|b| page(&CP857, b)), 9, IN_TURKISH),
    Charset::new("IBM862", oem(|b| page(&CP862, b)), 10, IN_HEBREW),
    Charset::new("ISO-8859-15", web(ISO_8859_15), 9, IN_WESTERN),
    Charset::new("VISCII", Form::Bytes(High::Listed(VISCII)), 11, IN_VIETNAMESE),
    Charset::new("TCVN", Form::Bytes(High::Listed(TCVN)), 10, IN_VIETNAMESE),
];

fn page(page: &dyn yore::CodePage, byte: u8) -> Option<char> {
    page.decode(&[byte]).ok()?.chars().next()
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
