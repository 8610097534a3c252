//! Words put into lines: blanks at the ends of lines are left out, of several in a row one is kept, and there
//! are never two empty lines in a row.

use crate::model::text::RawText;

/// Where the lines are written.
pub(crate) trait Page {
    /// What is written from here on belongs to a text.
    fn begin(&mut self, text: &RawText);
    /// A character that is no blank. Blanks before it belong to what was written before.
    fn letter(&mut self, c: char);
    /// A blank between two letters of a line.
    fn blank(&mut self, c: char);
    /// The line ends, and another begins.
    fn new_line(&mut self);
    /// Whether no more of a text has a place.
    fn is_full(&self) -> bool;
}

/// What ended after the last letter.
#[derive(Clone, Copy, Default)]
enum Ended {
    #[default]
    Nothing,
    /// A word, which scripts with spaces show.
    Word,
    /// A text, and with it a word if it ends by a punctuation mark.
    Text,
}

/// Lines that are being written on a page.
#[derive(Default)]
pub(super) struct Lines<P> {
    pub(super) page: P,
    /// The last letter.
    last: Option<char>,
    /// Whether it is of a script without spaces, or a punctuation mark behind such a letter.
    is_unspaced: bool,
    /// Line breaks and the blank after it, which are written if another letter follows.
    breaks: u8,
    blank: Option<char>,
    ended: Ended,
}

impl<P: Page> Lines<P> {
    /// Adds a character.
    pub(super) fn add(&mut self, c: char) {
        match c {
            '\n' => self.end_line(1),
            c if c.is_whitespace() => {
                self.blank.get_or_insert(if c == '\u{a0}' { ' ' } else { c });
            }
            c => self.add_letter(c),
        }
    }

    fn add_letter(&mut self, c: char) {
        let blank = self.blank.take();
        if let Some(last) = self.last {
            if self.breaks > 0 {
                (0..self.breaks.min(2)).for_each(|_| self.page.new_line());
            } else if let Some(blank) = blank {
                self.page.blank(blank);
            } else if match self.ended {
                Ended::Nothing => false,
                Ended::Word => !(is_closing(c) || self.is_unspaced && is_unspaced(c)),
                Ended::Text => {
                    matches!(last, '.' | ',' | '!' | '?' | ';' | ':') && c.is_alphabetic()
                }
            } {
                self.page.blank(' ');
            }
        }
        self.page.letter(c);
        self.is_unspaced = is_unspaced(c) || (self.is_unspaced && is_closing(c));
        self.last = Some(c);
        self.breaks = 0;
        self.ended = Ended::Nothing;
    }

    /// The line ends; the second of two ends leaves a line empty.
    pub(super) fn end_line(&mut self, times: u8) {
        self.breaks = self.breaks.saturating_add(times);
        self.blank = None;
    }

    /// The line ends if it did not yet; with 2, an empty line follows.
    pub(super) fn end_line_once(&mut self, times: u8) {
        self.breaks = self.breaks.max(times);
        self.blank = None;
    }

    /// The word ends, if it did not yet.
    pub(super) fn end_word(&mut self) {
        self.ended = Ended::Word;
    }

    /// The text ends: so does a word before it that ends a sentence or a part of one.
    pub(super) fn end_text(&mut self) {
        self.ended = Ended::Text;
    }

    /// What comes next belongs to the same word.
    pub(super) fn join(&mut self) {
        self.blank = None;
        self.ended = Ended::Nothing;
    }
}

/// Whether it is a punctuation mark that stands at the end of a word.
fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | '!' | '?' | ';' | ':' | ')')
}

/// Whether words of the letter's script are not separated by spaces, or it is a punctuation mark of such
/// a script: Han, kana, Thai, Lao, Khmer, Burmese, Tibetan; and Hangul, whose syllables do not show where
/// a word ends.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0fff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
