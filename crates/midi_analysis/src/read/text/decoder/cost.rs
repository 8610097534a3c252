//! How well a text reads in an encoding: what it costs in bits, as in a code in which likely texts are
//! short.
//!
//! The encoding in which the bytes cost least is the likeliest that they were written in (minimum
//! description length, Rissanen 1978). Of each language that an encoding serves, letters cost by a chain
//! of letters, signs by where they stand, characters of East Asia by how common they are. Words that mix
//! scripts, or capitals within words, cost more. ASCII costs the same in all encodings.

use super::characters::{self, Level, Writing, thai_bits};
use super::charset::{BROKEN, Charset, Form};
use super::letters::{ASCII_BITS, Letters, Previous};
use super::symbols;

/// Bits of letters of two scripts side by side in a word; twice as many beside a letter of ASCII that looks like
/// none of Cyrillic or Greek, for which nobody takes it.
const MIXED_SCRIPTS_BITS: u32 = 6;
const LOOKALIKES: &str = "aceiopuxyABCEHIKMNOPTXYZ";
/// Bits of an ideograph or kana beside a small letter of ASCII; beside capitals, as in `Gソロ`, it
/// costs little.
const BESIDE_SMALL_BITS: u32 = 9;
/// Bits of a capital within a word, beside a small letter.
const INNER_CAPITAL_BITS: u32 = 8;
/// Bits of a letter of another script than its encoding is for, or of no script known here.
const OTHER_SCRIPT_BITS: u32 = 13;
/// Bits of half-width kana, of those after so many, and of where they begin.
const HALF_KANA_BITS: u32 = 7;
const LATER_HALF_KANA_BITS: u32 = 6;
const FIRST_HALF_KANA: usize = 6;
const HALF_KANA_START_BITS: u32 = 4;
/// Bits of a single katakana beside hiragana or ideographs, which few words have.
const LONE_KATAKANA_BITS: u32 = 5;
/// Bits of the start of East Asian text after ASCII.
const RUN_BITS: u32 = 3;
/// Bits of a character of several bytes that the end of a text cuts off, after others and as the only one.
const BEGUN_BITS: u32 = 14;
const FIRST_BEGUN_BITS: u32 = 32;
/// Bits of the only letter of an alphabet other than the Latin in a text, and of one beside signs of ASCII.
const LONE_LETTER_BITS: u32 = 10;
/// Bits of a small letter where text in one of these alphabets begins.
const SMALL_START_BITS: u32 = 3;
/// Bits of a letter in a text that has bytes that are no character.
const BROKEN_WORD_BITS: u32 = 8;
/// Bits of a letter that stands three times in a row, unless it is Latin.
const THRICE_BITS: u32 = 6;
/// Bits of a character that is split over two texts, as few programs do.
const SPLIT_BITS: u32 = 5;
/// Bits of a mark on a letter.
const MARK_BITS: u32 = 5;

/// Characters of a question or an exclamation, at most.
const SENTENCE: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// No letter.
    Sign,
    Ascii,
    Latin,
    Cyrillic,
    Greek,
    Hebrew,
    Arabic,
    Thai,
    /// Ideographs, kana and Hangul.
    EastAsian,
    HalfKana,
    Mark,
    Other,
    /// A character that was cut off.
    Begun,
}

impl Script {
    fn is_other_alphabet(self) -> bool {
        matches!(self, Self::Cyrillic | Self::Greek | Self::Hebrew | Self::Arabic)
    }

    /// Whether the chains of letters of languages have it.
    fn is_spelt(self) -> bool {
        use Script::{Arabic, Ascii, Cyrillic, Greek, Hebrew, Latin, Mark};
        matches!(self, Ascii | Latin | Cyrillic | Greek | Hebrew | Arabic | Mark)
    }
}

fn script(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' => Script::Ascii,
        ..'\u{80}' => Script::Sign,
        'ª' | 'º' | 'µ' | '×' | '÷' => Script::Sign,
        'ƒ' => Script::Sign,
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{300}'..='\u{36F}' => Script::Mark,
        '\u{386}' | '\u{388}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        '\u{591}'..='\u{5EA}' => Script::Hebrew,
        '\u{620}'..='\u{65F}' | '\u{66E}'..='\u{6D3}' => Script::Arabic,
        '\u{E01}'..='\u{E3A}' | '\u{E40}'..='\u{E4E}' | '\u{E50}'..='\u{E59}' => Script::Thai,
        '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{3400}'..='\u{9FFF}' => {
            Script::EastAsian
        }
        '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' => Script::EastAsian,
        '\u{20000}'..='\u{3FFFF}' => Script::EastAsian,
        '\u{FF66}'..='\u{FF9F}' => Script::HalfKana,
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | 'ー' | '㌀'..='㏿' => Script::EastAsian,
        c if c.is_alphabetic() => Script::Other,
        _ => Script::Sign,
    }
}

