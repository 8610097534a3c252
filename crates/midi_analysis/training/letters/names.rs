//! How well encodings are found: names of places and languages are written in the encoding that Windows has
//! for their language, as names of the tracks of files, and read again: each in a file of its own, and
//! several in a file.
//!
//! The names are those of CLDR, as the package cldr-localenames-full has them
//! (<https://www.npmjs.com/package/cldr-localenames-full>): `main/TAG/territories.json` and
//! `main/TAG/languages.json`. Names of ASCII, and those with a character that the encoding lacks, are left out.

#[path = "../../tests/core/encodings/encoded.rs"]
mod encoded;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

use encoded::{encoded, expected};
use midi_analysis::{Options, Piece};
use midi_testkit::smf::bytes::{file, meta, note};
use serde_json::Value;

use super::languages::{LANGUAGES, WITHOUT_ALPHABET};
use super::support::corpus::{Count, Set};

const LISTS: [&str; 2] = ["territories", "languages"];
/// How many names are in a file.
const TOGETHER: [usize; 2] = [1, 5];
/// The encoding that is likeliest.
const USUAL: &str = "windows-1252";
/// The number of the event that names a track.
const TRACK_NAME: u8 = 3;
const QUARTER: u16 = 96;

/// The score of the weights that are compiled in. That of each language is printed.
pub fn score(set: &Set) -> Result<String, Box<dyn Error>> {
    let with_alphabet = LANGUAGES.iter().map(|language| (language.tag, language.encoding));
    let languages: Vec<_> = with_alphabet.chain(WITHOUT_ALPHABET).collect();
    let mut all = TOGETHER.map(|_| Count::judged());
    let mut usual = Count::judged();
    for &(tag, encoding) in &languages {
        let names = encodable(&names(&set.folder, tag)?, encoding);
        let counts = TOGETHER.map(|together| judged(&names, together));
        for (all, count) in all.iter_mut().zip(&counts) {
            all.join(count);
        }
        if encoding == USUAL {
            usual.join(&counts[0]);
        }
        let [one, several] = counts.map(Count::share);
        eprintln!("{:6}  {tag:8}{encoding:14}{one:.4}  {several:.4}", names.len());
    }
    let [one, several] = all.map(Count::share);
    Ok(format!(
        "Share of names of places and languages that are read right in the encoding of Windows for their language, one in a file: {one:.3} of {} in {} languages, of the {} in {USUAL} {:.3}; {} in a file: {several:.3}. The names are those of {} ({})",
        all[0].pieces,
        languages.len(),
        usual.pieces,
        usual.share(),
        TOGETHER[1],
        set.origin,
        set.licence,
    ))
}

/// The names that the encoding tells apart: their bytes, and how they are to be read.
fn encodable(names: &BTreeSet<String>, encoding: &str) -> Vec<(Vec<u8>, String)> {
    let encoded =
        names.iter().filter_map(|name| Some((encoded(name, encoding)?, expected(name, encoding))));
    encoded.filter(|(bytes, _)| !bytes.is_ascii()).collect()
}

/// How many names are read right, so many in a file.
fn judged(names: &[(Vec<u8>, String)], together: usize) -> Count {
    let mut count = Count::judged();
    for names in names.chunks(together) {
        let read = read(names.iter().map(|(bytes, _)| &bytes[..]));
        for (index, (_, name)) in names.iter().enumerate() {
            count.add(read.get(index) == Some(name));
        }
    }
    count
}

fn names(folder: &str, tag: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut names = BTreeSet::new();
    for list in LISTS {
        let path = format!("{folder}/main/{tag}/{list}.json");
        let file = fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
        let file: Value = serde_json::from_slice(&file)?;
        let list = file["main"][tag]["localeDisplayNames"][list].as_object();
        let list = list.ok_or_else(|| format!("{path} has no names"))?;
        names.extend(list.values().filter_map(Value::as_str).map(str::to_owned));
    }
    Ok(names)
}

/// The names of the tracks of a file, as they are read.
fn read<'a>(names: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let tracks: Vec<_> = names
        .map(|name| [meta(0, TRACK_NAME, name), note(0, 0, 60, QUARTER.into())].concat())
        .collect();
    let file = file(1, QUARTER, &tracks);
    let piece = Piece::read(&file, &Options::default()).expect("a MIDI file");
    let tracks = piece.tracks().expect("tracks that are readable");
    tracks.into_iter().filter_map(|track| track.name).collect()
}
