//! The pages on which lyrics are written: one text, or syllable by syllable.

use super::lines::Page;
use crate::model::text::RawText;

/// Longest lyrics, and longest syllable, in characters.
pub(super) const MAX_LYRICS_CHARS: usize = 65_536;
/// The most lines of one text that are shown.
const MAX_LINES_OF_A_TEXT: usize = 65_536;

/// All lines as a text, up to a length.
#[derive(Default)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) chars: usize,
}

impl Text {
    fn keep(&mut self, c: char) {
        if self.chars < MAX_LYRICS_CHARS {
            self.text.push(c);
            self.chars += 1;
        }
    }
}

impl Page for Text {
    fn letter(&mut self, c: char) {
        self.keep(c);
    }

    fn blank(&mut self, c: char) {
        self.keep(c);
    }

    fn new_line(&mut self) {
        self.keep('\n');
    }

    fn begin(&mut self, _: &RawText) {}

    fn is_full(&self) -> bool {
        self.chars == MAX_LYRICS_CHARS
    }
}

/// A syllable as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) track: u16,
    pub(crate) tick: u32,
    pub(crate) text: String,
    chars: usize,
    /// The line of the lyrics that it is in, from 1.
    pub(crate) line: u32,
}

/// The syllables of the lyrics one by one. The blank that ends a word belongs to its last syllable.
#[derive(Default)]
pub(crate) struct Syllables {
    /// Those that nothing can be added to.
    pub(crate) done: Vec<Shown>,
    /// The last one, to which a blank may be added.
    pub(crate) last: Option<Shown>,
    /// The text that is being read: its track and tick, and whether it has a letter so far.
    current: (u16, u32, bool),
    line_breaks: u32,
}

impl Syllables {
    fn add(&mut self, c: char) {
        let last = self.last.as_mut().filter(|last| last.chars < MAX_LYRICS_CHARS);
        if let Some(last) = last {
            last.text.push(c);
            last.chars += 1;
        }
    }
}

impl Page for Syllables {
    fn letter(&mut self, c: char) {
        let (track, tick, begun) = self.current;
        if !begun {
            if self.done.len() >= MAX_LINES_OF_A_TEXT {
                return;
            }
            self.current.2 = true;
            let line = self.line_breaks.saturating_add(1);
            let next = Shown { track, tick, text: String::new(), chars: 0, line };
            self.done.extend(self.last.replace(next));
        }
        self.add(c);
    }

    fn blank(&mut self, c: char) {
        self.add(c);
    }

    fn new_line(&mut self) {
        self.line_breaks = self.line_breaks.saturating_add(1);
        self.current.2 = false;
    }

    fn begin(&mut self, text: &RawText) {
        self.current = (text.track, text.tick, false);
    }

    fn is_full(&self) -> bool {
        self.done.len() >= MAX_LINES_OF_A_TEXT
            || self.current.2
                && self.last.as_ref().is_some_and(|last| last.chars == MAX_LYRICS_CHARS)
    }
}