/// A character of a text, as it is judged.
#[derive(Clone, Copy)]
struct Glyph {
    c: char,
    /// The same in lower case.
    low: char,
    script: Script,
    level: Level,
    /// Whether it is in a word that has letters beyond ASCII.
    is_spelt: bool,
    /// Whether it begins in one text and ends in another.
    is_split: bool,
    /// Whether a part of the text to be judged by itself ends before it.
    starts: bool,
}

/// Reads texts in encodings; kept to use its memory again.
#[derive(Default)]
pub(super) struct Reader {
    glyphs: Vec<Glyph>,
    /// The small letters of the words of a part that are spelt, each word with `None` after it.
    spelt: Vec<Option<char>>,
}

impl Reader {
    /// The bits of each part of a text in an encoding: the parts end at `ends`, of which the last is the
    /// text's end. A character that is in two parts counts to the first. The text is made of texts that
    /// begin at `starts`.
    pub(super) fn bits(
        &mut self,
        charset: &Charset,
        text: &[u8],
        ends: &[usize],
        starts: &[usize],
    ) -> Vec<u32> {
        self.read(charset, text, ends, starts);
        let writing = writing(charset);
        let mut bits = Vec::with_capacity(ends.len());
        let mut from = 0;
        while bits.len() < ends.len() {
            let to = (from + 1..self.glyphs.len()).find(|&at| self.glyphs[at].starts);
            let to = to.unwrap_or(self.glyphs.len());
            let part = from.min(to)..to;
            let shared: u32 = part.clone().map(|at| self.shared_bits(at, writing)).sum();
            let lone = self.lone_letter_bits(part.clone());
            let spelling = self.least_spelling_bits(part, charset);
            bits.push(shared + lone + spelling);
            from = to;
        }
        bits
    }

    /// Reads the characters of a text. There is at least one for each part.
    fn read(&mut self, charset: &Charset, text: &[u8], ends: &[usize], starting: &[usize]) {
        self.glyphs.clear();
        let writing = writing(charset);
        let (mut at, mut part) = (0, 0);
        let mut starts = false;
        let mut starting = starting.iter().copied().peekable();
        while at < text.len() {
            let first = charset.first(&text[at..]);
            let (c, length) = first.unwrap_or((BROKEN, text.len() - at));
            let level = match charset.form {
                // Its bytes are those of another encoding.
                Form::Twice(..) if self.glyphs.last().is_some_and(|last| last.c == c) => {
                    Level::Beyond
                }
                Form::Twice(..) => Level::First,
                _ => Level::of(writing, &text[at..at + length]),
            };
            let low = if c.is_ascii() { c.to_ascii_lowercase() } else { lower(c) };
            let script = if first.is_none() { Script::Begun } else { script(c) };
            while starting.next_if(|&start| start <= at).is_some() {}
            let is_split = starting.peek().is_some_and(|&start| start < at + length);
            self.glyphs.push(Glyph { c, low, script, level, is_spelt: false, is_split, starts });
            at += length;
            starts = false;
            while part < ends.len() && ends[part] <= at {
                part += 1;
                starts = true;
            }
        }
        let is_letter = |glyph: &Glyph| glyph.script.is_spelt();
        for word in self.glyphs.chunk_by_mut(|a, b| is_letter(a) == is_letter(b)) {
            if is_letter(&word[0]) && word.iter().any(|glyph| !glyph.c.is_ascii()) {
                word.iter_mut().for_each(|glyph| glyph.is_spelt = true);
            }
        }
    }

