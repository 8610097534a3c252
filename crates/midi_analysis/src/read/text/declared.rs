//! What a file declares of the song: title, artist, and the language of its lyrics.
//!
//! Where several places say it, the first of these holds: tags of RP-026 (`{#Title=...}`), `@T` texts of
//! Soft Karaoke (the first is the title, the second the artist or author, others are remarks), Yamaha's XF
//! (`XFln`, `XFhd`), and what the container says (RIFF INFO). A name of a track is none.

use super::decoder::{Decoder, TEXTS_BETWEEN_CHECKS, capped};
use super::lyrics::is_notice;
use crate::error::{Error, check};
use crate::model::text::{RawTexts, TextKind};

/// Longest title, in characters: under what an index entry may hold.
const MAX_CHARS: usize = 255;
/// The most texts that are read, and bytes of each.
const MOST_TEXTS: usize = 1_000;
const READ: usize = 4_096;
/// Characters of lyrics by whose letters a language is doubted.
const COMPARED: usize = 1_000;

/// One letter with an accent in so many is more than English has.
const MANY_ACCENTS: usize = 50;

/// Places in which a title or an artist stands; the first holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Tag,
    SoftKaraoke,
    Xf,
    Container,
    Author,
}

/// A text, and its place.
#[derive(Default)]
struct Best(Option<(Place, String)>);

impl Best {
    fn offer(&mut self, place: Place, text: &str) {
        let text = capped(&text.split_whitespace().collect::<Vec<_>>().join(" "), MAX_CHARS);
        if !text.is_empty() && self.0.as_ref().is_none_or(|(held, _)| place < *held) {
            self.0 = Some((place, text));
        }
    }

    fn text(self) -> Option<String> {
        self.0.map(|(_, text)| text)
    }
}

/// What a file declares.
#[derive(Default)]
pub(super) struct Declared {
    title: Best,
    artist: Best,
    language: Option<Language>,
    /// `@T` texts so far.
    titles: u32,
}

impl Declared {
    /// # Errors
    /// `interrupted`.
    pub(super) fn of(
        texts: RawTexts<'_>,
        decoder: &Decoder,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let mut declared = Self::default();
        let mut left = MOST_TEXTS;
        for part in texts.list.chunks(TEXTS_BETWEEN_CHECKS) {
            check(interrupted)?;
            for text in part {
                let bytes = texts.bytes(text);
                if !may_declare(text.kind, bytes) {
                    continue;
                }
                if left == 0 {
                    return Ok(declared);
                }
                left -= 1;
                // A text that is not in the encoding of its file takes up to a millisecond.
                check(interrupted)?;
                declared.add(text.kind, bytes, &decoder.text(&bytes[..bytes.len().min(READ)]));
            }
        }
        Ok(declared)
    }

    /// Takes a text that may declare something: its bytes, and decoded.
    fn add(&mut self, kind: TextKind, bytes: &[u8], text: &str) {
        match (kind, bytes) {
            (TextKind::Title, _) => self.title.offer(Place::Container, text),
            (TextKind::Artist, _) => self.artist.offer(Place::Container, text),
            (TextKind::Lyric, _) => self.tags(text),
            (_, [b'@', b'L', code @ ..]) => self.language_is(code),
            (_, [b'@', ..]) => self.soft_karaoke(text),
            _ => self.xf(text),
        }
    }

    pub(super) fn title(&mut self) -> Option<String> {
        std::mem::take(&mut self.title).text()
    }

    pub(super) fn artist(&mut self) -> Option<String> {
        std::mem::take(&mut self.artist).text()
    }

    /// The language, unless the lyrics have the letters of another: many programs declare English for all.
    pub(super) fn language(&self, lyrics: Option<&str>) -> Option<&'static str> {
        let language = self.language.as_ref()?;
        let letters =
            || lyrics.unwrap_or_default().chars().take(COMPARED).filter(|c| c.is_alphabetic());
        let latin = letters().filter(|&c| c < '\u{250}').count();
        let (ascii, all) = (letters().filter(char::is_ascii).count(), letters().count());
        let is_other_script = language.is_latin && latin * 2 < all;
        let has_accents = language.code == "en" && (all - ascii) * MANY_ACCENTS > all;
        (!is_other_script && !has_accents).then_some(language.code)
    }

    fn language_is(&mut self, code: &[u8]) {
        let code = code.trim_ascii().to_ascii_uppercase();
        let named = |language: &&Language| {
            language.names.split(' ').any(|name| name.as_bytes() == code)
                || language.code.to_uppercase().as_bytes() == code
        };
        self.language = self.language.or_else(|| LANGUAGES.iter().find(named).copied());
    }

    fn soft_karaoke(&mut self, text: &str) {
        let text = text.trim_start_matches("@T").trim();
        if text.is_empty() {
            return;
        }
        self.titles += 1;
        match self.titles {
            1 => self.title.offer(Place::SoftKaraoke, text),
            2 if !is_notice([text.as_bytes()].into_iter()) => {
                let by = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("by "));
                self.artist.offer(Place::SoftKaraoke, if by { &text[3..] } else { text });
            }
            _ => {}
        }
    }

    /// `{@JP}{#Title=...}{#Artist=...}{#}`. A tag ends where the next one begins, too.
    fn tags(&mut self, text: &str) {
        for tag in text.split("{#").skip(1) {
            let tag = tag.split('}').next().unwrap_or_default();
            let Some((item, value)) = tag.split_once('=') else { continue };
            match item.trim().to_ascii_lowercase().as_str() {
                "title" => self.title.offer(Place::Tag, value),
                "artist" => self.artist.offer(Place::Tag, value),
                "composer" => self.artist.offer(Place::Author, value),
                _ => {}
            }
        }
        if let Some((_, code)) = text.split_once("{@") {
            self.language_is(code.split('}').next().unwrap_or_default().as_bytes());
        }
    }

    /// The headers of XF, whose fields are separated by colons.
    fn xf(&mut self, text: &str) {
        let text = text.trim_start_matches('$');
        let mut fields = text.split(':').map(str::trim);
        let id = fields.next();
        let field = |number: usize| text.split(':').nth(number).unwrap_or_default();
        match id {
            Some("XFln") => {
                self.language_is(field(1).as_bytes());
                self.title.offer(Place::Xf, field(2));
                self.artist.offer(Place::Xf, field(6));
                self.artist.offer(Place::Author, field(3));
            }
            Some("XFhd") => {
                self.artist.offer(Place::Xf, field(10));
                self.artist.offer(Place::Author, field(7));
            }
            Some("Lyrc") => self.language_is(field(3).as_bytes()),
            _ => {}
        }
    }
}

