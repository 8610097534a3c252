//! The fields of the query language, each with the column of `midi_library` that it stands for.

use super::error::Error;
use crate::text::shown;

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// An integer column of `midi_library`.
    Integer(&'static str),
    /// A floating-point column.
    Real(&'static str),
    /// A floating-point column of seconds.
    Time(&'static str),
    /// A boolean column.
    Boolean(&'static str),
    Key,
    Meter,
    Tag,
    Instrument,
    Chord,
    Progression,
    Melody,
    Name,
    /// The place of a file: its whole path, or the folders of it.
    Path,
    Folder,
    Text,
    Form,
    /// A kind of damage.
    Damage,
    /// The role of a part.
    Part,
    Sort,
}

impl Kind {
    /// Whether its values are times.
    pub(super) const fn is_time(self) -> bool {
        matches!(self, Self::Time(_))
    }

    /// Whether its values are numbers.
    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Integer(_) | Self::Real(_) | Self::Time(_))
    }
}

/// A field of the language.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// A term with the field, as a user writes it.
    pub(super) example: &'static str,
}

const fn field(name: &'static str, kind: Kind, example: &'static str) -> Field {
    Field { name, kind, example }
}

/// Every field.
pub(super) static FIELDS: [Field; 38] = [
    field("bpm", Kind::Real("bpm"), "bpm:120..130"),
    field("beat_bpm", Kind::Real("beat_bpm"), "beat_bpm:<80"),
    field("key", Kind::Key, "key:C,Am"),
    field("meter", Kind::Meter, "meter:3/4"),
    field("bars", Kind::Integer("bar_count"), "bars:8,16"),
    field("duration", Kind::Time("duration_s"), "duration:1:30..2:00"),
    field("notes", Kind::Integer("note_count"), "notes:>1000"),
    field("tracks", Kind::Integer("track_count"), "tracks:1"),
    field("complexity", Kind::Real("complexity"), "complexity:>50"),
    field("density", Kind::Real("note_density"), "density:>10"),
    field("polyphony", Kind::Integer("polyphony_max"), "polyphony:1"),
    field("lowest", Kind::Integer("pitch_min"), "lowest:>=48"),
    field("highest", Kind::Integer("pitch_max"), "highest:<84"),
    field("range", Kind::Integer("ambitus"), "range:<=12"),
    field("velocity", Kind::Real("velocity_mean"), "velocity:>100"),
    field("swing", Kind::Real("swing_ratio"), "swing:>1.5"),
    field("syncopation", Kind::Real("syncopation"), "syncopation:>1.0"),
    field("repeated", Kind::Real("repeated_share"), "repeated:>0.5"),
    field("loop", Kind::Integer("loop_bars"), "loop:4"),
    field("sections", Kind::Integer("section_count"), "sections:>8"),
    field("form", Kind::Form, "form:AABA"),
    field("chords", Kind::Integer("chord_count"), "chords:>20"),
    field("drums", Kind::Boolean("has_drums"), "drums:yes"),
    field("quantized", Kind::Boolean("is_quantized"), "quantized:no"),
    field("sustain", Kind::Boolean("has_sustain"), "sustain:yes"),
    field("tag", Kind::Tag, "tag:rock"),
    field("instrument", Kind::Instrument, "instrument:piano"),
    field("chord", Kind::Chord, "chord:maj7"),
    field("progression", Kind::Progression, "progression:\"ii V I\""),
    field("melody", Kind::Melody, "melody:\"E4 D4 C4 D4 E4 E4\""),
    field("part", Kind::Part, "part:bass"),
    field("damage", Kind::Damage, "damage:\"wrong track length\""),
    field("name", Kind::Name, "name:moon"),
    field("path", Kind::Path, "path:jazz/1959"),
    field("folder", Kind::Folder, "folder:jazz"),
    field("text", Kind::Text, "text:\"gently down\""),
    field("sort", Kind::Sort, "sort:-complexity"),
    field("format", Kind::Integer("format"), "format:1"),
];

/// Other names that people type for fields.
const ALIASES: [(&str, &str); 4] =
    [("genre", "tag"), ("length", "duration"), ("signature", "meter"), ("tempo", "bpm")];

/// The fields that a part has too, with its columns in `midi_parts_library`. After `part` they mean the part's.
const OF_PARTS: [(&str, &str); 6] = [
    ("bars", "bars"),
    ("highest", "pitch_max"),
    ("loop", "loop_bars"),
    ("lowest", "pitch_min"),
    ("notes", "note_count"),
    ("polyphony", "polyphony"),
];