    fn shared_bits(&self, at: usize, writing: Writing) -> u32 {
        let glyph = self.glyphs[at];
        let split_bits = if glyph.is_split { SPLIT_BITS } else { 0 };
        let before = if at > 0 { Some(self.glyphs[at - 1]) } else { None };
        if glyph.c.is_ascii() && before.is_none_or(|before| before.c.is_ascii()) {
            // Nothing beside it can be wrong, and letters of spelt words are counted with their languages.
            return split_bits + if glyph.is_spelt { 0 } else { ASCII_BITS };
        }
        let after = self.glyphs.get(at + 1);
        let starts_run =
            glyph.script == Script::EastAsian && before.is_none_or(|before| before.c.is_ascii());
        let own = match glyph.script {
            Script::Sign if glyph.c.is_ascii() => ASCII_BITS,
            Script::Sign => symbols::bits(
                before.map_or('\0', |glyph| glyph.c),
                glyph.c,
                after.map_or('\0', |glyph| glyph.c),
                |c| self.glyphs[at..].iter().take(SENTENCE).any(|glyph| glyph.c == c),
            ),
            Script::EastAsian if is_lone_katakana(before, glyph.c, after) => {
                characters::bits(glyph.c, writing, glyph.level) + LONE_KATAKANA_BITS
            }
            Script::EastAsian => characters::bits(glyph.c, writing, glyph.level),
            Script::Thai => thai_bits(before.map_or('\0', |glyph| glyph.c), glyph.c),
            Script::HalfKana => {
                half_kana_bits(before, glyph.c, after, self.glyphs[..at].last_chunk())
            }
            Script::Mark if before.is_some_and(|before| before.script != Script::Sign) => MARK_BITS,
            Script::Mark | Script::Other => OTHER_SCRIPT_BITS,
            Script::Begun if self.glyphs[..at].iter().all(|glyph| glyph.c.is_ascii()) => {
                FIRST_BEGUN_BITS
            }
            Script::Begun => BEGUN_BITS,
            _ if glyph.is_spelt => 0,
            _ => ASCII_BITS,
        };
        let is_rare = glyph.script == Script::EastAsian && glyph.level == Level::Beyond;
        let is_thrice = (glyph.script.is_other_alphabet() || is_rare)
            && at > 1
            && self.glyphs[at - 2..at].iter().all(|before| before.c == glyph.c);
        let own = own + split_bits + if is_thrice { THRICE_BITS } else { 0 };
        own + before.map_or(0, |before| joint_bits(before, glyph, after))
            + if starts_run { RUN_BITS } else { 0 }
    }

    /// The bits of how a part in another alphabet than the Latin begins, and of a single letter of it, which
    /// is a sign in a wrong encoding more often than a word.
    fn lone_letter_bits(&self, part: std::ops::Range<usize>) -> u32 {
        let is_other = |glyph: &&Glyph| glyph.script.is_other_alphabet();
        let mut letters = self.glyphs[part.clone()].iter().filter(is_other);
        let starts_small = letters.next().is_some_and(|first| first.c.is_lowercase());
        let small = if starts_small { SMALL_START_BITS } else { 0 };
        let is_lone = self.glyphs[part].iter().filter(is_other).take(2).count() == 1;
        small + if is_lone { LONE_LETTER_BITS } else { 0 }
    }

    /// The bits of the letters of a part of the text in the language that it reads best in.
    fn least_spelling_bits(&mut self, part: std::ops::Range<usize>, charset: &Charset) -> u32 {
        let glyphs = &self.glyphs[part];
        if glyphs.iter().any(|glyph| glyph.c == BROKEN) {
            // What is broken hardly is in this encoding, in whatever language.
            let is_ascii = |glyph: &&Glyph| glyph.c.is_ascii();
            let spelt = || glyphs.iter().filter(|glyph| glyph.is_spelt);
            let ascii = spelt().filter(is_ascii).count() as u32;
            return ascii * ASCII_BITS + (spelt().count() as u32 - ascii) * BROKEN_WORD_BITS;
        }
        self.spelt.clear();
        for glyph in glyphs {
            match glyph.script {
                Script::Mark if glyph.is_spelt => {}
                _ if glyph.is_spelt => self.spelt.push(Some(glyph.low)),
                _ if self.spelt.last().is_some_and(Option::is_some) => self.spelt.push(None),
                _ => {}
            }
        }
        self.spelt.push(None);
        let all = charset.letters().iter();
        all.map(|letters| spelling_bits(&self.spelt, letters)).min().unwrap_or(0)
    }
}

