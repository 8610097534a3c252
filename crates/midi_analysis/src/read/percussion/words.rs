//! What the name of a track, an instrument or a file says of drums.
//!
//! Names are compared word by word without case and accents. Chinese, Japanese, Korean and Thai words
//! stand in a name without spaces, so they are looked for anywhere in it.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::model::words::Words;

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::parse(include_str!("words.txt")));

/// What a name says, from the weakest to what prevails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// Nothing of drums.
    #[default]
    Nothing,
    /// A word that can mean drums.
    Perhaps,
    /// One piece of a kit, or one instrument of percussion.
    Piece,
    /// Drums.
    Drums,
    /// Something with pitches.
    Pitched,
}

#[derive(Default)]
struct Vocabulary {
    /// In alphabetical order.
    words: Vec<(Cow<'static, str>, Said)>,
    /// Words of scripts that are written without spaces.
    parts: Vec<(Cow<'static, str>, Said)>,
}

impl Vocabulary {
    fn parse(text: &'static str) -> Self {
        let mut vocabulary = Self::default();
        let mut words = Words::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((kind, list)) = line.split_once(": ") else { continue };
            let said = match kind {
                "kit" => Said::Drums,
                "piece" => Said::Piece,
                "weak" => Said::Perhaps,
                _ => Said::Pitched,
            };
            for word in list.split(", ") {
                let entry = (folded(word, &mut words), said);
                if word.chars().any(is_unspaced) {
                    vocabulary.parts.push(entry);
                } else {
                    vocabulary.words.push(entry);
                }
            }
        }
        vocabulary.words.sort();
        vocabulary
    }

    /// What one word means, or two that are run together.
    fn find(&self, word: &str) -> Option<Said> {
        let index = self.words.binary_search_by(|(known, _)| known.as_ref().cmp(word)).ok()?;
        Some(self.words[index].1)
    }

    /// What the words say together: the strongest of them. Two words that are one of the vocabulary
    /// count as that one (`bass drum`).
    fn said(&self, words: &Words) -> Said {
        let (mut said, mut at) = (Said::Nothing, 0);
        let count = words.words().len();
        while at < count {
            let (here, length) = (1..=2)
                .rev()
                .filter(|length| at + length <= count)
                .find_map(|length| Some((self.find(&joined(words, at..at + length))?, length)))
                .unwrap_or((Said::Nothing, 1));
            said = said.max(here);
            at += length;
        }
        said
    }
}

/// What a name says.
pub(super) fn said(name: &str) -> Said {
    let mut words = Words::default();
    words.read(name);
    let said = VOCABULARY.said(&words);
    if !name.chars().any(is_unspaced) {
        return said;
    }
    let whole = joined(&words, 0..words.words().len());
    let parts = VOCABULARY.parts.iter().filter(|(part, _)| whole.contains(part.as_ref()));
    parts.map(|&(_, said)| said).max().unwrap_or_default().max(said)
}

/// What a path says: the name of the file, or the folder that it is in.
pub(super) fn said_of_file(path: &str) -> Said {
    let mut names = path.rsplit('/').map(said);
    let file = names.next().unwrap_or_default();
    if file >= Said::Piece { file } else { names.next().unwrap_or_default().max(file) }
}

/// A word of the vocabulary as names are compared. The list has small letters and no accents but in
/// words that are not ASCII.
fn folded(word: &'static str, words: &mut Words) -> Cow<'static, str> {
    match (word.is_ascii(), word.contains(' ')) {
        (true, false) => Cow::Borrowed(word),
        (true, true) => Cow::Owned(word.replace(' ', "")),
        (false, _) => {
            words.read(word);
            Cow::Owned(joined(words, 0..words.words().len()))
        }
    }
}

/// Some words without anything between them.
fn joined(words: &Words, range: std::ops::Range<usize>) -> String {
    range.map(|index| words.text(index)).collect()
}

/// Thai, and the scripts of Chinese, Japanese and Korean.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff66}'..='\u{ff9f}')
}