/// Columns that are never NULL, because every piece has a value for them.
const NOT_NULL: [&str; 7] =
    ["duration_s", "filename", "format", "note_count", "note_density", "path", "track_count"];
/// Columns that are never NULL where the music was listened to.
const NOT_NULL_IF_HEARD: [&str; 2] = ["complexity", "section_count"];

/// The fields whose values are heard, or that listening corrects: all or most are not known of a piece that is only
/// cataloged.
const HEARD: [&str; 18] = [
    "bars",
    "beat_bpm",
    "bpm",
    "chord",
    "chords",
    "complexity",
    "form",
    "key",
    "loop",
    "melody",
    "meter",
    "part",
    "progression",
    "quantized",
    "repeated",
    "sections",
    "swing",
    "syncopation",
];

/// Least similarity of a name that is suggested: 1 minus the normalized distance of Damerau and
/// Levenshtein.
const LEAST_SIMILARITY: f64 = 0.5;
/// Longest word, in characters, for which a name is suggested: over twice the length of any name.
const LONGEST_MISSPELT: usize = 100;

impl Field {
    /// The field of this name or alias, in any case.
    ///
    /// # Errors
    /// If there is none. The hint suggests the field with the most similar name.
    pub(super) fn named(name: &str, at: usize) -> Result<&'static Self, Error> {
        Self::known(name).ok_or_else(|| {
            let aliases = ALIASES.iter().map(|(alias, _)| *alias);
            let similar = most_similar(name, FIELDS.iter().map(|field| field.name).chain(aliases));
            let similar = similar.and_then(Self::known);
            let suggestion = similar.map(|Self { name, example, .. }| {
                format!("Did you mean \"{name}\", as in {example}? ")
            });
            let hint = format!(
                "{}The fields are {}. Quote a word that contains a colon.",
                suggestion.unwrap_or_default(),
                names()
            );
            Error::value(at, format!("field \"{}\" does not exist", shown(name)), hint)
        })
    }

    /// The field of this name or alias, in any case.
    pub(super) fn known(name: &str) -> Option<&'static Self> {
        let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
        let name = alias.map_or(name, |(_, field)| field);
        FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Whether a word is its name or alias, in the singular or the plural.
    pub(super) fn is_called(&self, word: &str) -> bool {
        let names = [word.to_owned(), format!("{word}s")];
        names.iter().filter_map(|name| Self::known(name)).any(|field| field.name == self.name)
    }

    /// Whether its values come from listening to the music.
    pub(super) fn is_heard(&self) -> bool {
        HEARD.contains(&self.name)
    }

    /// The column of a part; `None` if parts have no such field.
    pub(super) fn column_of_part(&self) -> Option<&'static str> {
        OF_PARTS.iter().find(|(name, _)| *name == self.name).map(|(_, column)| *column)
    }

    /// The column to sort by, which is NULL where the value is unknown. `None` if the field cannot be
    /// sorted by.
    pub(super) fn column(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Integer(column) | Kind::Real(column) | Kind::Time(column) => Some(column),
            Kind::Name => Some("filename"),
            Kind::Path => Some("path"),
            Kind::Key => Some("key_signature"),
            _ => None,
        }
    }
}

/// Whether a column of `midi_library` is never NULL; `all_heard`: no piece is only cataloged.
pub(super) fn is_not_null(column: &str, all_heard: bool) -> bool {
    NOT_NULL.contains(&column) || all_heard && NOT_NULL_IF_HEARD.contains(&column)
}

/// The names of all fields.
pub(super) fn names() -> String {
    FIELDS.each_ref().map(|field| field.name).join(", ")
}

/// The candidate whose spelling is most similar to a word, if any is similar enough.
pub(super) fn most_similar<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = word.chars().count();
    let word = if length > LONGEST_MISSPELT { return None } else { word.to_lowercase() };
    let mut best = (LEAST_SIMILARITY, None);
    for candidate in candidates {
        // The distance is at least the difference of the lengths.
        let other_length = candidate.chars().count();
        let most = (1.0 - LEAST_SIMILARITY) * length.max(other_length) as f64;
        if length.abs_diff(other_length) as f64 > most {
            continue;
        }
        let similarity = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
        if similarity > best.0 {
            best = (similarity, Some(candidate));
        }
    }
    best.1
}
