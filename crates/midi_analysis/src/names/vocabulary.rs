//! The vocabulary of tags, and the table in which its words are found.
//!
//! The words are in the files of `vocabulary/`, sorted by kind, with one tag in each line:
//!
//! ```text
//! kind: tag = synonym, synonym, ...
//! ```
//!
//! The tag is itself one of its words. Words are compared as tokens: case, accents and separators do
//! not count, and a word of several tokens also counts when they are run together ("hip hop" is
//! "HipHop" and "hip-hop"). Where several words begin at one token the longest wins, so a "jazz
//! guitar" does not give "jazz". A word may be in the lines of several tags and then gives all of
//! them.
//!
//! A `~` marks an ambiguous word, which has other meanings too ("Full House", "Lead Me On"). It counts
//! where it is the whole name, or where each neighbour is the edge of the name, a number, a key or
//! another word of the vocabulary.
//!
//! Kinds are genre, origin, era, mood, role, form, scale, instrument and section. Sections count in
//! names of files only: every song has a chorus, and a marker that says so. Two kinds give no tag: a
//! `sign` may be the neighbour of an ambiguous word, and `none` keeps the words in it from being read
//! apart.
//!
//! The build script makes one table of them, so that a process has nothing to build. Its patterns are sorted, and those
//! that begin with the words of a phrase read so far are next to each other: each further word narrows them down, and the
//! last that is a pattern itself is the longest. Every word of a phrase, and of a pattern, is enclosed in two spaces of
//! its own, so a match begins and ends where words do, and never inside one.

include!(concat!(env!("OUT_DIR"), "/vocabulary.rs"));

/// What one pattern stands for.
pub(super) struct Entry {
    /// Where its tags begin and end in the list of all entries' tags.
    tags: (u16, u16),
    /// Whether it has other meanings, and counts only beside words of music.
    pub(super) is_ambiguous: bool,
    /// Whether an ambiguous word counts beside it.
    pub(super) is_musical: bool,
    /// Whether it is a genre.
    pub(super) is_genre: bool,
    /// Whether it is a role of a part, such as a loop, a pad or chords.
    pub(super) is_role: bool,
}

impl Entry {
    /// The longest pattern that begins at a byte of [`Words::folded`](crate::model::words::Words::folded), and its end.
    pub(super) fn find(folded: &str, at: usize) -> Option<(&'static Self, usize)> {
        let phrase = &folded.as_bytes()[at..];
        let (mut found, mut first, mut end) = (None, 0, 0);
        while let Some(length) = word_length(&phrase[end..]) {
            end += length;
            let words = &phrase[..end];
            first = first_from(first, words);
            match ENTRIES.get(first) {
                Some(entry) if pattern(first) == words => found = Some((entry, at + end)),
                Some(_) if pattern(first).starts_with(words) => {}
                _ => break,
            }
        }
        found
    }

    /// Indices of its tags.
    pub(super) fn tags(&self) -> &'static [u16] {
        &TAGS_OF_ENTRIES[usize::from(self.tags.0)..usize::from(self.tags.1)]
    }
}

/// The tag of an index.
pub(super) fn tag(index: u16) -> &'static str {
    TAGS[usize::from(index)].0
}

/// Whether a tag is a section of a song.
pub(super) fn is_section(index: u16) -> bool {
    TAGS[usize::from(index)].1
}

/// The bytes of a word that begins with its space, up to the space that ends it.
fn word_length(phrase: &[u8]) -> Option<usize> {
    phrase.iter().skip(1).position(|&byte| byte == b' ').map(|letters| letters + 2)
}

/// The first pattern that is not before these words, from a pattern on.
fn first_from(first: usize, words: &[u8]) -> usize {
    let (mut first, mut end) = (first, ENTRIES.len());
    while first < end {
        let middle = first.midpoint(end);
        match pattern(middle) < words {
            true => first = middle + 1,
            false => end = middle,
        }
    }
    first
}

fn pattern(index: usize) -> &'static [u8] {
    let begin = index.checked_sub(1).map_or(0, |before| ENDS[before]);
    &PATTERNS.as_bytes()[begin as usize..ENDS[index] as usize]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ENTRIES, Entry, pattern};

    #[test]
    fn patterns_are_sorted_and_each_is_there_once() {
        assert!((1..ENTRIES.len()).all(|index| pattern(index - 1) < pattern(index)));
    }

    proptest! {
        #[test]
        fn the_longest_pattern_is_found(
            picked in prop::collection::vec((0..ENTRIES.len(), 0..3_usize), 1..6),
            strange in "( [a-z]{0,3} ){0,2}",
        ) {
            let mut phrase = String::new();
            for (index, cut) in picked {
                // Without its last words, a long pattern leads to shorter ones.
                let words = std::str::from_utf8(pattern(index)).unwrap();
                let words = words.split_inclusive("  ").collect::<Vec<_>>();
                phrase += &words[..words.len().saturating_sub(cut)].concat();
            }
            phrase += &strange;
            for (at, _) in phrase.match_indices(' ') {
                let longest = (0..ENTRIES.len())
                    .filter(|&index| phrase.as_bytes()[at..].starts_with(pattern(index)))
                    .max_by_key(|&index| pattern(index).len());
                let found = Entry::find(&phrase, at);
                prop_assert_eq!(
                    found.map(|(entry, end)| (std::ptr::from_ref(entry), end)),
                    longest.map(|index| (std::ptr::from_ref(&ENTRIES[index]), at + pattern(index).len())),
                );
            }
        }
    }
}
