//! What the texts of one voice are like, judged by their bytes: syllables, whole lines, names of chords.
//!
//! Marks and blanks are ASCII in all encodings that files have, but for UTF-16, which is decoded. Bytes over 127
//! count as letters.

use super::chord_names::is_chord_name;

/// Bytes of one text that are looked at.
const LOOKED_AT: usize = 4_096;
/// The most blanks between words.
const MOST_BLANKS: usize = 2;
/// Words of a text that is more than a syllable or a word.
const PHRASE_BLANKS: u32 = 2;

/// What was counted over the texts of a voice.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Texts that have a letter.
    pub(super) syllables: u32,
    /// Letters, as bytes.
    pub(super) letters: u32,
    /// Texts with digits, but no letter, or as many digits as letters.
    pub(super) numbers: u32,
    /// Texts that begin or end with a blank, or are one: the word ends there.
    pub(super) spaced: u32,
    /// Texts that begin with a mark of Soft Karaoke.
    pub(super) slashed: u32,
    /// Texts with any mark for a line.
    pub(super) marked: u32,
    /// Texts with a mark for a verse or page: `\`, `<`, a line feed alone.
    pub(super) verses: u32,
    /// Texts whose last letter is followed by a hyphen, and those that begin with one.
    pub(super) hyphens: u32,
    pub(super) first_hyphens: u32,
    /// Texts with neither a blank nor a hyphen at an end, within a line: the word goes on without.
    pub(super) joined: u32,
    /// Whether the last text is such a one, if the line goes on.
    is_open: bool,
    /// Texts of several words, and of two at least.
    pub(super) phrases: u32,
    pub(super) pairs: u32,
    /// Texts of several lines without blanks, as notation programs write the verses of a song.
    pub(super) stacks: u32,
    /// Texts that begin with a small letter, and those whose letters are not ASCII.
    pub(super) small: u32,
    pub(super) foreign: u32,
    /// Texts with a letter that is not ASCII.
    pub(super) high: u32,
    /// Texts that are the name of a chord.
    pub(super) chords: u32,
}

impl Tally {
    /// Counts one text.
    pub(super) fn add(&mut self, text: &[u8]) {
        let text = &text[..text.len().min(LOOKED_AT)];
        match utf_16(text) {
            Some(text) => self.add_bytes(text.as_bytes()),
            None => self.add_bytes(text),
        }
    }

    fn add_bytes(&mut self, text: &[u8]) {
        let body = trimmed(text, is_mark);
        let core = trimmed(body, is_blank);
        self.marks(text);
        if std::mem::take(&mut self.is_open) && !begins_line(text) {
            self.joined += 1;
        }
        let blanks = body.len() - core.len();
        let has_blank = is_spaced(body, core);
        self.spaced += u32::from(has_blank || (core.is_empty() && blanks > 0));
        let (letters, digits) = (count(core, is_letter), count(core, |b| b.is_ascii_digit()));
        self.numbers += u32::from(digits > 0 && digits >= letters);
        let Some(&first) = core.iter().find(|&&byte| is_letter(byte)) else { return };
        self.syllables += 1;
        self.letters = self.letters.saturating_add(letters);
        self.small += u32::from(first.is_ascii_lowercase());
        self.high += u32::from(!core.is_ascii());
        self.foreign += u32::from(is_foreign(core));
        let hyphens = [core.ends_with(b"-"), core.starts_with(b"-")];
        self.hyphens += u32::from(hyphens[0]);
        self.first_hyphens += u32::from(hyphens[1]);
        self.is_open = hyphens == [false; 2] && !has_blank && body == text;
        let inner = count(core, is_blank);
        self.phrases += u32::from(inner >= PHRASE_BLANKS);
        self.pairs += u32::from(inner > 0);
        let lines = count(core, |byte| byte == b'\n');
        self.stacks += u32::from(lines > 0 && inner <= lines + 1);
        self.chords += u32::from(is_chord_name(core));
    }

