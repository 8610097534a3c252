//! The lyrics of a piece, put together from its syllables.
//!
//! A file may hold millions of syllables, of which 65,536 characters are kept. They are decoded twice
//! instead of stored: once to find out how words are separated, once for the text.

use crate::error::{Error, check};
use crate::model::text::{RawText, RawTexts, TextKind};
use crate::read::text::decoder::{Decoder, TEXTS_BETWEEN_CHECKS, Wanted};
use crate::room;

/// Longest lyrics, in characters.
const MAX_LYRICS_CHARS: usize = 65_536;

/// Joins the syllables as they are, and turns marks for lines into line breaks. Where no syllable has a
/// space or mark, as notation programs write them, each ends a word, or has a hyphen that continues it.
pub(super) fn lyrics(
    texts: RawTexts<'_>,
    decoder: &Decoder,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<String>, Error> {
    let syllables = Syllables { list: syllables(texts)?, texts, decoder, interrupted };
    let is_bare = syllables.are_bare()?;
    let mut lines = Lines::default();
    syllables.each(&mut |piece, is_last| {
        for c in piece.chars() {
            match c {
                '-' if is_bare => lines.hyphen(),
                '\\' => lines.add("\n\n"),
                '/' | '\r' | '\n' => lines.add("\n"),
                c => lines.add(c.encode_utf8(&mut [0; 4])),
            }
        }
        if is_last && is_bare {
            lines.end_word();
        }
        if lines.is_full() { Wanted::Nothing } else { Wanted::More }
    })?;
    Ok((!lines.text.is_empty()).then_some(lines.text))
}

/// The texts that are lyrics, in the order of time.
fn syllables(texts: RawTexts<'_>) -> Result<Vec<&RawText>, Error> {
    let of_kind = |kind| room::gathered(texts.list.iter().filter(move |text| text.kind == kind));
    let mut syllables = of_kind(TextKind::Lyric)?;
    if syllables.is_empty() && texts.list.iter().any(|text| is_karaoke_mark(texts.bytes(text))) {
        syllables = of_kind(TextKind::Text)?;
    }
    room::sort_by_key(&mut syllables, |text| text.tick)?;
    syllables.retain(|text| !texts.bytes(text).starts_with(b"@"));
    Ok(syllables)
}

/// Soft Karaoke files announce themselves by `@KMIDI KARAOKE FILE` or another `@K` text.
fn is_karaoke_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(b"@K") || bytes.starts_with(b"@T") || bytes.starts_with(b"@L")
}

struct Syllables<'t> {
    list: Vec<&'t RawText>,
    texts: RawTexts<'t>,
    decoder: &'t Decoder,
    interrupted: &'t dyn Fn() -> bool,
}

impl Syllables<'_> {
    /// Calls `piece` with the syllables that are not empty, in pieces, and whether a piece ends its syllable.
    fn each(&self, piece: &mut dyn FnMut(&str, bool) -> Wanted) -> Result<(), Error> {
        let mut joined = self.decoder.joined();
        for (index, text) in self.list.iter().enumerate() {
            if index % TEXTS_BETWEEN_CHECKS == 0 {
                check(self.interrupted)?;
            }
            let (mut is_empty, mut wanted) = (true, Wanted::More);
            joined.pieces(self.texts.bytes(text), &mut |text| {
                check(self.interrupted)?;
                is_empty &= text.is_empty();
                wanted = piece(text, false);
                Ok(wanted)
            })?;
            if !is_empty && wanted == Wanted::More {
                wanted = piece("", true);
            }
            if wanted == Wanted::Nothing {
                break;
            }
        }
        Ok(())
    }

    /// Whether there are several, and none has a space or a mark.
    fn are_bare(&self) -> Result<bool, Error> {
        let (mut count, mut marked) = (0_usize, false);
        self.each(&mut |piece, is_last| {
            count += usize::from(is_last);
            marked |= piece.contains([' ', '\n', '\r', '/', '\\']);
            if marked { Wanted::Nothing } else { Wanted::More }
        })?;
        Ok(count > 1 && !marked)
    }
}

/// The text so far: trimmed, without blanks at the ends of lines and two empty lines in a row.
#[derive(Default)]
struct Lines {
    text: String,
    chars: usize,
    /// Line breaks and blanks after the text, which are kept if more text follows.
    breaks: usize,
    blanks: String,
    /// Whether the last character was a hyphen, which continues a word if the syllable ends.
    hyphen: bool,
}

