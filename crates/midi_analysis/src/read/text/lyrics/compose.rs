//! Syllables put together to words and lines, by the marks that stand in them.
//!
//! | mark | meaning | source |
//! | --- | --- | --- |
//! | blank at the end or start | the word ends, as it does after a punctuation mark at the end | RP-017 of the MMA; Soft Karaoke |
//! | CR; LF as a text of its own | the line ends; the verse ends | RP-017 |
//! | CR LF, LF behind words | the line ends | what programs write |
//! | `/`; `\` or `<` | another line; another verse or page | Soft Karaoke, Yamaha XF, Solton |
//! | marks for verses, where there are no others and they are many | another line | what people write |
//! | `^` | a blank | Yamaha XF |
//! | `-` at the end | the word goes on, where few words end by a blank or many by `-` | notation programs |
//! | `_`, empty texts | the syllable is held; between letters, a blank | notation programs, RP-017 |
//! | `~` alone, `-` alone among words that end by a blank | the syllable is held | UltraStar, what people write |
//! | `{@...}`, `{#...}` | tags | RP-026 |
//! | `[...]` | a reading (ruby), where there are tags; a chord | RP-026; ChordPro |
//! | `\r`, `\n`, `\t`, `\\`, `\[` | that character, where there are tags | RP-026 |
//! | `+`; `#`, `*`, `%` at the end; `=` at the end | held; not pitched; a hyphen | charts of rhythm games |
//!
//! Where hardly a word ends by a blank, each text is a word, or has a hyphen that continues it. Scripts
//! without spaces are joined without.

use super::chord_names::is_chord_name;
use super::lines::{Lines, Page, is_unspaced};
use super::measure::Tally;

/// Of so many texts one may end by a blank, and still each ends a word; short ones have none.
const RARELY_SPACED: u32 = 20;
/// Hyphens that tie syllables beside words that end by a blank: at least so many, one in so many syllables,
/// and more than syllables that go on without. Fewer belong to the words, as in `vas-tu`.
/// Two are enough where no syllable goes on without.
const MANY_HYPHENS: u32 = 3;
const FEW_HYPHENS: u32 = 2;
const OFTEN_HYPHENED: u32 = 6;
/// Marks for verses that are the only marks, and letters between them, where they mark lines.
const MANY_VERSES: u32 = 4;
const LETTERS_OF_LINE: u32 = 60;
/// Most bytes of hyphens, and of text in brackets, that are held back.
const MOST_HELD: usize = 64;

/// How a voice writes its syllables.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit that goes with any other")]
pub(super) struct Style {
    /// Each text ends a word, since no blank does.
    bare: bool,
    /// Each text is a line.
    whole_lines: bool,
    /// A hyphen at the end of a text, or at its start, is not a part of the word.
    ties: bool,
    first_ties: bool,
    /// What otherwise marks verses is the only mark, and marks lines.
    verses_are_lines: bool,
    /// RP-026 holds: brackets and the backslash are reserved.
    tags: bool,
    /// The marks of rhythm games hold.
    chart: bool,
}

impl Style {
    pub(super) fn of(tally: &Tally, tags: bool, chart: bool, long: bool) -> Self {
        let Tally { syllables, spaced, hyphens, first_hyphens, verses, .. } = *tally;
        let rarely = spaced * RARELY_SPACED < syllables && syllables >= RARELY_SPACED;
        let tie = |hyphens: u32| {
            let enough = if tally.joined == 0 { FEW_HYPHENS } else { MANY_HYPHENS };
            hyphens >= enough && hyphens * OFTEN_HYPHENED >= syllables && hyphens >= tally.joined
        };
        let bare = chart || (syllables > 1 && (spaced == 0 || rarely));
        Self {
            bare,
            whole_lines: tally.marked == 0
                && syllables > 1
                && (long || tally.phrases * 2 > syllables || tally.is_pairs()),
            ties: bare || tie(hyphens),
            first_ties: bare || tie(first_hyphens),
            verses_are_lines: verses == tally.marked
                && (verses >= MANY_VERSES || tally.phrases * 2 > syllables)
                && tally.letters <= verses.saturating_mul(LETTERS_OF_LINE),
            tags,
            chart,
        }
    }
}

/// What is being read within a text.
#[derive(Debug, Default, PartialEq)]
enum Within {
    #[default]
    Words,
    /// After `{`, which may begin a tag.
    Brace,
    Tag,
    /// After `[`: what follows it so far.
    Brackets(String),
    /// After a backslash.
    Backslash,
}

/// Writes syllables on a page.
#[derive(Default)]
pub(super) struct Composer<P> {
    pub(super) lines: Lines<P>,
    style: Style,
    within: Within,
    /// Hyphens, lines for a held syllable and what follows them, which may end the syllable.
    held: String,
    /// Whether the syllable has a letter so far.
    begun: bool,
    /// Whether the last character was a carriage return.
    returned: bool,
    /// Whether the text is a line feed alone, and whether it is a tilde or hyphen alone, which holds a syllable.
    feed: bool,
    holds: bool,
}

impl<P: Page> Composer<P> {
    /// Begins a syllable.
    pub(super) fn begin(&mut self, style: Style, bytes: &[u8], breaks: u8) {
        if breaks > 0 {
            self.lines.end_line_once(breaks);
        }
        self.style = style;
        self.begun = false;
        self.returned = false;
        self.feed = bytes == b"\n";
        let is_hyphen = bytes == b"-" && !style.bare;
        self.holds = is_hyphen || bytes.trim_ascii() == b"~";
    }

