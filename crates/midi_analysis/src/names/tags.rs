//! Tags: the words of a vocabulary that stand in names and texts, and what the notes themselves
//! say plainly.
//!
//! `tags/vocabulary.txt` holds the words, with the rules by which they are read.

mod content;
mod vocabulary;

pub(crate) use content::{Facts, of_content};

use smallvec::SmallVec;

use crate::names::words::Words;
use vocabulary::{Entry, Vocabulary};

/// Reads phrases, one after the other, and gathers their tags.
pub(crate) struct Reader {
    vocabulary: &'static Vocabulary,
    words: Words,
    hits: Vec<Hit>,
    /// Indices of tags, ascending, each once.
    tags: SmallVec<[u16; 16]>,
}

/// An entry of the vocabulary that was found: words `first` to `last`.
struct Hit {
    entry: &'static Entry,
    first: usize,
    last: usize,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Self {
            vocabulary: Vocabulary::get(),
            words: Words::default(),
            hits: Vec::new(),
            tags: SmallVec::new(),
        }
    }

    /// Reads a phrase. Nothing is gathered yet.
    pub(crate) fn read(&mut self, phrase: &str) {
        self.words.read(phrase);
        self.hits.clear();
        let words = self.words.words();
        let mut first = 0;
        while let Some(word) = words.get(first) {
            let found = self.vocabulary.find(self.words.folded(), word.folded.start - 1);
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

    /// Whether a word of the phrase is one that music is spoken of in: of the vocabulary, or a
    /// number.
    pub(crate) fn is_musical(&self, index: usize) -> bool {
        self.words.words().get(index).is_some_and(|word| word.is_number)
            || self
                .hits
                .iter()
                .any(|hit| hit.entry.is_musical && (hit.first..=hit.last).contains(&index))
    }

    /// Gathers the tags of the phrase that was read last. `is_key` says which words name a key;
    /// `sections` whether those of the kind `section` count.
    pub(crate) fn gather(&mut self, is_key: impl Fn(usize) -> bool, sections: bool) {
        let count = self.words.words().len();
        let stands = |index: usize| index >= count || self.is_musical(index) || is_key(index);
        let mut found: SmallVec<[u16; 16]> = SmallVec::new();
        for hit in &self.hits {
            // The word before the first wraps to one beyond the last: both are the edge.
            let firm = !hit.entry.is_ambiguous
                || stands(hit.first.wrapping_sub(1)) && stands(hit.last + 1);
            if firm {
                found.extend_from_slice(&hit.entry.tags);
            }
        }
        for tag in found {
            if sections || !self.vocabulary.is_section(tag) {
                self.add(tag);
            }
        }
    }

    /// The tags gathered, in the order of the alphabet.
    pub(crate) fn tags(&self) -> Vec<&'static str> {
        self.tags.iter().map(|&tag| self.vocabulary.tag(tag)).collect()
    }

    fn add(&mut self, tag: u16) {
        if let Err(place) = self.tags.binary_search(&tag) {
            self.tags.insert(place, tag);
        }
    }
}
