//! What a number in a name may count: quarter notes a minute, or works, tracks, pages and years.

use crate::model::words::Words;

/// Quarter notes a minute beside `bpm` or `tempo`.
pub(super) const NAMED: std::ops::RangeInclusive<f32> = 20.0..=400.0;
/// Quarter notes a minute without such a word.
pub(super) const BARE: std::ops::RangeInclusive<f32> = 60.0..=200.0;

/// Quarter notes a minute beside a meter.
pub(super) const BY_METER: std::ops::RangeInclusive<f32> = 40.0..=300.0;

/// Words that say that the number beside them is a tempo; the last ones are Russian, Japanese (without
/// the mark of its last letter) and Chinese.
const UNITS: [&str; 5] = ["bpm", "tempo", "темп", "テンホ", "速度"];

/// Words after which a number counts works, tracks, pages, places or years.
const COUNTERS: [&str; 100] = [
    // Works, and catalogues of works.
    "op",
    "opus",
    "no",
    "nr",
    "nro",
    "n",
    "num",
    "number",
    "numero",
    "nummer",
    "bwv",
    "buxwv",
    "swv",
    "hwv",
    "twv",
    "wwv",
    "rv",
    "k",
    "kv",
    "kk",
    "kp",
    "d",
    "s",
    "l",
    "sz",
    "hob",
    "woo",
    "wq",
    "anh",
    "cat",
    "symphony",
    "symphonie",
    "sinfonia",
    "sinfonie",
    "sonata",
    "sonate",
    "sonatina",
    "quartet",
    "quartett",
    "quintet",
    "prelude",
    "praludium",
    "preludio",
    "fugue",
    "fuga",
    "fuge",
    "invention",
    "etude",
    "etudes",
    "estudio",
    "nocturne",
    "mazurka",
    "concerto",
    "konzert",
    "cantata",
    "kantate",
    "variation",
    "psalm",
    "hymn",
    "choral",
    "chorale",
    "exercise",
    "exercises",
    "lesson",
    "study",
    // Tracks, pages and versions.
    "track",
    "trk",
    "vol",
    "volume",
    "part",
    "pt",
    "page",
    "take",
    "bar",
    "ver",
    "v",
    "song",
    "version",
    "chapter",
    "disc",
    "disk",
    "cd",
    "side",
    "book",
    // Places, years and other things.
    "level",
    "stage",
    "act",
    "scene",
    "day",
    "year",
    "route",
    "highway",
    "apartment",
    "apt",
    "room",
    "class",
    "of",
    "the",
    "since",
    "until",
];

/// Words before which a number measures something else.
const MEASURES: [&str; 16] = [
    "hz", "khz", "kbps", "bit", "bits", "bar", "bars", "beats", "sec", "seconds", "ms", "ppq",
    "ticks", "notes", "tracks", "voices",
];

/// Whether a word says that the number beside it is a tempo.
pub(super) fn is_unit(word: &str) -> bool {
    UNITS.contains(&word)
}

/// Whether a word says that the number after it counts something else than beats.
pub(super) fn is_counter(word: &str) -> bool {
    COUNTERS.contains(&word)
}

/// The number that a word is, if it may be a tempo without a word that says so: from 60 to 200, without
/// a leading zero, and counting nothing else.
pub(super) fn bare_tempo(words: &Words, index: usize) -> Option<f32> {
    uncounted(words, index).filter(|value| BARE.contains(value))
}

/// The number that a word is, without a leading zero, if it counts nothing that is named beside it.
pub(super) fn uncounted(words: &Words, index: usize) -> Option<f32> {
    words.words().get(index).filter(|word| word.is_number)?;
    let text = words.text(index);
    // The letter of `12d` counts nothing.
    let is_counted =
        index > 0 && is_counter(words.text(index - 1)) && (index == 1 || words.is_apart(index - 1));
    let measures = MEASURES.contains(&words.text(index + 1));
    let value = text.parse().ok()?;
    (!text.starts_with('0') && !is_counted && !measures).then_some(value)
}

/// Whether separators are on both sides of a number, or a unit: not in `64th`, `80s`, `Kick101`.
pub(super) fn stands_alone(words: &Words, index: usize) -> bool {
    (index == 0 || words.is_apart(index)) && !is_glued(words, index)
}

/// Whether letters follow the number without a separator, other than a unit: `64th`, `80s`.
pub(super) fn is_glued(words: &Words, index: usize) -> bool {
    !words.is_apart(index + 1) && !is_unit(words.text(index + 1))
}
