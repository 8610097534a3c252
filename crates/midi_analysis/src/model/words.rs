//! A name split into words: `BossaNova_140-F#m(2)` is `bossa nova 140 f#m 2`.
//!
//! A word is a run of letters or a run of digits. Case and accents are folded away (Unicode NFKD
//! without its combining marks), apostrophes are dropped (`Rock 'n' Roll`), `&` is `and`, and a
//! capital before a small letter begins a word (`LoFi`, `EDMLoop`, but `DnB`). A sharp or flat sign
//! belongs to the note before it; a point or comma between digits belongs to a decimal number.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest phrase that is read, in bytes: the longest file name of common file systems.
pub(crate) const MAX_PHRASE: usize = 255;

/// The part of a phrase that is read.
pub(crate) fn beginning(phrase: &str) -> &str {
    let mut end = phrase.len().min(MAX_PHRASE);
    while !phrase.is_char_boundary(end) {
        end -= 1;
    }
    &phrase[..end]
}

/// The separator between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Nothing: `120bpm`, `LoFi`.
    None,
    /// A space, a point, `_`, `-`.
    Link,
    /// A bracket, a comma, ` - `, `_-_`; the edge of the phrase.
    Break,
}

/// A word of a phrase.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// Its bytes in the phrase.
    pub(crate) source: Range<usize>,
    /// Its bytes in [`Words::folded`].
    pub(crate) folded: Range<usize>,
    /// The separator before it.
    pub(crate) gap: Gap,
    /// Whether it is a number.
    pub(crate) is_number: bool,
}

/// The words of one phrase. The storage is reused from phrase to phrase.
#[derive(Default)]
pub(crate) struct Words {
    /// Every word, each enclosed in two spaces of its own.
    folded: String,
    words: Vec<Word>,
}

/// The characters since the last word.
#[derive(Clone, Copy, Default)]
struct Separator {
    any: bool,
    space: bool,
    dash: bool,
    strong: bool,
}

impl Words {
    /// Splits a phrase into words. What follows its first [`MAX_PHRASE`] bytes is not read.
    pub(crate) fn read(&mut self, phrase: &str) {
        self.folded.clear();
        self.words.clear();
        let phrase = beginning(phrase);
        let mut separator = Separator { any: true, strong: true, ..Separator::default() };
        let mut previous = '\0';
        let mut chars = phrase.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map_or('\0', |&(_, next)| next);
            let end = at + c.len_utf8();
            match c {
                '\'' | '’' | '‘' | '`' => continue,
                '#' | '♯' if !separator.any && self.ends_in_note() => self.extend(end, "#"),
                '♭' if !separator.any && self.ends_in_note() => self.extend(end, "b"),
                '&' => {
                    self.begin(at, &mut separator, false);
                    self.extend(end, "and");
                    separator.any = true;
                }
                '.' | ',' if !separator.any && self.takes_fraction(&phrase[end..]) => {
                    self.extend(end, ".");
                }
                _ if c.is_ascii_alphanumeric() || !c.is_ascii() && c.is_alphanumeric() => {
                    let is_number = c.is_numeric();
                    if separator.any || self.splits(previous, c, next, is_number) {
                        self.begin(at, &mut separator, is_number);
                    }
                    self.extend_folded(end, c);
                }
                _ if !c.is_ascii() && is_combining_mark(c) => continue,
                _ => separator.add(c),
            }
            previous = c;
        }
        if !self.words.is_empty() {
            self.folded.push(' ');
        }
    }

    /// Every word, each enclosed in two spaces of its own: ` bossa  nova `.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// The words in order.
    pub(crate) fn words(&self) -> &[Word] {
        &self.words
    }

    /// A word in its folded form; empty beyond the last.
    pub(crate) fn text(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| &self.folded[word.folded.clone()])
    }

    /// Whether a separator is between a word and the one before it; beyond the last word there is one.
    pub(crate) fn is_apart(&self, index: usize) -> bool {
        self.words.get(index).is_none_or(|word| word.gap != Gap::None)
    }

    /// What the phrase has between a word and the next.
    pub(crate) fn between<'a>(&self, phrase: &'a str, index: usize) -> &'a str {
        let [word, next] = [index, index + 1].map(|index| self.words.get(index));
        match (word, next) {
            (Some(word), Some(next)) => &phrase[word.source.end..next.source.start],
            _ => "",
        }
    }

    /// Whether a word begins without a separator before it: after another kind of character, or at
    /// a capital before a small letter.
    fn splits(&self, previous: char, c: char, next: char, is_number: bool) -> bool {
        let in_number = self.words.last().is_some_and(|word| word.is_number);
        in_number != is_number
            || previous.is_alphabetic() && c.is_uppercase() && next.is_lowercase()
            || previous == '#' && c.is_uppercase() && next.is_lowercase()
    }

    fn begin(&mut self, at: usize, separator: &mut Separator, is_number: bool) {
        let gap = separator.gap();
        *separator = Separator::default();
        self.folded.push_str(if self.words.is_empty() { " " } else { "  " });
        let start = self.folded.len();
        self.words.push(Word { source: at..at, folded: start..start, gap, is_number });
    }

    fn extend(&mut self, source_end: usize, text: &str) {
        self.folded.push_str(text);
        self.close(source_end);
    }

    fn extend_folded(&mut self, source_end: usize, c: char) {
        if c.is_ascii() {
            self.folded.push(c.to_ascii_lowercase());
        } else {
            let bare = c.nfkd().filter(|&part| part.is_alphanumeric());
            self.folded.extend(bare.flat_map(char::to_lowercase));
        }
        self.close(source_end);
    }

    fn close(&mut self, source_end: usize) {
        if let Some(word) = self.words.last_mut() {
            word.source.end = source_end;
            word.folded.end = self.folded.len();
        }
    }

    /// Whether the word so far is a note: a letter, or a syllable as in Romance languages.
    fn ends_in_note(&self) -> bool {
        let last = self.words.len().wrapping_sub(1);
        matches!(
            self.text(last).as_bytes(),
            [b'a'..=b'g'] | b"do" | b"ut" | b"re" | b"mi" | b"fa" | b"sol" | b"la" | b"si"
        )
    }

    /// Whether the word so far is a whole number, and `rest` goes on with one or two decimals.
    fn takes_fraction(&self, rest: &str) -> bool {
        let last = self.words.len().wrapping_sub(1);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.words.last().is_some_and(|word| word.is_number)
            && !self.text(last).contains('.')
            && matches!(digits, 1 | 2)
            && !rest[digits..].starts_with(['.', ','])
    }
}

/// Whether a script is written without spaces: Thai, and those of Chinese, Japanese and Korean.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff66}'..='\u{ff9f}')
}

impl Separator {
    fn add(&mut self, c: char) {
        self.any = true;
        self.space |= c.is_whitespace() || c == '_';
        self.dash |= matches!(c, '-' | '–' | '—');
        self.strong |= matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | ':' | '|' | '/');
    }

    fn gap(self) -> Gap {
        match self {
            Self { any: false, .. } => Gap::None,
            Self { strong: true, .. } | Self { dash: true, space: true, .. } => Gap::Break,
            _ => Gap::Link,
        }
    }
}
