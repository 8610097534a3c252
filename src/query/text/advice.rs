//! What may be wrong with a query that finds less than it was meant to.

use midi_analysis::{drums_named, program_name, programs_named};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::{SpiClient, SpiResult};

use super::fields::{self, Field, Kind, most_similar};
use super::grammar::{Term, TermKind, Text};
use super::meant::{self, Meant};
use super::unquoted::word;
use super::values;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::rights;

/// Names that files of the library have: @names@ is an array of them. Every so manieth file is read, at most some ten
/// thousand.
const NAMES: &str = "
    SELECT DISTINCT name
    FROM (SELECT (SELECT l.file_id FROM @library@.midi_library l ORDER BY l.file_id LIMIT 1),
                 (SELECT l.file_id FROM @library@.midi_library l ORDER BY l.file_id DESC LIMIT 1)) AS ends (low, high),
    LATERAL generate_series(low, high, greatest(1, (high - low) / 10000)) AS id
    JOIN @library@.midi_library l ON l.file_id = id,
    LATERAL unnest(@names@) AS name
    WHERE length(name) <= 100
    LIMIT 20000";

/// Names about which a client is told at most.
const MOST: usize = 5;

/// A kind of names that a query may ask for.
#[derive(Clone, Copy)]
struct Names {
    /// What one is called.
    noun: &'static str,
    /// Those of a file `l`, as an SQL array.
    of_file: &'static str,
    /// What it reads beyond the columns of the condition.
    reads: Option<&'static str>,
    /// The query that lists all.
    list: &'static str,
    /// Whether a name that the library has is what is asked for.
    is_meant: fn(asked: &str, name: &str) -> bool,
}

const TAGS: Names = Names {
    noun: "tag",
    of_file: "l.name_tags || l.music_tags",
    reads: None,
    list: "SELECT tag, count(*) FROM midi_library, unnest(name_tags || music_tags) AS tag GROUP BY tag",
    is_meant: |asked, name| asked.to_lowercase() == name,
};
const INSTRUMENTS: Names = Names {
    noun: "instrument",
    // Drums by their pitches.
    of_file: "l.instrument_names || l.drum_notes::text[]",
    reads: Some("instrument_names"),
    list: "SELECT instrument, count(*) FROM midi_library, unnest(instrument_names) AS instrument GROUP BY instrument",
    is_meant: |asked, name| {
        programs_named(asked).into_iter().any(|program| program_name(program) == Some(name))
            || name.parse().is_ok_and(|pitch| drums_named(asked).contains(&pitch))
    },
};
const FOLDERS: Names = Names {
    noun: "folder",
    // All before the last stroke.
    of_file: "string_to_array(regexp_replace(concat_ws('/', l.path, l.archive_member), '/?[^/]*$', ''), '/')",
    reads: None,
    list: "SELECT DISTINCT regexp_replace(path, '[^/]*$', '') FROM midi_library",
    is_meant: |asked, name| name.to_lowercase().contains(&asked.to_lowercase()),
};
/// Words of texts may be anything, so that only a word much like one of a name is told.
const WORDS: Names = Names {
    noun: "word",
    of_file: "regexp_split_to_array(lower(l.filename), '[^[:alnum:]]+')",
    reads: None,
    list: "",
    is_meant: |asked, name| name.starts_with(&asked.to_lowercase()),
};

/// Fields of which a piece has one value.
const SINGLE: [Kind; 3] = [Kind::Key, Kind::Meter, Kind::Form];

