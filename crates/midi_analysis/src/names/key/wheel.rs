//! Codes of DJs for keys, which number the circle of fifths: Camelot, `8A` and `8B` (Mixed In Key), and
//! Open Key, `1m` and `1d` (beaTunes, 'Introducing the OK-Notation', 2011; Traktor).
//!
//! In Camelot A is minor and B major, and 8 is A minor and C major. In Open Key m is minor and d major,
//! and 1 is A minor and C major. One step up is a fifth up.
//!
//! Names have such codes for other reasons too: 'Apartment 5B', 'Verse 2A', `3D`. A code counts beside
//! a tempo, as DJ software writes it ('8A - 124 - Artist - Title', `124bpm_8A`). A Camelot code with a
//! capital also counts as a field of its own, in brackets or between dashes, in the name of a loop.

use crate::model::camelot::Camelot;
use crate::model::key::{Key, Mode};
use crate::model::words::{Gap, Words};
use crate::names::numbers::{bare_tempo, is_counter, is_glued, is_unit};
use crate::names::reader::TagReader;
use crate::names::titles;

/// Words after which a number and a letter count something else: variants of a pattern, places.
const LABELS: [&str; 35] = [
    "verse",
    "chorus",
    "bridge",
    "intro",
    "outro",
    "fill",
    "groove",
    "beat",
    "pattern",
    "section",
    "strophe",
    "refrain",
    "ending",
    "hook",
    "break",
    "solo",
    "variation",
    "var",
    "type",
    "style",
    "flat",
    "unit",
    "building",
    "gate",
    "floor",
    "seat",
    "grade",
    "figure",
    "fig",
    "table",
    "exercise",
    "klasse",
    "movement",
    "mvt",
    "satz",
];

/// Drums have no key: a code behind one of these words is a variant of a pattern.
const DRUMS: [&str; 20] = [
    "drum",
    "drums",
    "perc",
    "percussion",
    "kick",
    "snare",
    "hat",
    "hats",
    "hihat",
    "clap",
    "tom",
    "toms",
    "ride",
    "crash",
    "beat",
    "beats",
    "grooves",
    "fills",
    "breaks",
    "rhythm",
];

/// The key of a code of a number and a letter.
fn key_of(number: &str, letter: &str) -> Option<Key> {
    let number: u8 = number.parse().ok().filter(|number| (1..=12).contains(number))?;
    // Open Key has 1 where Camelot has 8.
    let of_open_key = (number + 6) % 12 + 1;
    let place = match letter {
        "a" => Camelot::new(number, Mode::Minor),
        "b" => Camelot::new(number, Mode::Major),
        "m" => Camelot::new(of_open_key, Mode::Minor),
        "d" => Camelot::new(of_open_key, Mode::Major),
        _ => None,
    };
    place.map(Camelot::key)
}

/// The key of the code whose number is the word at `index`, in capitals or small letters.
pub(super) fn code(words: &Words, index: usize) -> Option<Key> {
    let is_apart = (index == 0 || words.is_apart(index)) && words.is_apart(index + 2);
    let is_code = !words.is_apart(index + 1) && is_apart && words.text(index).len() <= 2;
    is_code.then(|| key_of(words.text(index), words.text(index + 1))).flatten()
}

/// The key of the code whose number is the word at `index`, where it counts.
pub(super) fn read(reader: &TagReader, phrase: &str, index: usize) -> Option<Key> {
    let words = reader.words();
    let key = code(words, index)?;
    let [number, letter] = [index, index + 1].map(|index| &words.words()[index]);
    let before = index.checked_sub(1).map_or("", |before| words.text(before));
    if is_counter(before) || LABELS.contains(&before) || is_of_drums(words, index) {
        return None;
    }
    let sign = &phrase[letter.source.clone()];
    let is_field = number.gap == Gap::Break
        && words.words().get(index + 2).is_none_or(|next| next.gap == Gap::Break);
    // Camelot codes are written with capitals, Open Key codes with small letters.
    let is_usual = matches!(sign, "A" | "B" | "d" | "m");
    let by_tempo =
        beside_unit(words, index) || (is_usual || is_field) && beside_number(words, index);
    let by_loop = || {
        is_field && matches!(sign, "A" | "B") && reader.names_sound() && !titles::names_work(words)
    };
    (by_tempo || by_loop()).then_some(key)
}

/// Whether drums are named before a word, in the same field of the name.
fn is_of_drums(words: &Words, index: usize) -> bool {
    let gaps = words.words()[..=index].iter().rev();
    let field = gaps.take_while(|word| word.gap != Gap::Break).count();
    (index - field.min(index)..index).any(|index| DRUMS.contains(&words.text(index)))
}

/// Whether a number with a unit is beside the code of two words: `8A 128bpm`, `bpm 128 8A`.
fn beside_unit(words: &Words, index: usize) -> bool {
    let before = index.checked_sub(1).map_or("", |before| words.text(before));
    let number_before = index > 1 && words.words()[index - 1].is_number;
    is_unit(before)
        || number_before && is_unit(words.text(index - 2))
        || is_unit(words.text(index + 2))
        || is_unit(words.text(index + 3))
}

/// Whether a number that may be a tempo is beside the code of two words: `8A - 124`.
fn beside_number(words: &Words, index: usize) -> bool {
    let before = index.checked_sub(1);
    before.is_some_and(|before| bare_tempo(words, before).is_some())
        || bare_tempo(words, index + 2).is_some() && !is_glued(words, index + 2)
}