/// The bits of words in a language.
fn spelling_bits(spelt: &[Option<char>], letters: &Letters) -> u32 {
    let mut previous = Previous::NOTHING;
    let mut bits = letters.prior;
    for letter in spelt {
        match letter {
            Some(letter) => bits += letters.bits(&mut previous, *letter),
            None if previous != Previous::NOTHING => {
                bits += letters.end_bits(previous);
                previous = Previous::NOTHING;
            }
            None => {}
        }
    }
    bits
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn writing(charset: &Charset) -> Writing {
    match charset.form {
        Form::Wide(_) => match charset.name {
            "Shift_JIS" | "EUC-JP" => Writing::Japanese,
            "GBK" => Writing::Simplified,
            "Big5" => Writing::Traditional,
            _ => Writing::Korean,
        },
        Form::Iso2022Jp => Writing::Japanese,
        Form::Twice(_, then) => writing(then),
        Form::Utf8 | Form::Utf16(_) => Writing::Any,
        Form::Bytes(_) => Writing::Other,
    }
}

/// The bits of two letters side by side.
fn joint_bits(before: Glyph, glyph: Glyph, after: Option<&Glyph>) -> u32 {
    use Script::{Ascii, Begun, EastAsian, HalfKana, Latin, Mark, Sign};
    let is_small = |glyph: Glyph| glyph.c.is_ascii_lowercase();
    match (before.script, glyph.script) {
        (Sign | Mark, _) | (_, Sign | Mark | Begun) => 0,
        (EastAsian, EastAsian) | (HalfKana, HalfKana) => 0,
        (EastAsian | HalfKana, HalfKana | EastAsian) => 2,
        (Ascii, Ascii) => 0,
        (EastAsian | HalfKana, Ascii) | (Ascii, EastAsian | HalfKana) => {
            if is_small(before) || is_small(glyph) { BESIDE_SMALL_BITS } else { 0 }
        }
        (a, b) if a == b || matches!((a, b), (Ascii, Latin) | (Latin, Ascii)) => {
            let is_beside_small =
                before.c.is_lowercase() || after.is_some_and(|after| after.c.is_lowercase());
            let is_inner = glyph.c.is_uppercase() && is_beside_small;
            if is_inner { INNER_CAPITAL_BITS } else { 0 }
        }
        (Ascii, _) if !LOOKALIKES.contains(before.c) => 2 * MIXED_SCRIPTS_BITS,
        (_, Ascii) if !LOOKALIKES.contains(glyph.c) => 2 * MIXED_SCRIPTS_BITS,
        _ => MIXED_SCRIPTS_BITS,
    }
}

fn is_lone_katakana(before: Option<Glyph>, c: char, after: Option<&Glyph>) -> bool {
    let is_katakana = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー');
    let is_beside = |glyph: &Glyph| glyph.script == Script::EastAsian;
    let beside = [before, after.copied()];
    is_katakana(c)
        && beside.iter().flatten().any(is_beside)
        && !beside.iter().flatten().any(|glyph| is_katakana(glyph.c))
}

/// The bits of a half-width kana: marks of sound follow others, and no word has one alone.
fn half_kana_bits(
    before: Option<Glyph>,
    c: char,
    after: Option<&Glyph>,
    last: Option<&[Glyph; FIRST_HALF_KANA]>,
) -> u32 {
    let is_kana = |glyph: &Glyph| glyph.script == Script::HalfKana;
    let is_mark = |glyph: &Glyph| glyph.c.is_ascii() && !glyph.c.is_alphanumeric();
    // A text that has several has more.
    let goes_on = last.is_some_and(|last| {
        last.iter().all(|glyph| is_kana(glyph) || is_mark(glyph))
            && last.iter().filter(|glyph| is_kana(glyph)).count() * 2 > FIRST_HALF_KANA
    });
    let follows = before.is_some_and(|before| is_kana(&before));
    match c {
        'ｰ' | 'ﾞ' | 'ﾟ' | 'ｯ' | 'ｬ' | 'ｭ' | 'ｮ' | 'ｧ'..='ｫ' if !follows => 14,
        'ﾞ' if before.is_some_and(|before| matches!(before.c, 'ｶ'..='ﾄ' | 'ﾊ'..='ﾎ' | 'ｳ')) => {
            3
        }
        'ﾟ' if before.is_some_and(|before| matches!(before.c, 'ﾊ'..='ﾎ')) => 3,
        'ﾞ' | 'ﾟ' => 14,
        _ if goes_on && (follows || after.is_some_and(is_kana)) => LATER_HALF_KANA_BITS,
        _ if follows => HALF_KANA_BITS,
        _ if after.is_some_and(is_kana) => HALF_KANA_BITS + HALF_KANA_START_BITS,
        _ => HALF_KANA_BITS + 2 * HALF_KANA_START_BITS,
    }
}
