//! How likely characters of Chinese, Japanese, Korean and Thai are, in bits.
//!
//! The most frequent characters are ranked; a character of rank r costs about what characters of that rank
//! do in running text. Others cost more by the level that the standards give them (GB 2312, Big5, JIS X
//! 0208: level 1 is what is in common use), which shows in their bytes.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::weights::letters::{HANGUL, KANJI, SIMPLIFIED, TRADITIONAL};

/// Bits of the character of rank 2^n - 1, of Chinese and of Korean.
const HAN_BITS: [u32; 11] = [5, 6, 7, 7, 8, 8, 9, 9, 10, 11, 12];
const HANGUL_BITS: [u32; 11] = [5, 5, 6, 6, 7, 7, 8, 9, 10, 13, 14];
/// Bits of characters without a rank, by their level in the standard of the encoding.
const LEVEL_BITS: [u32; 3] = [14, 17, 21];
/// Bits of kana, and of those that are rare.
const KANA_BITS: u32 = 6;
const RARE_KANA_BITS: u32 = 9;
const RARE_KANA: &str = "ぁぃぅぇぉゎゐゑゔァィゥェォヮヰヱヲヵヶヴヂヅぢづ";
/// Ideographs of music, which names of tracks have more often than other texts.
const MUSICAL: &str =
    "琴鼓笛弦曲歌調调旋律節节奏伴樂乐楽譜谱弾弹唱詞词簫箫箏筝胡琵琶鋼钢管号號拍音声聲";
const MUSICAL_BITS: u32 = 9;
/// Bits of kana in a text that is not Japanese.
const FOREIGN_BITS: u32 = 12;

/// The writing that an encoding, or a text of Unicode, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    Simplified,
    Traditional,
    Japanese,
    Korean,
    Any,
    /// None of East Asia.
    Other,
}

/// How common the bytes of a character are by the standard of its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    First,
    Second,
    Beyond,
}

impl Level {
    /// The level of a character of two bytes.
    pub(super) fn of(writing: Writing, bytes: &[u8]) -> Self {
        let [lead, trail] = match *bytes {
            [lead, trail] => [lead, trail],
            _ => return if writing == Writing::Any { Self::First } else { Self::Beyond },
        };
        let (first, second) = match writing {
            Writing::Simplified | Writing::Korean if trail < 0xA1 => return Self::Beyond,
            Writing::Simplified => (0xA1..=0xD7, 0xD8..=0xF7),
            // Hangul of KS X 1001, then Hanja.
            Writing::Korean => (0xA1..=0xC8, 0xCA..=0xFD),
            Writing::Traditional => (0xA1..=0xC6, 0xC9..=0xF9),
            Writing::Japanese if lead >= 0xA1 && trail >= 0xA1 => (0xA1..=0xCF, 0xD0..=0xF4),
            Writing::Japanese => (0x81..=0x98, 0x99..=0xEA),
            Writing::Any | Writing::Other => return Self::First,
        };
        match lead {
            lead if first.contains(&lead) => Self::First,
            lead if second.contains(&lead) => Self::Second,
            _ => Self::Beyond,
        }
    }
}

/// The bits of an ideograph, a kana, a syllable of Hangul or a wide letter of ASCII.
pub(super) fn bits(c: char, writing: Writing, level: Level) -> u32 {
    let ranks = ranks(c);
    let rank = |list: usize, table: &[u32; 11]| {
        let rank = ranks.map_or(0, |ranks| ranks[list]);
        (rank > 0).then(|| table[rank.ilog2() as usize])
    };
    let unranked = LEVEL_BITS[level as usize];
    match (c, writing) {
        ('０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ', _) => RARE_KANA_BITS,
        ('㐀'..='鿿', _) if MUSICAL.contains(c) => MUSICAL_BITS,
        ('ー', _) => KANA_BITS,
        ('㌀'..='㏿', _) => LEVEL_BITS[1],
        ('\u{3040}'..='\u{30FF}', Writing::Japanese | Writing::Any) => {
            if RARE_KANA.contains(c) {
                RARE_KANA_BITS
            } else {
                KANA_BITS
            }
        }
        ('\u{3040}'..='\u{30FF}', _) => FOREIGN_BITS,
        ('\u{AC00}'..='\u{D7A3}', _) => rank(3, &HANGUL_BITS).unwrap_or(unranked),
        (_, Writing::Simplified) => {
            // Traditional characters are in GBK, and rare in it.
            let traditional = rank(1, &HAN_BITS).map(|bits| bits + 6);
            rank(0, &HAN_BITS).or(traditional).unwrap_or(unranked)
        }
        (_, Writing::Traditional) => rank(1, &HAN_BITS).unwrap_or(unranked),
        (_, Writing::Japanese) => rank(2, &HAN_BITS).unwrap_or(unranked),
        (_, Writing::Korean) => LEVEL_BITS[1],
        _ => (0..3).filter_map(|list| rank(list, &HAN_BITS)).min().unwrap_or(unranked),
    }
}

/// The ranks of a character from 1 among simplified and traditional Chinese, Japanese and Korean; 0
/// where it has none.
fn ranks(c: char) -> Option<&'static [u16; 4]> {
    static RANKS: OnceLock<HashMap<char, [u16; 4]>> = OnceLock::new();
    let ranks = RANKS.get_or_init(|| {
        let mut ranks = HashMap::new();
        for (list, characters) in [SIMPLIFIED, TRADITIONAL, KANJI, HANGUL].iter().enumerate() {
            for (rank, c) in characters.chars().enumerate() {
                ranks.entry(c).or_insert([0; 4])[list] = rank as u16 + 1;
            }
        }
        ranks
    });
    ranks.get(&c)
}

/// The bits of a character of Thai after another: vowels above and below and tones follow a
/// consonant, and no word begins with them.
pub(super) fn thai_bits(previous: char, c: char) -> u32 {
    let is_mark = |c: char| matches!(c, '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}');
    let is_consonant = |c: char| matches!(c, '\u{E01}'..='\u{E2E}');
    let is_tone = |c: char| matches!(c, '\u{E48}'..='\u{E4B}');
    match c {
        // Letters of the past, and marks of Pali.
        'ฃ' | 'ฅ' | 'ฦ' | '\u{E3A}' | '\u{E4D}' | '\u{E4E}' => 16,
        c if is_mark(c) && is_consonant(previous) => 4,
        c if is_tone(c) && is_mark(previous) => 4,
        '\u{E4C}' if is_mark(previous) => 5,
        c if is_mark(c) => 16,
        // Vowels behind a consonant.
        '\u{E30}' | '\u{E32}' | '\u{E33}' if is_consonant(previous) || is_mark(previous) => 5,
        '\u{E30}' | '\u{E33}' | '\u{E32}' => 8,
        '\u{E40}'..='\u{E44}' => 6,
        '\u{E46}' => 8,
        '\u{E50}'..='\u{E59}' => 8,
        c if is_consonant(c) => {
            if "านรกอมงยวลทดสตคบหพปจชข".contains(c) {
                6
            } else {
                9
            }
        }
        _ => 14,
    }
}
