//! What may stand before a colon: the only place where a name in a query meets a name in SQL.

use super::Problem;
use crate::text::shown;

/// What a field is compared by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// An integer column of `midi_library`.
    Whole(&'static str),
    /// A floating-point column.
    Real(&'static str),
    /// A floating-point column of seconds.
    Time(&'static str),
    /// A boolean column.
    YesNo(&'static str),
    Key,
    Meter,
    Tag,
    Instrument,
    Chord,
    Progression,
    Name,
    Text,
    Sort,
}

/// A field of the language.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// How it is written.
    pub(super) example: &'static str,
}

const fn field(name: &'static str, kind: Kind, example: &'static str) -> Field {
    Field { name, kind, example }
}

/// Every field.
pub(super) static FIELDS: [Field; 31] = [
    field("bpm", Kind::Real("bpm"), "bpm:120..130"),
    field("beat_bpm", Kind::Real("beat_bpm"), "beat_bpm:<80"),
    field("key", Kind::Key, "key:C,Am"),
    field("meter", Kind::Meter, "meter:3/4"),
    field("bars", Kind::Whole("bar_count"), "bars:8,16"),
    field("duration", Kind::Time("duration_s"), "duration:1:30..2:00"),
    field("notes", Kind::Whole("note_count"), "notes:>1000"),
    field("tracks", Kind::Whole("track_count"), "tracks:1"),
    field("complexity", Kind::Real("complexity"), "complexity:>50"),
    field("density", Kind::Real("note_density"), "density:>10"),
    field("polyphony", Kind::Whole("polyphony_max"), "polyphony:1"),
    field("lowest", Kind::Whole("pitch_min"), "lowest:>=48"),
    field("highest", Kind::Whole("pitch_max"), "highest:<84"),
    field("range", Kind::Whole("ambitus"), "range:<=12"),
    field("velocity", Kind::Real("velocity_mean"), "velocity:>100"),
    field("swing", Kind::Real("swing_ratio"), "swing:>1.5"),
    field("syncopation", Kind::Real("syncopation"), "syncopation:>1.0"),
    field("repeated", Kind::Real("repeated_share"), "repeated:>0.5"),
    field("loop", Kind::Whole("loop_bars"), "loop:4"),
    field("chords", Kind::Whole("chord_count"), "chords:>20"),
    field("drums", Kind::YesNo("has_drums"), "drums:yes"),
    field("quantized", Kind::YesNo("is_quantized"), "quantized:no"),
    field("sustain", Kind::YesNo("has_sustain"), "sustain:yes"),
    field("tag", Kind::Tag, "tag:rock"),
    field("instrument", Kind::Instrument, "instrument:piano"),
    field("chord", Kind::Chord, "chord:maj7"),
    field("progression", Kind::Progression, "progression:\"ii V I\""),
    field("name", Kind::Name, "name:moon"),
    field("text", Kind::Text, "text:\"gently down\""),
    field("sort", Kind::Sort, "sort:-complexity"),
    field("format", Kind::Whole("format"), "format:1"),
];

/// Columns that no piece is without, as `Analysis` has them.
const ALWAYS: [&str; 7] =
    ["complexity", "duration_s", "filename", "format", "note_count", "note_density", "track_count"];

/// Least likeness of a name that is suggested: 1 less the share of letters that differ (Damerau and
/// Levenshtein).
const LIKE: f64 = 0.5;
/// Letters of a word that is like none: more than twice those of any name.
const MOST_LETTERS: usize = 100;

impl Field {
    /// The field of a name in any case.
    ///
    /// # Errors
    /// Where there is none, with the one that is most like it.
    pub(super) fn named(name: &str, at: usize) -> Result<&'static Self, Problem> {
        let found = FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let like = nearest(name, FIELDS.iter().map(|field| field.name));
            let like = FIELDS.iter().find(|field| Some(field.name) == like);
            let like = like.map(|Self { name, example, .. }| {
                format!("Did you mean \"{name}\"? It is written {example}. ")
            });
            let hint = format!(
                "{}Fields: {}. Quote a text with a colon.",
                like.unwrap_or_default(),
                names()
            );
            Problem::value(at, format!("there is no field \"{}\"", shown(name)), hint)
        })
    }

    /// The column of a field that has one, and is NULL where nothing of the kind is known.
    pub(super) fn column(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Whole(column) | Kind::Real(column) | Kind::Time(column) => Some(column),
            Kind::Name => Some("filename"),
            Kind::Key => Some("key_signature"),
            _ => None,
        }
    }
}

/// Whether a column of `midi_library` is never NULL.
pub(super) fn is_always_known(column: &str) -> bool {
    ALWAYS.contains(&column)
}

fn names() -> String {
    FIELDS.each_ref().map(|field| field.name).join(", ")
}

/// The candidate that is most like a word, if one is.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let letters = word.chars().count();
    let word = if letters > MOST_LETTERS { return None } else { word.to_lowercase() };
    let mut best = (LIKE, None);
    for candidate in candidates {
        // No fewer letters differ than one has more than the other.
        let others = candidate.chars().count();
        if letters.abs_diff(others) as f64 > (1.0 - LIKE) * letters.max(others) as f64 {
            continue;
        }
        let likeness = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
        if likeness > best.0 {
            best = (likeness, Some(candidate));
        }
    }
    best.1
}
