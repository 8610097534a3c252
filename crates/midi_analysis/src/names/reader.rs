//! Finds the words of the [vocabulary] in phrases, and collects their tags.

use smallvec::SmallVec;

use crate::model::words::Words;
use crate::names::vocabulary::{self, Entry};

/// Reads phrases, one after the other, and collects their tags.
pub(crate) struct TagReader {
    words: Words,
    hits: Vec<Hit>,
    /// Indices of tags, ascending, each once.
    tags: SmallVec<[u16; 16]>,
}

/// An entry of the vocabulary that was found in the words `first` to `last`.
struct Hit {
    entry: &'static Entry,
    first: usize,
    last: usize,
}

impl TagReader {
    pub(crate) fn new() -> Self {
        Self { words: Words::default(), hits: Vec::new(), tags: SmallVec::new() }
    }

    /// Reads a phrase. Its tags are not collected yet.
    pub(crate) fn read(&mut self, phrase: &str) {
        self.words.read(phrase);
        self.hits.clear();
        let words = self.words.words();
        let mut first = 0;
        while let Some(word) = words.get(first) {
            let found = Entry::find(self.words.folded(), word.folded.start - 1);
            let Some((entry, end)) = found else {
                first += 1;
                continue;
            };
            let length = words[first..].partition_point(|word| word.folded.end < end);
            self.hits.push(Hit { entry, first, last: first + length - 1 });
            first += length;
        }
    }

    /// The words of the phrase that was read last.
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Whether a word of the phrase is a word of the vocabulary or a number.
    pub(crate) fn is_musical(&self, index: usize) -> bool {
        self.words.words().get(index).is_some_and(|word| word.is_number)
            || self
                .hits
                .iter()
                .any(|hit| hit.entry.is_musical && (hit.first..=hit.last).contains(&index))
    }

    /// Whether the words from `first` to the one before `end` are one expression of music.
    pub(super) fn is_expression(&self, first: usize, end: usize) -> bool {
        self.hits
            .iter()
            .any(|hit| hit.entry.is_musical && hit.first == first && hit.last + 1 == end)
    }

    /// Whether a genre begins at the word.
    pub(super) fn is_genre(&self, index: usize) -> bool {
        self.hits.iter().any(|hit| hit.entry.is_genre && hit.first == index)
    }

    /// Whether a word of the phrase is the role of a part.
    pub(super) fn names_role(&self) -> bool {
        self.hits.iter().any(|hit| hit.entry.is_role)
    }

    /// Whether a word of the phrase is a genre, a role, an instrument or another word of music.
    pub(super) fn names_sound(&self) -> bool {
        self.hits.iter().any(|hit| hit.entry.is_musical && !hit.entry.tags().is_empty())
    }

    /// Collects the tags of the phrase that was read last. `is_key` says which words name a key;
    /// `sections`, whether words of the kind `section` count.
    pub(crate) fn collect(&mut self, is_key: impl Fn(usize) -> bool, sections: bool) {
        let count = self.words.words().len();
        let supports = |index: usize| index >= count || self.is_musical(index) || is_key(index);
        let mut found: SmallVec<[u16; 16]> = SmallVec::new();
        for hit in &self.hits {
            // The index before the first wraps to one beyond the last: both are the edge.
            let counts = !hit.entry.is_ambiguous
                || supports(hit.first.wrapping_sub(1)) && supports(hit.last + 1);
            if counts {
                found.extend_from_slice(hit.entry.tags());
            }
        }
        for tag in found {
            if sections || !vocabulary::is_section(tag) {
                self.add(tag);
            }
        }
    }

    /// The collected tags, in alphabetical order.
    pub(crate) fn tags(&self) -> Vec<&'static str> {
        self.tags.iter().map(|&tag| vocabulary::tag(tag)).collect()
    }

    fn add(&mut self, tag: u16) {
        if let Err(place) = self.tags.binary_search(&tag) {
            self.tags.insert(place, tag);
        }
    }
}
