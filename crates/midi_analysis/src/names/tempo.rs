//! Tempo in a name: a number beside `bpm` or `tempo`, and some numbers without such a word.
//!
//! A number without a unit is a tempo only from 60 to 200 (beside a meter, from 40 to 300), without a
//! leading zero, where it counts nothing else, such as an opus, a track, or the letters directly after
//! it (`64th`), and where one of these says so:
//!
//! - a key beside it (`A_maj-90`), or at the end of a name of fields (`OS_120_bass_loop_Am`), if the name is not the title of a work (`rhapsody_in_g_major_183`):
//!   if the key is not written out after `in` (or the name is that of a loop, a pad, chords ...), and no
//!   form of works, catalogue or composer is named;
//! - words of music alone between a key and a number of three digits, in the name of a part:
//!   `C_Minor_Arp_120`, but not `Am_loop_90`, which may be the ninetieth;
//! - a meter beside it, or a word of music between the two: 'Am 4-4 100', `1_rock_190_beat_4-4`;
//! - a genre directly after it (`174DnB`), or square brackets around it in the name of a loop
//!   (`Pluck [128]`);
//! - a folder that is named for tempos (`BPM/120/loop.mid`).
//!
//! A lone number behind words is none, even behind words of music: '90s House 122', 'Track 110'.

use std::ops::RangeInclusive;

use crate::model::words::{Gap, Words};
use crate::names::claim::Claim;
use crate::names::key::KeyWords;
use crate::names::meter;
use crate::names::numbers::{BARE, BY_METER, NAMED, is_glued, is_unit, stands_alone, uncounted};
use crate::names::reader::TagReader;
use crate::names::titles::names_work;

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
    for (index, _) in words.words().iter().enumerate().filter(|(_, word)| word.is_number) {
        let Ok(value) = words.text(index).parse::<f32>() else { continue };
        if has_unit(words, phrase, index) && NAMED.contains(&value) {
            named.add(value);
            if index > 0 && is_range(words, phrase, index) {
                named = Claim::Conflict;
            }
        }
    }
    named.or(bare(reader, phrase, keys, in_tempo_folder))
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

/// What the numbers without a unit say.
fn bare(reader: &TagReader, phrase: &str, keys: &[KeyWords], in_tempo_folder: bool) -> Claim<f32> {
    let words = reader.words();
    let mut bare = Claim::None;
    let meters = meter::find(words, phrase);
    for index in 0..words.words().len() {
        let Some(value) = uncounted(words, index) else { continue };
        let alone = stands_alone(words, index);
        let says = BARE.contains(&value)
            && (alone && in_tempo_folder
                || by_key(reader, keys, index)
                || alone && before_key(reader, phrase, keys, index)
                || alone && value >= 100.0 && behind_key(reader, keys, index)
                || by_genre(reader, index)
                || in_square_brackets(reader, phrase, index));
        if says || alone && BY_METER.contains(&value) && by_meter(reader, keys, &meters, index) {
            bare.add(value);
        }
    }
    bare
}

/// Whether a unit is beside the number: `120 bpm`, `tempo=92`, `♩=120`, but not 'Up-Tempo 90s'.
fn has_unit(words: &Words, phrase: &str, index: usize) -> bool {
    let sign = index.checked_sub(1).map_or("", |before| words.between(phrase, before));
    let sign = if index == 0 { &phrase[..words.words()[0].source.start] } else { sign };
    let is_quarter = sign.trim_end_matches([' ', '=']).ends_with('♩');
    let spelled_out = ["b", "p", "m"].iter().zip(index + 1..).all(|(&c, at)| words.text(at) == c)
        || ["beats", "per", "minute"].iter().zip(index + 1..).all(|(&c, at)| words.text(at) == c);
    is_unit(words.text(index + 1))
        || spelled_out
        || !is_glued(words, index) && (is_quarter || follows_unit(words, index))
}

/// Whether `bpm` precedes this number and does not follow another one.
fn follows_unit(words: &Words, index: usize) -> bool {
    index > 0
        && is_unit(words.text(index - 1))
        && !(index > 1 && words.words()[index - 2].is_number)
}