/// Notices about words that a query looks for in names and texts, and that are something else by all likelihood.
pub(super) fn of_words(terms: &[Term<'_>]) -> Vec<ErrorReport> {
    let connective = meant::connective(terms, false).map(error::searched_for_connective);
    connective.into_iter().chain(meant::surely(terms).iter().map(of_meant)).collect()
}

fn of_meant(Meant { words, conditions }: &Meant) -> ErrorReport {
    error::searched_for_words(words, conditions)
}

/// Notices about what a query asks for, and the library does not seem to have, or has elsewhere. `search_path` must be pinned.
///
/// # Errors
/// Those of SPI.
pub(super) fn of_nothing_found(
    client: &SpiClient<'_>,
    terms: &[Term<'_>],
    schema: &Schema,
) -> SpiResult<Vec<ErrorReport>> {
    let mut notices: Vec<_> = asked_twice(terms).map(error::asks_for_both).into_iter().collect();
    if meant::connective(terms, false).is_none() {
        notices.extend(meant::connective(terms, true).map(error::searched_for_connective));
    }
    notices.extend(wildcard(terms).map(error::wildcard));
    let (told, meant) = (meant::surely(terms), meant::all(terms));
    notices.extend(meant.iter().filter(|meant| !told.contains(meant)).map(of_meant));
    let explained: Vec<_> =
        told.iter().chain(&meant).flat_map(|meant| meant.words.split(' ')).collect();
    let tell_of_word = notices.is_empty() && told.is_empty();
    notices.extend(unknown_names(client, terms, schema, &explained, tell_of_word)?);
    Ok(notices)
}

/// The field of which a query asks for two values at once, if a piece has but one.
fn asked_twice(terms: &[Term<'_>]) -> Option<&'static str> {
    let fields = terms.iter().filter(|term| !term.negated).filter_map(|term| match &term.kind {
        TermKind::Field { name, .. } => Field::named(name.text, name.at).ok(),
        TermKind::Words(_) => None,
    });
    let mut single = fields.filter(|field| SINGLE.contains(&field.kind)).map(|field| field.name);
    let mut seen = Vec::new();
    single.find(|name| {
        let again = seen.contains(name);
        seen.push(*name);
        again
    })
}

/// A value in which a star was meant to stand for any text.
fn wildcard<'a>(terms: &[Term<'a>]) -> Option<&'a str> {
    let texts = terms.iter().filter(|term| !term.negated).flat_map(|term| match &term.kind {
        TermKind::Field { name, values } if is_part_of_name(name) => values.as_slice(),
        _ => &[],
    });
    texts
        .filter_map(|value| values::plain(value).ok())
        .map(|text| text.text)
        .find(|text| text.contains('*'))
}

fn is_part_of_name(field: &Text<'_>) -> bool {
    let field = Field::known(field.text);
    field.is_some_and(|field| matches!(field.kind, Kind::Name | Kind::Path | Kind::Folder))
}

/// Notices about names in a query that the library does not seem to have, but for words that are explained. A word that is
/// all of the query is in no name and no text, which is told unless something better is.
fn unknown_names(
    client: &SpiClient<'_>,
    terms: &[Term<'_>],
    schema: &Schema,
    explained: &[&str],
    tell_of_word: bool,
) -> SpiResult<Vec<ErrorReport>> {
    let only = if let [term] = terms { word(term) } else { None };
    let asked: Vec<_> = terms.iter().filter(|term| !term.negated).flat_map(names_asked).collect();
    let mut notices = Vec::new();
    for kind in [TAGS, INSTRUMENTS, FOLDERS, WORDS] {
        let asked = asked.iter().filter(|(of, _)| of.noun == kind.noun);
        let asked: Vec<&str> = asked.map(|(_, name)| *name).take(MOST).collect();
        let may_read = |column: &str| rights::may_read_column(schema, c"midi_library", column);
        if asked.is_empty() || !kind.reads.is_none_or(may_read) {
            continue;
        }
        let sql = fill(NAMES, &[("names", kind.of_file), ("library", schema.quoted())]);
        let there = spi::select(client, &sql, None, &[], |row| row.get::<String>(1))?;
        let there: Vec<String> = there.into_iter().flatten().collect();
        for name in asked {
            if kind.noun == WORDS.noun && explained.contains(&name) {
                continue;
            }
            if there.iter().any(|other| (kind.is_meant)(name, other)) {
                continue;
            }
            let similar = most_similar(name, there.iter().map(String::as_str));
            if only.is_some() {
                let notice = || error::no_such_word(name, similar, &fields::names());
                notices.extend(tell_of_word.then(notice));
            } else if similar.is_some() || !kind.list.is_empty() {
                notices.push(error::not_in_library(kind.noun, name, similar, kind.list));
            }
        }
    }
    Ok(notices)
}

/// The names that a term asks for.
fn names_asked<'a>(term: &Term<'a>) -> Vec<(Names, &'a str)> {
    let (field, values) = match &term.kind {
        TermKind::Words(text) if text.quoted => return Vec::new(),
        TermKind::Words(text) => return vec![(WORDS, text.text)],
        TermKind::Field { name, values } => (Field::named(name.text, name.at), values),
    };
    let kind = match field.map(|field| field.kind) {
        Ok(Kind::Tag) => TAGS,
        Ok(Kind::Instrument) => INSTRUMENTS,
        Ok(Kind::Folder) => FOLDERS,
        _ => return Vec::new(),
    };
    let texts = values.iter().filter_map(|value| values::plain(value).ok());
    let last = |text: &'a str| match kind.noun {
        "folder" => text.trim_matches('/').rsplit('/').next().unwrap_or(text),
        _ => text,
    };
    texts.map(|text| (kind, last(text.text))).collect()
}
