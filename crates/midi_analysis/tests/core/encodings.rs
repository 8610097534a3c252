//! The encodings of texts: which is found, and what becomes of texts that are damaged, split or in another
//! encoding than the rest of their file.

mod encoded;
mod marked;

use std::collections::BTreeMap;

use crate::support::{QUARTER, meta, note, read, smf};
use encoded::{encoded, expected};
use midi_analysis::EventKind;

const TEXT: u8 = 1;
const NAME: u8 = 3;
const LYRIC: u8 = 5;

/// A file with such texts at the start of a track each.
fn with_names(names: &[Vec<u8>]) -> Vec<u8> {
    let tracks: Vec<_> = names
        .iter()
        .map(|name| [meta(0, NAME, name), note(0, 0, 60, QUARTER.into())].concat())
        .collect();
    smf(1, &tracks)
}

/// A file with such texts in the course of a track.
fn with_sung(kind: u8, texts: &[Vec<u8>]) -> Vec<u8> {
    let sung =
        texts.iter().map(|text| [note(0, 0, 60, QUARTER.into()), meta(0, kind, text)].concat());
    smf(0, &[sung.collect::<Vec<_>>().concat()])
}

fn names(file: &[u8]) -> Vec<String> {
    crate::support::analyze(file).texts.track_names
}

fn encoding(file: &[u8]) -> Option<&'static str> {
    crate::support::analyze(file).texts.encoding
}

/// The texts of all events, one after the other.
fn sung(file: &[u8]) -> String {
    let piece = read(file);
    let texts = piece.events().expect("readable").filter_map(|event| match event.ok()?.kind {
        EventKind::Text(text) | EventKind::Lyric(text) => text.decode(usize::MAX).ok(),
        _ => None,
    });
    texts.collect()
}

fn bytes(text: &str, encoding: &str) -> Vec<u8> {
    encoded(text, encoding).expect("characters of the encoding")
}

/// The words of a language, and the encodings that they are written in.
struct Words {
    language: &'static str,
    encodings: Vec<&'static str>,
    names: Vec<&'static str>,
    lines: Vec<&'static str>,
}

fn words() -> Vec<Words> {
    let mut all: Vec<Words> = Vec::new();
    let mut is_head = true;
    for line in include_str!("encodings/words.txt").lines().filter(|line| !line.starts_with('#')) {
        match (line, all.last_mut()) {
            ("", _) => is_head = true,
            (line, _) if std::mem::take(&mut is_head) => {
                let mut parts = line.split(' ');
                let language = parts.next().unwrap_or_default();
                let encodings = parts.chain(["UTF-8"]).collect();
                all.push(Words { language, encodings, names: Vec::new(), lines: Vec::new() });
            }
            (line, Some(words)) => match line.strip_prefix("names ") {
                Some(names) => words.names = names.split(" | ").collect(),
                None => words.lines.push(line),
            },
            _ => {}
        }
    }
    all
}

/// How many texts were read as they were written, and how many there are, by what they are and by
/// language and encoding.
#[derive(Default)]
struct Table(BTreeMap<&'static str, (u32, u32)>, BTreeMap<(&'static str, String), (u32, u32)>);

impl Table {
    fn count(&mut self, what: &'static str, words: &Words, encoding: &str, is_right: bool) {
        let of = (what, format!("{} {encoding}", words.language));
        for (all, right) in [self.0.entry(what).or_default(), self.1.entry(of).or_default()] {
            *all += 1;
            *right += u32::from(is_right);
        }
    }

    fn share(&self, what: &str) -> f64 {
        let (all, right) = self.0[what];
        f64::from(right) / f64::from(all)
    }

    fn print(&self) {
        self.0.iter().for_each(|(what, (all, right))| println!("{what}: {right} of {all}"));
        for ((what, of), (all, right)) in self.1.iter().filter(|(_, (all, right))| all != right) {
            println!("{what}: {of}: {right} of {all}");
        }
    }
}

