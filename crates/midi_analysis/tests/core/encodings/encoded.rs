//! Texts in the encodings that files have them in.

use encoding_rs::Encoding;
use unicode_normalization::UnicodeNormalization;
use yore::CodePage;
use yore::code_pages::{CP437, CP737, CP850, CP852};

/// The bytes of a text, or `None` where the encoding lacks a character of it.
pub fn encoded(text: &str, encoding: &str) -> Option<Vec<u8>> {
    let page: &dyn CodePage = match encoding {
        "IBM437" => &CP437,
        "IBM737" => &CP737,
        "IBM850" => &CP850,
        "IBM852" => &CP852,
        _ => return encoded_of_the_web(text, Encoding::for_label(encoding.as_bytes())?),
    };
    page.encode(text).ok().map(Into::into)
}

fn encoded_of_the_web(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    if encoding.name() == "windows-1258" {
        return text
            .chars()
            .map(vietnamese)
            .collect::<Option<Vec<_>>>()
            .map(|bytes| bytes.concat());
    }
    // Romanian was written with cedillas.
    let is_central = matches!(encoding.name(), "windows-1250" | "ISO-8859-2");
    let old = |c| match c {
        'ș' if is_central => 'ş',
        'ț' if is_central => 'ţ',
        'Ș' if is_central => 'Ş',
        'Ț' if is_central => 'Ţ',
        c => c,
    };
    let text: String = text.chars().map(old).collect();
    let (bytes, _, has_others) = encoding.encode(&text);
    (!has_others).then(|| bytes.into_owned())
}

/// A letter of windows-1258, where tones follow the letter that they are on.
fn vietnamese(c: char) -> Option<Vec<u8>> {
    let plain = |text: &str| {
        let (bytes, _, has_others) = encoding_rs::WINDOWS_1258.encode(text);
        (!has_others).then(|| bytes.into_owned())
    };
    let decomposed: Vec<char> = std::iter::once(c).nfd().collect();
    let with_tone = |tone: usize| {
        let others = decomposed.iter().enumerate().filter(|&(at, _)| at != tone);
        let letter: String = others.map(|(_, &c)| c).nfc().collect();
        plain(&format!("{letter}{}", decomposed[tone]))
    };
    plain(&c.to_string()).or_else(|| (1..decomposed.len()).rev().find_map(with_tone))
}

/// The text as it is expected to be read.
pub fn expected(text: &str, encoding: &str) -> String {
    match encoding {
        "windows-1250" | "ISO-8859-2" => {
            text.replace('ș', "ş").replace('ț', "ţ").replace('Ș', "Ş").replace('Ț', "Ţ")
        }
        _ => text.to_owned(),
    }
}