    /// Reads a part of the syllable.
    pub(super) fn read(&mut self, text: &str) {
        text.chars().for_each(|c| self.character(c));
    }

    fn character(&mut self, c: char) {
        match (&mut self.within, c) {
            (Within::Words, '{') => self.within = Within::Brace,
            (Within::Words, '[') => self.within = Within::Brackets(String::new()),
            (Within::Words, '\\') if self.style.tags => self.within = Within::Backslash,
            (Within::Words, c) => self.word(c),
            (Within::Brace, '@' | '#') => self.within = Within::Tag,
            (Within::Brace, c) => {
                self.within = Within::Words;
                self.word('{');
                self.character(c);
            }
            (Within::Tag, '}') => self.within = Within::Words,
            (Within::Tag, _) => {}
            (Within::Brackets(_), ']') => self.end_brackets(true),
            (Within::Brackets(inner), c) => {
                inner.push(c);
                if inner.len() > MOST_HELD {
                    self.end_brackets(false);
                }
            }
            (Within::Backslash, c) => {
                self.within = Within::Words;
                match c {
                    'r' => self.word('\r'),
                    'n' => self.lines.end_line_once(2),
                    't' => self.word('\t'),
                    c => self.letter(c),
                }
            }
        }
    }

    /// Writes what is in brackets, unless it is a chord or a reading.
    fn end_brackets(&mut self, closed: bool) {
        let Within::Brackets(inner) = std::mem::take(&mut self.within) else { return };
        let is_reading = self.style.tags || (!inner.is_empty() && inner.chars().all(is_unspaced));
        if closed && (is_reading || is_chord_name(inner.as_bytes())) {
            return;
        }
        self.letter('[');
        inner.chars().for_each(|c| self.word(c));
        if closed {
            self.letter(']');
        }
    }

    /// A character outside tags and brackets.
    fn word(&mut self, c: char) {
        let returned = std::mem::replace(&mut self.returned, c == '\r');
        match c {
            '-' | '~' if self.holds => {}
            '-' | '_' => self.held.push(c),
            '<' if self.begun && self.held.is_empty() => self.held.push(c),
            '\n' if returned => {}
            '/' | '\\' | '<' | '\r' | '\n' if self.held.is_empty() => self.mark(c),
            '>' if !self.begun => self.lines.add(' '),
            '^' if !self.style.chart => self.blank(' '),
            '+' | '#' | '*' | '%' | '^' | '$' if self.style.chart => {}
            '=' if self.style.chart => self.held.push(c),
            c if c.is_whitespace() || matches!(c, '/' | '\\' | '<') => self.blank(c),
            c => self.letter(c),
        }
        if self.held.len() > MOST_HELD {
            self.release();
        }
    }

    fn mark(&mut self, c: char) {
        let verse = if self.style.verses_are_lines { 1 } else { 2 };
        match c {
            '\\' => self.lines.end_line(verse),
            '<' => self.lines.end_line(verse),
            '\n' if self.feed => self.lines.end_line(verse),
            _ => self.lines.end_line(1),
        }
    }

    fn blank(&mut self, c: char) {
        if self.held.is_empty() { self.lines.add(c) } else { self.held.push(c) }
    }

    fn letter(&mut self, c: char) {
        self.release();
        self.lines.add(c);
        self.begun = true;
    }

    /// Writes what was held, since the word goes on after it.
    fn release(&mut self) {
        let held = std::mem::take(&mut self.held);
        if !self.begun && self.style.first_ties && held.chars().all(|c| c == '-') {
            if !held.is_empty() {
                self.lines.join();
            }
            return;
        }
        for c in held.chars() {
            match c {
                '_' if self.begun => self.lines.add(' '),
                '_' => {}
                '=' => self.lines.add('-'),
                '<' if self.begun => self.lines.add('<'),
                '/' | '\\' | '<' | '\r' | '\n' => self.mark(c),
                c => self.lines.add(c),
            }
        }
        self.begun |= held.contains('-');
    }

    /// Ends the syllable.
    pub(super) fn end(&mut self) {
        match std::mem::take(&mut self.within) {
            Within::Words | Within::Tag => {}
            Within::Brace => self.letter('{'),
            Within::Backslash => self.mark('\\'),
            brackets @ Within::Brackets(_) => {
                self.within = brackets;
                self.end_brackets(false);
            }
        }
        let held = std::mem::take(&mut self.held);
        let goes_on = held.starts_with(['-', '=']) && self.style.ties;
        let is_part = |c: char| c != '_' && !(goes_on && (c == '-' || c == ' '));
        for c in held.chars().filter(|&c| is_part(c)) {
            match c {
                '=' => self.lines.add('-'),
                '/' | '\\' | '<' | '\r' | '\n' => self.mark(c),
                c => self.lines.add(c),
            }
        }
        if goes_on {
            self.lines.join();
        } else if self.begun && self.style.whole_lines {
            self.lines.end_line_once(1);
        } else if self.begun && self.style.bare {
            self.lines.end_word();
        } else if self.begun {
            self.lines.end_text();
        }
    }
}
