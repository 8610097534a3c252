//! The vocabulary of tags, and the automaton that finds its words.
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
//! The words are found by one Aho-Corasick automaton (Aho and Corasick 1975; the crate
//! `aho-corasick`), leftmost-longest. Every word of a phrase, and of a pattern, is enclosed in two
//! spaces of its own, so a match begins and ends where words do, and never inside one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

use crate::model::words::Words;

static TEXTS: [&str; 7] = [
    include_str!("vocabulary/genres.txt"),
    include_str!("vocabulary/origins.txt"),
    include_str!("vocabulary/moods.txt"),
    include_str!("vocabulary/roles.txt"),
    include_str!("vocabulary/forms.txt"),
    include_str!("vocabulary/instruments.txt"),
    include_str!("vocabulary/signs.txt"),
];
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::parse(&TEXTS));

/// What one pattern stands for.
#[derive(Default)]
pub(super) struct Entry {
    /// Indices of its tags.
    pub(super) tags: Vec<u16>,
    /// Whether it has other meanings, and counts only beside words of music.
    pub(super) is_ambiguous: bool,
    /// Whether an ambiguous word counts beside it.
    pub(super) is_musical: bool,
    /// Whether it is a genre.
    pub(super) is_genre: bool,
    /// Whether it is a role of a part, such as a loop, a pad or chords.
    pub(super) is_role: bool,
}

/// All patterns and tags.
pub(super) struct Vocabulary {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
    /// In alphabetical order, each with whether it is a section of a song.
    tags: Vec<(&'static str, bool)>,
}

/// A line of a file: `kind: tag = synonym, synonym`.
struct Line {
    kind: &'static str,
    tag: &'static str,
    synonyms: &'static str,
}

impl Vocabulary {
    /// The vocabulary, which is built at its first use.
    pub(super) fn get() -> &'static Self {
        &VOCABULARY
    }

    fn parse(texts: &[&'static str]) -> Self {
        let lines = texts.iter().flat_map(|text| text.lines());
        let lines: Vec<Line> = lines.filter_map(Line::parse).collect();
        let names: BTreeMap<&str, bool> = lines
            .iter()
            .filter(|line| line.has_tag())
            .map(|line| (line.tag, line.kind == "section"))
            .collect();
        let tags: Vec<_> = names.into_iter().collect();
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        let mut words = Words::default();
        for line in &lines {
            let tag = tags.binary_search_by_key(&line.tag, |&(tag, _)| tag).ok();
            for (pattern, is_ambiguous) in line.patterns(&mut words) {
                let entry = entries.entry(pattern).or_default();
                entry.tags.extend(tag.filter(|_| line.has_tag()).map(|tag| tag as u16));
                entry.is_ambiguous |= is_ambiguous;
                entry.is_musical |= line.kind != "none";
                entry.is_genre |= line.kind == "genre";
                entry.is_role |= line.kind == "role";
            }
        }
        let (patterns, entries): (Vec<String>, _) = entries.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .build(patterns)
            .expect("a vocabulary of some thousand words makes an automaton");
        Self { automaton, entries, tags }
    }

    /// The longest pattern that begins at a byte of [`Words::folded`], and its end.
    pub(super) fn find(&'static self, folded: &str, at: usize) -> Option<(&'static Entry, usize)> {
        let input = Input::new(folded).range(at..).anchored(Anchored::Yes);
        let found = self.automaton.find(input)?;
        Some((&self.entries[found.pattern().as_usize()], found.end()))
    }

    /// The tag of an index.
    pub(super) fn tag(&self, index: u16) -> &'static str {
        self.tags[usize::from(index)].0
    }

    /// Whether a tag is a section of a song.
    pub(super) fn is_section(&self, index: u16) -> bool {
        self.tags[usize::from(index)].1
    }
}

impl Line {
    fn parse(line: &'static str) -> Option<Self> {
        let (kind, rest) = line.split_once(": ").filter(|_| !line.starts_with('#'))?;
        let (tag, synonyms) = match kind {
            "sign" | "none" => ("", rest),
            _ => rest.split_once(" = ").unwrap_or((rest, "")),
        };
        Some(Self { kind, tag, synonyms })
    }

    fn has_tag(&self) -> bool {
        !self.tag.is_empty()
    }

    /// Its words as [`Words::folded`] writes them, apart and run together, and whether each is
    /// ambiguous. The tag is an unambiguous word unless it is listed as an ambiguous one.
    fn patterns(&self, words: &mut Words) -> BTreeSet<(String, bool)> {
        let synonyms = self.synonyms.split(", ").map(|word| match word.strip_prefix('~') {
            Some(word) => (word, true),
            None => (word, false),
        });
        let mut patterns = BTreeSet::new();
        for (word, is_ambiguous) in synonyms.chain([(self.tag, false)]) {
            words.read(word);
            let apart = words.folded().to_owned();
            if apart.is_empty() || patterns.contains(&(apart.clone(), true)) {
                continue;
            }
            words.read(&word.replace(' ', ""));
            patterns.insert((words.folded().to_owned(), is_ambiguous));
            patterns.insert((apart, is_ambiguous));
        }
        patterns
    }
}
