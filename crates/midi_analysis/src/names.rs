//! What the path of a file says of its music: `Loops/House/Cmin_120bpm.mid` says C minor, 120 quarter
//! notes a minute, and the tags loop and house.
//!
//! A name is a claim of whoever named the file, so it is kept apart from the analysis of the notes. It
//! is read for precision: ambiguous words ('A Day in the Life', 'Op. 110') say nothing, and a name that
//! says two keys or tempos says none. The name of the file takes precedence over that of its folder,
//! and each folder over the one that contains it.

pub(crate) mod reader;

pub(crate) mod key;

mod claim;
mod meter;
mod numbers;
mod tempo;
mod titles;
mod vocabulary;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use self::claim::Claim;
use self::reader::TagReader;
use crate::model::key::Key;
use crate::model::words;

/// Only this many components at the end of a path are read.
const MAX_COMPONENTS: usize = 16;
/// Extensions of MIDI files; `.gz` may follow.
const EXTENSIONS: [&str; 5] = ["mid", "midi", "kar", "rmi", "smf"];

/// What a path says of the music.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Name {
    /// Tempo in quarter notes a minute, 20 to 400.
    pub bpm: Option<f32>,
    /// Key.
    pub key: Option<Key>,
    /// Tags of the vocabulary, in alphabetical order.
    pub tags: Vec<&'static str>,
}

impl Name {
    /// Reads a path: its components are separated by `/`, and the last may have an extension of MIDI
    /// files. Any text is accepted.
    ///
    /// ```
    /// let name = midi_analysis::Name::of("Loops/House/Cmin_120bpm.mid");
    /// assert_eq!(name.key.map(|key| key.to_string()).as_deref(), Some("C minor"));
    /// assert_eq!((name.bpm, name.tags), (Some(120.0), vec!["house", "loop"]));
    /// ```
    pub fn of(path: &str) -> Self {
        let mut reader = TagReader::new();
        let (mut bpm, mut key) = (Claim::None, Claim::None);
        let mut in_tempo_folder = false;
        let from = path.rmatch_indices('/').nth(MAX_COMPONENTS - 1).map_or(0, |(at, _)| at);
        let mut components = path[from..].split('/').peekable();
        while let Some(component) = components.next() {
            let is_file = components.peek().is_none();
            let phrase = &composed(if is_file { stem(component) } else { component });
            reader.read(phrase);
            let keys = key::find(&reader, phrase);
            bpm = tempo::claim(&reader, phrase, &keys, in_tempo_folder).or(bpm);
            key = key::claim(&keys).or(key);
            in_tempo_folder = tempo::is_folder(reader.words());
            reader.collect(|word| keys.iter().any(|key| key.words.contains(&word)), true);
        }
        Self { bpm: bpm.value(), key: key.value(), tags: reader.tags() }
    }
}

/// The part of a name that is read, in the composed form of Unicode (NFKC): macOS writes names in
/// decomposed form, and Japanese ones have letters of full and half width.
fn composed(name: &str) -> Cow<'_, str> {
    let name = words::beginning(name);
    if name.is_ascii() { name.into() } else { name.nfkc().collect::<String>().into() }
}

/// A file's name without the extension of MIDI files.
fn stem(name: &str) -> &str {
    let bare = match name.rsplit_once('.') {
        Some((bare, end)) if end.eq_ignore_ascii_case("gz") => bare,
        _ => name,
    };
    match bare.rsplit_once('.') {
        Some((stem, end)) if EXTENSIONS.iter().any(|known| end.eq_ignore_ascii_case(known)) => stem,
        _ => name,
    }
}
