//! What the name of a file says of its music: `Loops/House/Cmin_120bpm.mid` is in C minor, at 120
//! quarter notes a minute, a loop, house.
//!
//! A name is a claim, made by whoever named the file, and kept apart from what the music says. It
//! is read for precision: what could be something else ('A Day in the Life', 'Op. 110') says
//! nothing, and a name that says two keys or tempos says none. The file's own name is heard before
//! the folder's, and a folder before the one it lies in.

mod key;
mod tempo;

pub(crate) mod tags;
pub(crate) mod words;

use crate::names::tags::Reader;

/// Only this many last components of a path are read.
const MAX_COMPONENTS: usize = 16;
/// What names of MIDI files end in, less `.gz`.
const EXTENSIONS: [&str; 5] = ["mid", "midi", "kar", "rmi", "smf"];

/// What a path says of the music.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    /// Tempo in quarter notes a minute, 20 to 400.
    pub bpm: Option<f32>,
    /// Key, spelled as [`crate::Key`] spells it.
    pub key: Option<String>,
    /// Tags of the vocabulary, in the order of the alphabet.
    pub tags: Vec<&'static str>,
}

/// What one component says of something.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Said<T> {
    #[default]
    Nothing,
    Once(T),
    /// More than one, not the same.
    Contradiction,
}

impl<T: PartialEq> Said<T> {
    fn add(&mut self, value: T) {
        *self = match self {
            Self::Nothing => Self::Once(value),
            Self::Once(said) if *said == value => return,
            _ => Self::Contradiction,
        };
    }

    /// This, or what was said before where this is nothing.
    fn or(self, before: Self) -> Self {
        if self == Self::Nothing { before } else { self }
    }

    fn once(self) -> Option<T> {
        match self {
            Self::Once(value) => Some(value),
            _ => None,
        }
    }
}

impl Name {
    /// Reads a path, its components separated by `/`, the last of which may end as the names of
    /// MIDI files do. Any text will do.
    pub fn of(path: &str) -> Self {
        let mut reader = Reader::new();
        let (mut bpm, mut key) = (Said::Nothing, Said::Nothing);
        let mut in_tempo_folder = false;
        let from = path.rmatch_indices('/').nth(MAX_COMPONENTS - 1).map_or(0, |(at, _)| at);
        let mut components = path[from..].split('/').peekable();
        while let Some(component) = components.next() {
            let is_file = components.peek().is_none();
            let phrase = if is_file { stem(component) } else { component };
            reader.read(phrase);
            let keys = key::find(&reader, phrase);
            bpm = tempo::said(&reader, phrase, &keys, in_tempo_folder).or(bpm);
            key = key::said(&keys).or(key);
            in_tempo_folder = tempo::is_folder(reader.words());
            reader.gather(|word| keys.iter().any(|key| key.words.contains(&word)), true);
        }
        Self {
            bpm: bpm.once(),
            key: key.once().map(|key| crate::analysis::key::name(usize::from(key))),
            tags: reader.tags(),
        }
    }
}

/// A file's name without what marks it as MIDI.
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
