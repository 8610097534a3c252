//! What the texts of a file say of their language or encoding.
//!
//! Soft Karaoke files name the language (`@LENGL`, `@LFRAN`), which is often left at English whatever the
//! language is. RP-026 of the MMA names the encoding: `{@LATIN}` for ISO 8859-1, `{@JP}` for Shift-JIS.

use super::charsets::CHARSETS;

/// Bits that a language which a file names is worth, and an encoding.
const LANGUAGE_BITS: u32 = 6;
const ENCODING_BITS: u32 = 20;

/// What languages begin with in Soft Karaoke files, and the names of their encodings.
const LANGUAGES: [(&[u8], &[&str]); 22] = [
    (b"JAP", &["Shift_JIS", "EUC-JP"]),
    (b"JPN", &["Shift_JIS", "EUC-JP"]),
    (b"JA", &["Shift_JIS", "EUC-JP"]),
    (b"CHI", &["GBK", "Big5"]),
    (b"KOR", &["EUC-KR"]),
    (b"RUS", &["windows-1251", "IBM866", "KOI8-R"]),
    (b"UKR", &["windows-1251", "IBM866", "KOI8-U"]),
    (b"BUL", &["windows-1251", "IBM866"]),
    (b"POL", &["windows-1250", "ISO-8859-2", "IBM852"]),
    (b"CZE", &["windows-1250", "ISO-8859-2", "IBM852"]),
    (b"SLO", &["windows-1250", "ISO-8859-2", "IBM852"]),
    (b"HUN", &["windows-1250", "ISO-8859-2", "IBM852"]),
    (b"CRO", &["windows-1250", "ISO-8859-2", "IBM852"]),
    (b"ROM", &["windows-1250", "ISO-8859-2"]),
    (b"TUR", &["windows-1254", "IBM857"]),
    (b"GRE", &["windows-1253", "ISO-8859-7", "IBM737"]),
    (b"HEB", &["windows-1255", "IBM862"]),
    (b"ARA", &["windows-1256"]),
    (b"THA", &["windows-874"]),
    (b"VIE", &["windows-1258", "VISCII", "TCVN"]),
    (b"LIT", &["windows-1257"]),
    (b"LAT", &["windows-1257"]),
];
const ENCODINGS: [(&[u8], &[&str]); 3] =
    [(b"{@LATIN", &["windows-1252"]), (b"{@JP", &["Shift_JIS"]), (b"{@UTF-8", &["UTF-8"])];

/// The encodings that texts suggest.
#[derive(Default)]
pub(super) struct Hints {
    language: &'static [&'static str],
    encoding: &'static [&'static str],
}

impl Hints {
    pub(super) fn add(&mut self, text: &[u8]) {
        match text {
            [b'@', b'L', language @ ..] if self.language.is_empty() => {
                let language = language.trim_ascii_start();
                let is_it = |begin: &[u8]| {
                    language.get(..begin.len()).is_some_and(|l| l.eq_ignore_ascii_case(begin))
                };
                let found = LANGUAGES.iter().find(|(begin, _)| is_it(begin));
                self.language = found.map_or(&[], |(_, encodings)| encodings);
            }
            [b'{', b'@', ..] if self.encoding.is_empty() => {
                let found = ENCODINGS.iter().find(|(begin, _)| text.starts_with(begin));
                self.encoding = found.map_or(&[], |(_, encodings)| encodings);
            }
            _ => {}
        }
    }

    /// The bits that speak against an encoding.
    pub(super) fn bits_against(&self, place: usize) -> u32 {
        let name = CHARSETS[place].name;
        let against = |suggested: &[&str], bits| {
            if suggested.is_empty() || suggested.contains(&name) { 0 } else { bits }
        };
        against(self.language, LANGUAGE_BITS) + against(self.encoding, ENCODING_BITS)
    }
}