/// Whether the number ends a range: `80-100 bpm`.
fn is_range(words: &Words, phrase: &str, index: usize) -> bool {
    let between = words.between(phrase, index - 1).trim();
    words.words()[index - 1].is_number
        && matches!(between, "-" | "–")
        && words.text(index - 1).parse().is_ok_and(|low: f32| BARE.contains(&low))
}

/// Whether a key is beside the number, in a name that is not the title of a work.
fn by_key(reader: &TagReader, keys: &[KeyWords], index: usize) -> bool {
    let words = reader.words();
    let before_key = keys.iter().find(|key| *key.words.start() == index + 1);
    let after_key = keys.iter().find(|key| key.words.end() + 1 == index);
    let is_single = before_key.is_some() || !is_glued(words, index);
    let Some(key) = before_key.or(after_key).filter(|_| is_single) else { return false };
    // In 'Hotel 66 (Am)' the number belongs to the words before it.
    let is_break =
        |index: usize| words.words().get(index).is_none_or(|word| word.gap == Gap::Break);
    let is_of_words = match before_key {
        Some(_) => {
            is_break(index + 1) && !(is_break(index) || index > 0 && reader.is_musical(index - 1))
        }
        None => is_break(index) && !(is_break(index + 1) || reader.is_musical(index + 1)),
    };
    // 'Groove in E minor 130' is no title.
    let is_of_title = key.is_of_title && !reader.names_role();
    !is_of_words && !is_of_title && !names_work(words)
}

/// Whether fields of music between underscores lead from the number to a key at the end of the name:
/// `OS_120_bass_loop_Am`. At the start of a name, a number counts files.
fn before_key(reader: &TagReader, phrase: &str, keys: &[KeyWords], index: usize) -> bool {
    let words = reader.words();
    let [key] = keys else { return false };
    let first = *key.words.start();
    key.words.end() + 1 == words.words().len()
        && index > 0
        && index + 1 < first
        && (index..first)
            .all(|index| words.between(phrase, index) == "_" || !words.is_apart(index + 1))
        && (index + 1..first).all(|index| reader.is_musical(index))
        && !names_work(words)
}

/// Whether words of music lead from a key to the number that ends the name of a part or a loop:
/// `C_Minor_Arp_120`.
fn behind_key(reader: &TagReader, keys: &[KeyWords], index: usize) -> bool {
    let words = reader.words();
    let [key] = keys else { return false };
    let first = key.words.end() + 1;
    first < index
        && index + 1 == words.words().len()
        && (first..index).all(|index| reader.is_musical(index) && !words.words()[index].is_number)
        && reader.names_role()
        && !names_work(words)
}

/// Whether a meter is beside the number, or a key or one expression of music between the two.
fn by_meter(
    reader: &TagReader,
    keys: &[KeyWords],
    meters: &[RangeInclusive<usize>],
    index: usize,
) -> bool {
    let is_one = |from: usize, to: usize| {
        from >= to
            || keys.iter().any(|key| *key.words.start() == from && key.words.end() + 1 == to)
            || reader.is_expression(from, to)
    };
    !names_work(reader.words())
        && meters.iter().any(|meter| {
            let (first, last) = (*meter.start(), *meter.end());
            last < index && is_one(last + 1, index) || first > index && is_one(index + 1, first)
        })
}

/// Whether a genre follows the number directly: `174DnB`.
fn by_genre(reader: &TagReader, index: usize) -> bool {
    let words = reader.words();
    (index == 0 || words.is_apart(index)) && is_glued(words, index) && reader.is_genre(index + 1)
}

/// Whether square brackets are around the number, in the name of a loop.
fn in_square_brackets(reader: &TagReader, phrase: &str, index: usize) -> bool {
    let source = reader.words().words()[index].source.clone();
    phrase[..source.start].ends_with('[')
        && phrase[source.end..].starts_with(']')
        && reader.names_sound()
        && !names_work(reader.words())
}