/// Whether a text begins as those do that declare something.
fn may_declare(kind: TextKind, bytes: &[u8]) -> bool {
    match kind {
        TextKind::Title | TextKind::Artist => true,
        TextKind::Lyric => bytes.starts_with(b"{"),
        TextKind::Text => {
            matches!(bytes, [b'@', b'T' | b'L', ..] | [b'X', b'F', ..] | [b'$', ..])
        }
        _ => false,
    }
}

/// A language: its ISO 639-1 code, what files call it, and whether it is written in Latin letters.
#[derive(Clone, Copy)]
struct Language {
    code: &'static str,
    names: &'static str,
    is_latin: bool,
}

const fn latin(code: &'static str, names: &'static str) -> Language {
    Language { code, names, is_latin: true }
}

const fn other(code: &'static str, names: &'static str) -> Language {
    Language { code, names, is_latin: false }
}

/// The languages of songs. Soft Karaoke names one by the first four letters of its English name, `LENGL`;
/// people also write the name in the language, or ISO 639-2. RP-026 and XF have `JP`.
const LANGUAGES: [Language; 40] = [
    latin("en", "ENGL ENG ENGLISH"),
    latin("de", "GERM DEUT GER DEU GERMAN DEUTSCH"),
    latin("fr", "FREN FRAN FRE FRA FRENCH FRANCAIS"),
    latin("it", "ITAL ITA ITALIAN ITALIANO"),
    latin("es", "SPAN ESPA CAST SPA ESP SPANISH ESPANOL"),
    latin("pt", "PORT BRAZ BRAS POR PORTUGUESE PORTUGUES"),
    latin("nl", "DUTC NEDE HOLL DUT NLD DUTCH NEDERLANDS"),
    latin("sv", "SWED SVEN SWE SWEDISH SVENSKA"),
    latin("no", "NORW NORS NOR NORWEGIAN NORSK"),
    latin("da", "DANI DANS DAN DANISH DANSK"),
    latin("fi", "FINN SUOM FIN FINNISH SUOMI"),
    latin("is", "ICEL ISL ICE ICELANDIC"),
    latin("pl", "POLI POLS POL POLISH POLSKI"),
    latin("cs", "CZEC CESK CES CZE CZECH"),
    latin("sk", "SLOVAK SLOVENSKY SLK SLO"),
    latin("sl", "SLOVENE SLOVENIAN SLV"),
    latin("hr", "CROA HRVA HRV CROATIAN HRVATSKI"),
    latin("hu", "HUNG MAGY HUN HUNGARIAN MAGYAR"),
    latin("ro", "ROMA RUMA RON RUM ROMANIAN"),
    latin("tr", "TURK TUR TURKISH TURKCE"),
    latin("et", "ESTO EEST EST ESTONIAN"),
    latin("lv", "LATV LAV LATVIAN"),
    latin("lt", "LITH LIT LITHUANIAN"),
    latin("ca", "CATA CAT CATALAN"),
    latin("la", "LATI LAT"),
    latin("ga", "IRIS GLE IRISH"),
    latin("vi", "VIET VIE VIETNAMESE"),
    latin("id", "INDO IND INDONESIAN"),
    latin("tl", "TAGA FILI TGL TAGALOG FILIPINO"),
    other("ru", "RUSS RUS RUSSIAN"),
    other("uk", "UKRA UKR UKRAINIAN"),
    other("bg", "BULG BUL BULGARIAN"),
    other("sr", "SERB SRP SERBIAN"),
    other("el", "GREE ELLI GRE ELL GREEK"),
    other("he", "HEBR HEB HEBREW"),
    other("ar", "ARAB ARA ARABIC"),
    other("ja", "JP JAPA JAPN NIHO JPN JAPANESE"),
    other("zh", "CHIN MAND CANT CHI ZHO CN CHINESE"),
    other("ko", "KR KORE KOR KOREAN"),
    other("th", "THAI THA"),
];