    fn marks(&mut self, text: &[u8]) {
        let is_break = |byte: u8| matches!(byte, b'\r' | b'\n');
        let slashed = matches!(text, [b'/' | b'\\', ..]);
        let is_marked = slashed || matches!(text, [b'<', ..] | [.., b'/' | b'\\']);
        let is_verse = matches!(text, [b'<' | b'\\', ..] | [.., b'\\']) || text == b"\n";
        self.slashed += u32::from(slashed);
        self.marked += u32::from(is_marked || text.iter().any(|&byte| is_break(byte)));
        self.verses += u32::from(is_verse);
    }

    /// Whether the texts are names of chords, not words.
    pub(super) fn is_chords(&self) -> bool {
        self.syllables > 2 && self.chords * 5 >= self.syllables * 4
    }

    /// Whether nearly all texts are two words or more, and few end a word by a blank.
    pub(super) fn is_pairs(&self) -> bool {
        self.syllables > 2
            && self.pairs * 10 >= self.syllables * 8
            && self.spaced * 5 <= self.syllables
    }

    /// Whether the texts are words or parts of words, rather than whole lines.
    pub(super) fn is_syllabic(&self) -> bool {
        self.phrases * 4 <= self.syllables
    }
}

pub(super) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// A text that a byte order mark says is UTF-16.
fn utf_16(text: &[u8]) -> Option<String> {
    let unit = match text {
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        _ => return None,
    };
    let units: Vec<u16> = text[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

/// Whether a text has no letter of ASCII, but for those that are the second byte of a character of East Asia.
fn is_foreign(text: &[u8]) -> bool {
    let mut is_second = false;
    text.iter().all(|byte| {
        let is_ascii = byte.is_ascii_alphabetic() && !is_second;
        is_second = !is_second && !byte.is_ascii();
        !is_ascii
    })
}

fn begins_line(text: &[u8]) -> bool {
    matches!(text, [b'/' | b'\\' | b'<' | b'\r' | b'\n', ..])
}

/// A blank, or what stands for one in Yamaha's XF.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'^' | b'\t' | 0)
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'<' | b'>' | b'\r' | b'\n' | 0)
}

fn count(bytes: &[u8], holds: impl Fn(u8) -> bool) -> u32 {
    bytes.iter().filter(|&&byte| holds(byte)).count() as u32
}

/// The bytes without those at their ends that `is_end` names.
pub(super) fn trimmed(bytes: &[u8], is_end: impl Fn(u8) -> bool) -> &[u8] {
    let Some(start) = bytes.iter().position(|&byte| !is_end(byte)) else { return &[] };
    let end = bytes.iter().rposition(|&byte| !is_end(byte)).unwrap_or(start);
    &bytes[start..=end]
}

/// Whether a text has a blank or two at one of its ends: more are padding, as of names in fixed width.
fn is_spaced(body: &[u8], core: &[u8]) -> bool {
    let first = body.iter().take_while(|&&byte| is_blank(byte)).count();
    let last = body.len() - core.len() - first.min(body.len() - core.len());
    first + last > 0 && first <= MOST_BLANKS && last <= MOST_BLANKS && !core.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_end_a_word_by_one_blank() {
        let mut tally = Tally::default();
        for text in ["Sail ", " a", "way^", "/now ", "Piano     ", " "] {
            tally.add(text.as_bytes());
        }
        assert_eq!((tally.syllables, tally.spaced, tally.slashed), (5, 5, 1));
    }

    #[test]
    fn marks_alone_are_no_syllables() {
        let mut tally = Tally::default();
        for text in ["\r", "\n", "/", "\r\n", "12", "%"] {
            tally.add(text.as_bytes());
        }
        assert_eq!((tally.syllables, tally.marked, tally.verses), (0, 4, 1));
        assert_eq!(tally.numbers, 1);
    }
}