impl Lines {
    fn add(&mut self, piece: &str) {
        if std::mem::take(&mut self.hyphen) {
            self.add_char('-');
        }
        piece.chars().for_each(|c| self.add_char(c));
    }

    fn add_char(&mut self, c: char) {
        match c {
            '\n' => {
                self.breaks += 1;
                self.blanks.clear();
            }
            // More blanks than the lyrics have room for make no difference.
            c if c.is_whitespace() => {
                if self.blanks.len() < 4 * MAX_LYRICS_CHARS {
                    self.blanks.push(c);
                }
            }
            c => {
                if !self.text.is_empty() {
                    (0..self.breaks.min(2)).for_each(|_| self.keep('\n'));
                    let blanks = std::mem::take(&mut self.blanks);
                    blanks.chars().for_each(|blank| self.keep(blank));
                }
                self.breaks = 0;
                self.blanks.clear();
                self.keep(c);
            }
        }
    }

    fn keep(&mut self, c: char) {
        if !self.is_full() {
            self.text.push(c);
            self.chars += 1;
        }
    }

    fn hyphen(&mut self) {
        self.add("");
        self.hyphen = true;
    }

    fn end_word(&mut self) {
        if !std::mem::take(&mut self.hyphen) {
            self.add_char(' ');
        }
    }

    fn is_full(&self) -> bool {
        self.chars == MAX_LYRICS_CHARS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::text::decoder::capped;

    /// The same, with all syllables, lines and words of a text at hand.
    fn at_once(syllables: &[String]) -> String {
        let words: Vec<&String> = syllables.iter().filter(|word| !word.is_empty()).collect();
        let marked = |word: &&String| word.contains([' ', '\n', '\r', '/', '\\']);
        let bare = words.len() > 1 && !words.iter().any(marked);
        let joined: String = words
            .iter()
            .map(|word| match (bare, word.strip_suffix('-')) {
                (false, _) => word.replace('\\', "\n\n").replace(['/', '\r'], "\n"),
                (true, Some(tied)) => tied.to_owned(),
                (true, None) => format!("{word} "),
            })
            .collect();
        let mut lines: Vec<&str> = joined.lines().map(str::trim_end).collect();
        lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
        capped(lines.join("\n").trim(), MAX_LYRICS_CHARS)
    }

    fn piece_by_piece(syllables: &[String]) -> String {
        let source = syllables.concat().into_bytes();
        let mut rest = &source[..];
        let mut text = |word: &String| {
            let (bytes, after) = rest.split_at(word.len());
            rest = after;
            RawText::new(TextKind::Lyric, 0, 0, bytes, &source)
        };
        let list: Vec<_> = syllables.iter().map(&mut text).collect();
        let texts = RawTexts { list: &list, source: &source };
        let decoder = Decoder::for_texts(texts, &|| false).expect("not interrupted");
        lyrics(texts, &decoder, &|| false).expect("not interrupted").unwrap_or_default()
    }

    proptest! {
        #[test]
        fn lyrics_are_the_same_as_if_put_together_at_once(
            syllables in proptest::collection::vec("[a-c -]{0,3}[-/\\\\\r\n\u{3000}\té]{0,2}", 0..20),
            bare in proptest::collection::vec("[a-cé]{0,3}-{0,2}", 0..20),
        ) {
            prop_assert_eq!(piece_by_piece(&syllables), at_once(&syllables));
            prop_assert_eq!(piece_by_piece(&bare), at_once(&bare));
        }
    }

    #[test]
    fn long_lyrics_are_cut_where_they_would_be_at_once() {
        let long = |unit: &str| unit.repeat(2 * MAX_LYRICS_CHARS);
        for syllables in [
            vec![long("é "), "b".to_owned()],
            vec![long(" "), "b".to_owned()],
            vec!["a".to_owned(), long(" "), "b ".to_owned()],
            vec!["a".to_owned(), long(" "), "\nb".to_owned()],
            vec![long("a-"), "b".to_owned()],
            vec!["ab-".to_owned(); MAX_LYRICS_CHARS],
            vec!["a/".to_owned(); MAX_LYRICS_CHARS],
        ] {
            assert_eq!(piece_by_piece(&syllables), at_once(&syllables));
        }
    }
}
