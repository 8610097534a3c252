//! What the name of a track, an instrument or a file says of drums.
//!
//! Names are compared word by word without case and accents. Chinese, Japanese, Korean and Thai words
//! stand in a name without spaces, so they are looked for anywhere in it.

use crate::model::words::{Words, is_unspaced};

// Two sorted lists: WORDS, and PARTS of names in scripts that are written without spaces. The build script makes them.
include!(concat!(env!("OUT_DIR"), "/drum_words.rs"));

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

/// What one word means, or two that are run together.
fn find(word: &str) -> Option<Said> {
    let index = WORDS.binary_search_by(|(known, _)| (*known).cmp(word)).ok()?;
    Some(WORDS[index].1)
}

/// What the words say together: the strongest of them. Two words that are one of the vocabulary count as that one
/// (`bass drum`).
fn said_by(words: &Words) -> Said {
    let (mut said, mut at) = (Said::Nothing, 0);
    let count = words.words().len();
    while at < count {
        let (here, length) = (1..=2)
            .rev()
            .filter(|length| at + length <= count)
            .find_map(|length| Some((find(&joined(words, at..at + length))?, length)))
            .unwrap_or((Said::Nothing, 1));
        said = said.max(here);
        at += length;
    }
    said
}

/// What a name says.
pub(super) fn said(name: &str) -> Said {
    let mut words = Words::default();
    words.read(name);
    let said = said_by(&words);
    if !name.chars().any(is_unspaced) {
        return said;
    }
    let whole = joined(&words, 0..words.words().len());
    let parts = PARTS.iter().filter(|(part, _)| whole.contains(part));
    parts.map(|&(_, said)| said).max().unwrap_or_default().max(said)
}

/// What a path says: the name of the file, or the folder that it is in.
pub(super) fn said_of_file(path: &str) -> Said {
    let mut names = path.rsplit('/').map(said);
    let file = names.next().unwrap_or_default();
    if file >= Said::Piece { file } else { names.next().unwrap_or_default().max(file) }
}

/// Some words without anything between them.
fn joined(words: &Words, range: std::ops::Range<usize>) -> String {
    range.map(|index| words.text(index)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Said, said};

    #[test]
    fn every_word_of_the_list_says_at_least_what_its_line_does() {
        let lines = include_str!("words.txt").lines().filter_map(|line| line.split_once(": "));
        for (kind, words) in lines.filter(|(kind, _)| !kind.starts_with('#')) {
            let expected = match kind {
                "kit" => Said::Drums,
                "piece" => Said::Piece,
                "weak" => Said::Perhaps,
                _ => Said::Pitched,
            };
            for word in words.split(", ") {
                // A word without spaces may hold another.
                assert!(said(word) >= expected, "{word}");
            }
        }
    }
}
