//! The languages that encodings are judged by: what their alphabets are, and which encoding Windows has for
//! each.

use std::ops::RangeInclusive;

/// The letters of all that is written in Latin.
pub const ASCII: &str = "abcdefghijklmnopqrstuvwxyz";

/// A language with an alphabet.
pub struct Language {
    /// Its name, by which it is found.
    pub name: &'static str,
    /// Its tag in the models and in CLDR.
    pub tag: &'static str,
    /// The encoding that Windows has for it.
    pub encoding: &'static str,
    /// Its letters, in lower case.
    pub letters: Letters,
    /// Letters that are one, written as two code points.
    pub variants: &'static [[char; 2]],
}

/// What the letters of a language are.
pub enum Letters {
    /// Those of ASCII and these: those of its own words and of usual loans.
    Latin(&'static str),
    /// Those of ASCII, and all others that it uses.
    LatinInUse,
    /// All of a block that it uses.
    InUse(RangeInclusive<char>),
}

const CYRILLIC: RangeInclusive<char> = '\u{430}'..='\u{49F}';
const GREEK: RangeInclusive<char> = '\u{370}'..='\u{3FF}';
const HEBREW: RangeInclusive<char> = '\u{5D0}'..='\u{5EA}';
const ARABIC: RangeInclusive<char> = '\u{600}'..='\u{6FF}';

/// All of them.
pub const LANGUAGES: &[Language] = &[
    latin("German", "de", "windows-1252", "äöüß"),
    latin("French", "fr", "windows-1252", "àâæçèéêëîïôùûüÿœ"),
    latin("Spanish", "es", "windows-1252", "áéíñóúü"),
    latin("Portuguese", "pt", "windows-1252", "àáâãçéêíóôõúü"),
    latin("Italian", "it", "windows-1252", "àèéìíòóùú"),
    latin("Dutch", "nl", "windows-1252", "áèéêëíïóöü"),
    latin("Catalan", "ca", "windows-1252", "àçèéíïòóúü·"),
    latin("Swedish", "sv", "windows-1252", "äåéöàü"),
    latin("Danish", "da", "windows-1252", "æøåéöäü"),
    latin("Norwegian", "nb", "windows-1252", "æøåéòôö"),
    latin("Finnish", "fi", "windows-1252", "äöåéü"),
    latin("Icelandic", "is", "windows-1252", "áéíóúýþðæö"),
    latin("Irish", "ga", "windows-1252", "áéíóú"),
    latin("Albanian", "sq", "windows-1252", "ëç"),
    latin("Czech", "cs", "windows-1250", "áčďéěíňóřšťúůýž"),
    latin("Slovak", "sk", "windows-1250", "áäčďéíĺľňóôŕšťúýž"),
    latin("Polish", "pl", "windows-1250", "ąćęłńóśźż"),
    latin("Hungarian", "hu", "windows-1250", "áéíóöőúüű"),
    latin("Croatian", "hr", "windows-1250", "čćđšž"),
    latin("Slovene", "sl", "windows-1250", "čšžćđ"),
    // The letters with a comma below are written with a cedilla where there is none.
    Language {
        variants: &[['ș', 'ş'], ['ț', 'ţ']],
        ..latin("Romanian", "ro", "windows-1250", "ăâîșțşţ")
    },
    latin("Turkish", "tr", "windows-1254", "çğıöşüâî"),
    latin("Lithuanian", "lt", "windows-1257", "ąčęėįšųūž"),
    latin("Latvian", "lv", "windows-1257", "āčēģīķļņšūž"),
    latin("Estonian", "et", "windows-1257", "äõöüšž"),
    language("Vietnamese", "vi", "windows-1258", Letters::LatinInUse),
    language("Russian", "ru", "windows-1251", Letters::InUse(CYRILLIC)),
    language("Ukrainian", "uk", "windows-1251", Letters::InUse(CYRILLIC)),
    language("Belarusian", "be", "windows-1251", Letters::InUse(CYRILLIC)),
    language("Bulgarian", "bg", "windows-1251", Letters::InUse(CYRILLIC)),
    language("Serbian", "sr", "windows-1251", Letters::InUse(CYRILLIC)),
    language("Macedonian", "mk", "windows-1251", Letters::InUse(CYRILLIC)),
    language("Greek", "el", "windows-1253", Letters::InUse(GREEK)),
    language("Hebrew", "he", "windows-1255", Letters::InUse(HEBREW)),
    language("Arabic", "ar", "windows-1256", Letters::InUse(ARABIC)),
    language("Persian", "fa", "windows-1256", Letters::InUse(ARABIC)),
];

/// The other languages whose encodings are found: their tags in CLDR, and the encodings that Windows has for
/// them.
pub const WITHOUT_ALPHABET: [(&str, &str); 5] = [
    ("th", "windows-874"),
    ("ja", "Shift_JIS"),
    ("zh-Hans", "GBK"),
    ("zh-Hant", "Big5"),
    ("ko", "EUC-KR"),
];

const fn latin(
    name: &'static str,
    tag: &'static str,
    encoding: &'static str,
    accented: &'static str,
) -> Language {
    language(name, tag, encoding, Letters::Latin(accented))
}

const fn language(
    name: &'static str,
    tag: &'static str,
    encoding: &'static str,
    letters: Letters,
) -> Language {
    Language { name, tag, encoding, letters, variants: &[] }
}
