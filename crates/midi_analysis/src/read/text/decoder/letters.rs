//! How likely letters follow each other in the languages of Europe and the Near East.
//!
//! A word of a language costs the negative logarithm of its probability, in bits, by a Markov chain of
//! letters (Cavnar and Trenkle 1994 compare n-grams of letters to the same end). Only what is not ASCII
//! can tell encodings apart, so two letters of ASCII cost the same everywhere. `scripts/train letters` learns
//! the chains.

use std::sync::OnceLock;

use crate::weights::letters::ALPHABETS;

/// Bits of a letter of ASCII, and of any other character of ASCII.
pub(super) const ASCII_BITS: u32 = 4;
/// Most bits of a letter of ASCII: foreign words and abbreviations are found in all languages.
const MOST_ASCII_BITS: u32 = 6;
/// Bits of the end of a word after a letter that a language does not have.
const END_BITS: u32 = 2;
/// Bits of a letter that a language does not have.
const FOREIGN_BITS: u32 = 15;
/// Accented letters of Western Europe that names in a text of any language may have, and their bits: the
/// frequent ones and the others.
const WESTERN: [(&str, u32); 2] = [("éüöäñçáóíå", 11), ("èêëàâãæôòøõœûúùìîïß", 13)];
/// Languages that fewer files are in than in others of the same encodings, by how many bits.
const RARER: [(&str, u32); 11] = [
    ("any", 1),
    ("Icelandic", 5),
    ("Irish", 5),
    ("Albanian", 5),
    ("Catalan", 2),
    ("Estonian", 3),
    ("Slovene", 1),
    ("Belarusian", 4),
    ("Macedonian", 3),
    ("Persian", 2),
    ("Latvian", 1),
];
/// Code points that alphabets are from: all but those of Vietnamese, which follow folded.
const DIRECT: usize = 0x700;
const NO_LETTER: u8 = u8::MAX;
const FOREIGN_LETTER: u8 = u8::MAX - 1;

/// The letters of one language.
pub(super) struct Letters {
    name: &'static str,
    /// Index in the alphabet by code point.
    index: Vec<u8>,
    /// How many letters the alphabet has.
    letters: usize,
    /// Bits of each letter at the start of a word, and after each letter; and of the end of the word.
    bits: Vec<u8>,
    /// How much rarer it is among MIDI files than others of its encodings, in bits.
    pub(super) prior: u32,
    /// Bits of letters that are not in the alphabet.
    foreign: Foreign,
}

#[derive(Clone, Copy, PartialEq)]
enum Foreign {
    Rare,
    /// Names of Western Europe are expected.
    Western,
    /// No letters but ASCII are expected.
    No,
}

/// What came before a letter in its word: nothing, a letter outside of the alphabet, or one of it.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Previous(u8);

impl Previous {
    pub(super) const NOTHING: Self = Self(NO_LETTER);
}

impl Letters {
    /// The bits of a lower-case letter after another.
    pub(super) fn bits(&self, previous: &mut Previous, c: char) -> u32 {
        let index = folded(c).map_or(FOREIGN_LETTER, |at| self.index[at]);
        let before = std::mem::replace(previous, Previous(index));
        if index == FOREIGN_LETTER {
            return self.foreign_bits(c);
        }
        let at = usize::from(index);
        let (letters, before) = (self.letters, usize::from(before.0));
        let row = if before < letters { before + 1 } else { 0 };
        u32::from(self.bits[row * (letters + 1) + at]).min(if c.is_ascii() {
            MOST_ASCII_BITS
        } else {
            15
        })
    }

    /// The bits of the end of a word after a letter.
    pub(super) fn end_bits(&self, previous: Previous) -> u32 {
        match usize::from(previous.0) {
            at if at < self.letters => u32::from(self.bits[(at + 2) * (self.letters + 1) - 1]),
            _ => END_BITS,
        }
    }

    fn foreign_bits(&self, c: char) -> u32 {
        match self.foreign {
            _ if c.is_ascii() => ASCII_BITS,
            Foreign::Western => {
                let known = WESTERN.iter().find(|(letters, _)| letters.contains(c));
                known.map_or(FOREIGN_BITS, |&(_, bits)| bits)
            }
            _ => FOREIGN_BITS,
        }
    }

    fn of(name: &'static str, alphabet: &str, rows: &str) -> Self {
        let letters: Vec<char> = alphabet.chars().collect();
        let mut index = vec![FOREIGN_LETTER; DIRECT + 0x100];
        for (at, &c) in letters.iter().enumerate() {
            if let Some(place) = folded(c) {
                index[place] = at as u8;
            }
        }
        let mut bits = Vec::with_capacity(rows.len());
        // Hexadecimal digits: of a letter the lower four bits count from 1.
        let digits = rows.bytes().filter(u8::is_ascii_hexdigit);
        bits.extend(digits.map(|digit| (digit & 0xf) + 9 * (digit >> 6)));
        let prior = RARER.iter().find(|(rarer, _)| *rarer == name).map_or(0, |&(_, bits)| bits);
        Self { name, index, letters: letters.len(), bits, prior, foreign: Foreign::Rare }
    }
}

/// Where the letters of the alphabets are in an index.
fn folded(c: char) -> Option<usize> {
    match c as usize {
        code @ ..DIRECT => Some(code),
        code @ 0x1E00..0x1F00 => Some(DIRECT + code - 0x1E00),
        _ => None,
    }
}

/// The letters of a language: one of the weights, `any` for Western names in whatever language, or `none`;
/// or those of `every` language.
pub(super) fn letters(name: &str) -> &'static [Letters] {
    static ALL: OnceLock<Vec<Letters>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut all: Vec<_> = ALPHABETS
            .iter()
            .map(|[name, letters, rows]| Letters::of(name, letters, rows))
            .collect();
        all.push(Letters { foreign: Foreign::Western, ..Letters::of("any", "", "") });
        all.push(Letters { foreign: Foreign::No, ..Letters::of("none", "", "") });
        all
    });
    let none = all.len() - 1;
    if name == "every" {
        return &all[..none];
    }
    let place = all.iter().position(|letters| letters.name == name);
    std::slice::from_ref(&all[place.unwrap_or(none - 1)])
}