/// Whether the languages of an encoding are many and it is of today's systems: a short name in it can be
/// known.
fn is_usual(encoding: &str) -> bool {
    encoding.starts_with("windows")
        || ["Shift_JIS", "GBK", "Big5", "EUC-KR", "UTF-8"].contains(&encoding)
}

fn count_names(table: &mut Table, words: &Words, encoding: &str) {
    let what = if is_usual(encoding) { "a name" } else { "a name in an old encoding" };
    let written = |name: &&&str| encoded(name, encoding).is_some_and(|bytes| !bytes.is_ascii());
    let usable: Vec<&str> = words.names.iter().filter(written).copied().collect();
    let right = |name: &&str| expected(name, encoding);
    for name in &usable {
        let read = names(&with_names(&[bytes(name, encoding)]));
        table.count(what, words, encoding, read == [right(name)]);
    }
    for several in usable.chunks(5).filter(|several| several.len() > 2) {
        let file: Vec<_> = several.iter().map(|name| bytes(name, encoding)).collect();
        let is_right = names(&with_names(&file)) == several.iter().map(right).collect::<Vec<_>>();
        table.count("several names", words, encoding, is_right);
        let mixed: Vec<_> = ["Piano", "Bass (finger)", "Drums"]
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .chain(file)
            .collect();
        let is_right =
            names(&with_names(&mixed))[3..] == several.iter().map(right).collect::<Vec<_>>();
        table.count("names among English ones", words, encoding, is_right);
    }
}

fn count_lines(table: &mut Table, words: &Words, encoding: &str) {
    let all: Option<Vec<_>> = words.lines.iter().map(|line| encoded(line, encoding)).collect();
    for line in &words.lines {
        let Some(written) = encoded(line, encoding).filter(|bytes| !bytes.is_ascii()) else {
            continue;
        };
        let right = expected(line, encoding);
        let is_right = sung(&with_sung(TEXT, &[b"@KMIDI KARAOKE FILE".to_vec(), written.clone()]))
            .ends_with(&right);
        table.count("a line", words, encoding, is_right);
        let length = if written.len() > line.chars().count() * 3 / 2 { 1 } else { 3 };
        let chars: Vec<char> = line.chars().collect();
        let syllables: Option<Vec<_>> =
            chars.chunks(length).map(|part| encoded(&String::from_iter(part), encoding)).collect();
        let is_right = syllables.map(|syllables| sung(&with_sung(LYRIC, &syllables)) == right);
        table.count("a line by syllables", words, encoding, is_right.unwrap_or(true));
        // Its tones are put on letters within an event only.
        if encoding == "windows-1258" {
            continue;
        }
        let halves: Vec<_> = written.iter().map(|&byte| vec![byte]).collect();
        table.count("a line by bytes", words, encoding, sung(&with_sung(LYRIC, &halves)) == right);
    }
    if let Some(lines) = all.filter(|lines| !lines.concat().is_ascii()) {
        let right: String = words.lines.iter().map(|line| expected(line, encoding)).collect();
        table.count("a song", words, encoding, sung(&with_sung(LYRIC, &lines)) == right);
    }
}

#[test]
fn texts_in_the_languages_of_the_world_are_read_in_the_encoding_that_they_were_written_in() {
    let mut table = Table::default();
    for words in &words() {
        for encoding in
            words.encodings.iter().filter(|name| !["VISCII", "TCVN", "ISO-2022-JP"].contains(name))
        {
            count_names(&mut table, words, encoding);
            count_lines(&mut table, words, encoding);
        }
    }
    table.print();
    assert!(table.share("a name") > 0.95);
    assert!(table.share("a name in an old encoding") > 0.7);
    for what in ["several names", "names among English ones", "a line", "a line by syllables"] {
        assert!(table.share(what) > 0.98, "{what}");
    }
    assert!(table.share("a line by bytes") > 0.97);
    assert!(table.share("a song") > 0.995);
}
