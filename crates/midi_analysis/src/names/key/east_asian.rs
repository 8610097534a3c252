//! Keys in Chinese, Japanese and Korean: C大调, 降E大調, ハ長調, 嬰ヘ短調, 다장조, 올림바 단조.
//!
//! The mode ends the name of the key and the note is directly before it. Chinese notes are Latin
//! letters. Japanese ones are the first kana of the poem Iroha (ハニホヘトイロ, C to B), and Korean ones
//! the first syllables of the alphabet (다라마바사가나); both languages use Latin letters too, with the
//! English modes. The accidental is before the note.
//!
//! None of these scripts separates words, so a key is found inside of one: 月光奏鸣曲升c小调.

use crate::model::key::{Key, Mode};
use crate::model::pitch_class::{PitchClass, natural};

/// Modes. In Korean 단조 is also 'monotonous', and 장조 is rare otherwise.
const MODES: [(&str, Mode); 12] = [
    ("大调", Mode::Major),
    ("大調", Mode::Major),
    ("小调", Mode::Minor),
    ("小調", Mode::Minor),
    ("長調", Mode::Major),
    ("短調", Mode::Minor),
    ("メジャー", Mode::Major),
    ("マイナー", Mode::Minor),
    ("장조", Mode::Major),
    ("단조", Mode::Minor),
    ("메이저", Mode::Major),
    ("마이너", Mode::Minor),
];

/// Signs before the note that raise or lower it.
const PREFIXES: [(&str, u8); 11] = [
    ("升", 1),
    ("嬰", 1),
    ("올림", 1),
    ("#", 1),
    ("♯", 1),
    ("降", 11),
    ("変", 11),
    ("變", 11),
    ("내림", 11),
    ("♭", 11),
    ("b", 11),
];

/// Signs after a Latin letter: Cシャープ短調, E♭大调.
const SUFFIXES: [(&str, u8); 8] = [
    ("#", 1),
    ("♯", 1),
    ("シャープ", 1),
    ("샵", 1),
    ("♭", 11),
    ("b", 11),
    ("フラット", 11),
    ("플랫", 11),
];

/// The keys that a text names, each with the byte where its mode begins.
pub(super) fn find(text: &str) -> Vec<(usize, Key)> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (name, mode) in MODES {
        for (at, _) in text.match_indices(name) {
            let before = text[..at].trim_end_matches([' ', '_', '-']);
            if let Some((semitones, _)) = note_at_end(before) {
                found.push((at, Key::new(PitchClass::new(semitones), mode)));
            }
        }
    }
    found
}

/// The key that a text names and nothing else.
pub(super) fn whole(text: &str) -> Option<Key> {
    let (note, mode) =
        MODES.iter().find_map(|&(name, mode)| Some((text.strip_suffix(name)?, mode)))?;
    let (semitones, rest) = note_at_end(note.trim_end())?;
    rest.is_empty().then(|| Key::new(PitchClass::new(semitones), mode))
}

/// The note at the end of a text, in semitones above C, and the text before it.
fn note_at_end(text: &str) -> Option<(u8, &str)> {
    let suffix = SUFFIXES.iter().find_map(|&(sign, by)| {
        let rest = text.strip_suffix(sign)?;
        rest.ends_with(|c| natural(c).is_some()).then_some((rest, by))
    });
    let (text, altered) = suffix.unwrap_or((text, 0));
    let note = text.chars().next_back()?;
    let semitones = match note {
        'ハ' | 'は' | '다' => 0,
        'ニ' | 'に' | '라' => 2,
        'ホ' | 'ほ' | '마' => 4,
        'ヘ' | 'へ' | '바' => 5,
        'ト' | 'と' | '사' => 7,
        'イ' | 'い' | '가' => 9,
        'ロ' | 'ろ' | '나' => 11,
        _ => natural(note)?,
    };
    let text = text[..text.len() - note.len_utf8()].trim_end();
    let prefix = PREFIXES.iter().find_map(|&(sign, by)| Some((text.strip_suffix(sign)?, by)));
    let (text, shift) = prefix.unwrap_or((text, 0));
    // Inside of a word, a letter or a Korean syllable is no note.
    let before = text.chars().next_back();
    let is_inside = match note {
        '가'..='힣' => shift == 0 && before.is_some_and(|c| ('가'..='힣').contains(&c)),
        _ => note.is_ascii() && before.is_some_and(|c| c.is_ascii_alphabetic()),
    };
    (!is_inside).then_some(((semitones + shift + altered) % 12, text))
}
