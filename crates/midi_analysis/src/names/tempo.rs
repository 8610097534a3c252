//! Tempo in a name: a number beside `bpm` or `tempo`, beside a key (`A_maj-90`), or in a folder
//! that is named for tempos (`BPM/120/loop.mid`).
//!
//! A number without `bpm` or `tempo` is a tempo only from 60 to 200, without a leading zero, and not
//! where it counts something else: an opus, a catalogue number, a track, or a unit directly after it
//! (`64th`).

use crate::names::claim::Claim;
use crate::names::key::KeyWords;
use crate::names::reader::TagReader;
use crate::names::words::{Gap, Words};

/// Quarter notes a minute beside `bpm` or `tempo`.
const NAMED: std::ops::RangeInclusive<f32> = 20.0..=400.0;
/// Quarter notes a minute without such a word.
const BARE: std::ops::RangeInclusive<f32> = 60.0..=200.0;

/// Words after which a number counts works, tracks or pages.
const COUNTERS: [&str; 44] = [
    "op", "opus", "no", "nr", "num", "number", "bwv", "hwv", "rv", "k", "kv", "kk", "d", "s",
    "hob", "woo", "twv", "wq", "track", "trk", "vol", "volume", "part", "pt", "symphony",
    "sinfonia", "sinfonie", "sonata", "sonate", "quartet", "prelude", "fugue", "etude", "concerto",
    "cantata", "psalm", "hymn", "page", "take", "bar", "ver", "v", "song", "version",
];

/// What a component says of the tempo. `keys` are the keys named in it; `in_tempo_folder` says whether
/// the folder that contains it is named for tempos.
pub(super) fn claim(
    reader: &TagReader,
    phrase: &str,
    keys: &[KeyWords],
    in_tempo_folder: bool,
) -> Claim<f32> {
    let words = reader.words();
    let mut named = Claim::None;
    let mut bare = Claim::None;
    for (index, word) in words.words().iter().enumerate().filter(|(_, word)| word.is_number) {
        let Ok(value) = words.text(index).parse::<f32>() else { continue };
        let is_named = is_unit(words.text(index + 1)) || follows_unit(words, index);
        if is_named && NAMED.contains(&value) {
            named.add(value);
            if index > 0 && is_range(words, phrase, index) {
                named = Claim::Conflict;
            }
        }
        let before_key = keys.iter().any(|key| *key.words.start() == index + 1);
        let by_key = before_key || keys.iter().any(|key| key.words.end() + 1 == index);
        let is_plain = !words.text(index).starts_with('0')
            && (before_key || !is_glued(words, index + 1))
            && (word.gap != Gap::None || by_key)
            && !COUNTERS.contains(&words.text(index.wrapping_sub(1)));
        if (by_key || in_tempo_folder) && is_plain && BARE.contains(&value) {
            bare.add(value);
        }
    }
    named.or(bare)
}

/// Whether the name says that a folder contains folders or files named for their tempo.
pub(super) fn is_folder(words: &Words) -> bool {
    let mut named = false;
    for (index, word) in words.words().iter().enumerate() {
        named |= matches!(words.text(index), "bpm" | "bpms" | "tempo" | "tempos");
        if word.is_number {
            return false;
        }
    }
    named
}

fn is_unit(word: &str) -> bool {
    matches!(word, "bpm" | "tempo")
}

/// Whether `bpm` precedes this number and does not follow another one.
fn follows_unit(words: &Words, index: usize) -> bool {
    index > 0
        && is_unit(words.text(index - 1))
        && !(index > 1 && words.words()[index - 2].is_number)
}

/// Whether the number ends a range: `80-100 bpm`.
fn is_range(words: &Words, phrase: &str, index: usize) -> bool {
    let (before, word) = (&words.words()[index - 1], &words.words()[index]);
    let between = phrase[before.source.end..word.source.start].trim();
    before.is_number
        && matches!(between, "-" | "–")
        && words.text(index - 1).parse().is_ok_and(|low: f32| BARE.contains(&low))
}

/// Whether letters follow the number without a separator.
fn is_glued(words: &Words, after: usize) -> bool {
    words.words().get(after).is_some_and(|word| word.gap == Gap::None)
        && !is_unit(words.text(after))
}
