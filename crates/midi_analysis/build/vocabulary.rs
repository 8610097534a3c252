//! Turns the words of `src/names/vocabulary/*.txt` into a sorted table. The module `names::vocabulary` says how the files
//! are written, and how the table is searched.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write;
use std::fs;

use crate::words::Words;

/// What one pattern stands for.
#[derive(Default)]
struct Entry {
    /// Indices of its tags.
    tags: Vec<usize>,
    is_ambiguous: bool,
    is_musical: bool,
    is_genre: bool,
    is_role: bool,
}

/// A line of a file: `kind: tag = synonym, synonym`.
struct Line<'a> {
    kind: &'a str,
    tag: &'a str,
    synonyms: &'a str,
}

/// The table of all files.
pub(crate) fn code() -> Result<String, Box<dyn Error>> {
    let files = fs::read_dir("src/names/vocabulary")?;
    let mut texts =
        files.map(|file| fs::read_to_string(file?.path())).collect::<Result<Vec<_>, _>>()?;
    texts.sort();
    let lines = texts.iter().flat_map(|text| text.lines());
    let lines: Vec<Line<'_>> = lines.filter_map(Line::parse).collect();
    let tags: BTreeMap<&str, bool> = lines
        .iter()
        .filter(|line| line.has_tag())
        .map(|line| (line.tag, line.kind == "section"))
        .collect();
    let mut code = format!("static TAGS: [(&str, bool); {}] = [\n", tags.len());
    for (tag, is_section) in &tags {
        writeln!(code, "    ({tag:?}, {is_section}),")?;
    }
    code += "];\n";
    let tags: Vec<&str> = tags.into_keys().collect();
    table(&mut code, &entries(&lines, &tags))?;
    Ok(code)
}

/// The patterns in the order of their bytes.
fn entries(lines: &[Line<'_>], tags: &[&str]) -> BTreeMap<String, Entry> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    let mut words = Words::default();
    for line in lines {
        let tag = tags.binary_search(&line.tag).ok();
        for (pattern, is_ambiguous) in line.patterns(&mut words) {
            let entry = entries.entry(pattern).or_default();
            entry.tags.extend(tag);
            entry.is_ambiguous |= is_ambiguous;
            entry.is_musical |= line.kind != "none";
            entry.is_genre |= line.kind == "genre";
            entry.is_role |= line.kind == "role";
        }
    }
    entries
}

/// The patterns one after the other, where each ends, and what each stands for: without pointers, which a library's
/// loader would have to adjust in every process.
fn table(code: &mut String, entries: &BTreeMap<String, Entry>) -> Result<(), Box<dyn Error>> {
    let (mut patterns, mut rows) = (String::new(), String::new());
    let (mut ends, mut tags): (Vec<u32>, Vec<usize>) = (Vec::new(), Vec::new());
    for (pattern, entry) in entries {
        patterns += pattern;
        ends.push(patterns.len().try_into()?);
        let first = tags.len();
        tags.extend(&entry.tags);
        let Entry { is_ambiguous, is_musical, is_genre, is_role, .. } = entry;
        writeln!(
            rows,
            "    Entry {{ tags: ({}, {}), is_ambiguous: {is_ambiguous}, is_musical: {is_musical}, is_genre: {is_genre}, \
             is_role: {is_role} }},",
            u16::try_from(first)?,
            u16::try_from(tags.len())?,
        )?;
    }
    writeln!(code, "static PATTERNS: &str = {patterns:?};")?;
    writeln!(code, "static ENDS: [u32; {}] = {ends:?};", ends.len())?;
    writeln!(code, "static TAGS_OF_ENTRIES: [u16; {}] = {tags:?};", tags.len())?;
    writeln!(code, "static ENTRIES: [Entry; {}] = [\n{rows}];", entries.len())?;
    Ok(())
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Self> {
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

    /// Its words as [`Words::folded`] writes them, apart and run together, and whether each is ambiguous. The tag is an
    /// unambiguous word unless it is listed as an ambiguous one.
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
