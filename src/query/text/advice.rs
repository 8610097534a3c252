//! What may be wrong with a query that finds less than it was meant to.

use std::ffi::CStr;

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

const LIBRARY: &CStr = c"midi_library";

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
    /// The columns that it reads.
    reads: &'static [&'static str],
    /// The query that lists all, if that helps.
    list: Option<&'static str>,
    /// Whether a name that the library has is what is asked for.
    is_meant: fn(asked: &str, name: &str) -> bool,
}

const TAGS: Names = Names {
    noun: "tag",
    of_file: "l.name_tags || l.music_tags",
    reads: &["name_tags", "music_tags"],
    list: Some(
        "SELECT tag, count(*) FROM @library@, unnest(name_tags || music_tags) AS tag GROUP BY tag",
    ),
    is_meant: |asked, name| asked.to_lowercase() == name,
};
const INSTRUMENTS: Names = Names {
    noun: "instrument",
    // Drums by their pitches.
    of_file: "l.instrument_names || l.drum_notes::text[]",
    reads: &["instrument_names", "drum_notes"],
    list: Some(
        "SELECT instrument, count(*) FROM @library@, unnest(instrument_names) AS instrument GROUP BY instrument",
    ),
    is_meant: |asked, name| {
        programs_named(asked).into_iter().any(|program| program_name(program) == Some(name))
            || name.parse().is_ok_and(|pitch| drums_named(asked).contains(&pitch))
    },
};
const FOLDERS: Names = Names {
    noun: "folder",
    // All before the last stroke.
    of_file: "string_to_array(regexp_replace(concat_ws('/', l.path, l.archive_member), '/?[^/]*$', ''), '/')",
    reads: &["path", "archive_member"],
    list: Some(
        "SELECT DISTINCT regexp_replace(concat_ws('/', path, archive_member), '[^/]*$', '') FROM @library@",
    ),
    is_meant: contains,
};
const PATHS: Names = Names {
    noun: "path",
    of_file: "string_to_array(concat_ws('/', l.path, l.archive_member), '/')",
    list: None,
    ..FOLDERS
};
const NAME_PARTS: Names = Names {
    noun: "name",
    of_file: "regexp_split_to_array(lower(l.filename), '[^[:alnum:]]+')",
    reads: &["filename"],
    list: None,
    // What is asked for may be parts of several words.
    is_meant: |_, _| false,
};

fn contains(asked: &str, name: &str) -> bool {
    name.to_lowercase().contains(&asked.to_lowercase())
}

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

/// Notices about what a query asks for, and the library does not seem to have, or has elsewhere. `search_path` must be pinned;
/// `finds` tells whether a term alone finds anything.
///
/// # Errors
/// Those of SPI.
pub(super) fn of_nothing_found(
    client: &SpiClient<'_>,
    terms: &[Term<'_>],
    schema: &Schema,
    finds: impl Fn(&Term<'_>) -> Result<bool, ErrorReport>,
) -> Result<Vec<ErrorReport>, ErrorReport> {
    let mut notices: Vec<_> = asked_twice(terms).map(error::asks_for_both).into_iter().collect();
    if meant::connective(terms, false).is_none() {
        notices.extend(meant::connective(terms, true).map(error::searched_for_connective));
    }
    notices.extend(wildcard(terms).map(|(field, value)| error::wildcard(field, value)));
    let (told, meant) = (meant::surely(terms), meant::all(terms));
    let is_told = |Meant { words, .. }: &Meant| told.iter().any(|told| told.words == *words);
    notices.extend(meant.iter().filter(|meant| !is_told(meant)).map(of_meant));
    let library = Names::of(client, schema);
    notices.extend(unknown_names(&library, terms, schema, &finds)?);
    let explained: Vec<_> =
        told.iter().chain(&meant).flat_map(|meant| meant.words.split(' ')).collect();
    let is_explained =
        |word: &Text<'_>| explained.contains(&word.text) || meant::is_connective(word.text);
    let words = terms.iter().filter_map(|term| Some((term, word(term)?)));
    let mut unknown = Vec::new();
    for (term, word) in words.filter(|(_, word)| !is_explained(word)).take(MOST) {
        if !finds(term)? {
            unknown.push(word.text);
        }
    }
    let is_all = terms.len() == 1;
    notices.extend(unknown_words(&library, &unknown, is_all).map_err(error::statement)?);
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

/// A value in which a star was meant to stand for any text, and its field.
fn wildcard<'a>(terms: &[Term<'a>]) -> Option<(&'a str, &'a str)> {
    terms.iter().filter(|term| !term.negated).find_map(|term| match &term.kind {
        TermKind::Field { name, values } if is_part_of_name(name) => {
            let mut texts = values.iter().filter_map(|value| values::plain(value).ok());
            texts.find(|text| text.text.contains('*')).map(|text| (name.text, text.text))
        }
        _ => None,
    })
}

fn is_part_of_name(field: &Text<'_>) -> bool {
    let field = Field::known(field.text);
    field.is_some_and(|field| matches!(field.kind, Kind::Name | Kind::Path | Kind::Folder))
}

impl Names {
    /// What reads the names of a kind, which are none where the current role may not know them.
    fn of(client: &SpiClient<'_>, schema: &Schema) -> impl Fn(Self) -> SpiResult<Vec<String>> {
        move |kind| {
            let may_read = |column: &&str| rights::may_read_column(schema, LIBRARY, column);
            if !kind.reads.iter().all(may_read) {
                return Ok(Vec::new());
            }
            let sql = fill(NAMES, &[("names", kind.of_file), ("library", schema.quoted())]);
            let there = spi::select(client, &sql, None, &[], |row| row.get::<String>(1))?;
            Ok(there.into_iter().flatten().collect())
        }
    }
}

/// Notices about names in conditions that the library does not seem to have. A part of a name may be more than words, so that
/// only the search can tell.
fn unknown_names(
    library: impl Fn(Names) -> SpiResult<Vec<String>>,
    terms: &[Term<'_>],
    schema: &Schema,
    finds: impl Fn(&Term<'_>) -> Result<bool, ErrorReport>,
) -> Result<Vec<ErrorReport>, ErrorReport> {
    let mut asked = Vec::new();
    for term in terms.iter().filter(|term| !term.negated) {
        let names = names_asked(term);
        let is_listed = names.first().is_none_or(|(kind, _)| kind.noun != NAME_PARTS.noun);
        if is_listed || !finds(term)? {
            asked.extend(names);
        }
    }
    let mut notices = Vec::new();
    for kind in [TAGS, INSTRUMENTS, FOLDERS, PATHS, NAME_PARTS] {
        let asked = asked.iter().filter(|(of, _)| of.noun == kind.noun);
        let asked: Vec<&str> = asked.map(|(_, name)| *name).take(MOST).collect();
        if asked.is_empty() {
            continue;
        }
        let there = library(kind).map_err(error::statement)?;
        let list = kind.list.map(|list| fill(list, &[("library", &*schema.shown(LIBRARY))]));
        let unknown = asked
            .into_iter()
            .filter(|name| !there.iter().any(|other| (kind.is_meant)(name, other)));
        notices.extend(unknown.map(|name| {
            let similar = most_similar(name, there.iter().map(String::as_str));
            error::not_in_library(kind.noun, name, similar, list.as_deref())
        }));
    }
    Ok(notices)
}

/// Notices about words that find nothing, of which one may be all of the query.
fn unknown_words(
    library: impl Fn(Names) -> SpiResult<Vec<String>>,
    words: &[&str],
    is_all: bool,
) -> SpiResult<Vec<ErrorReport>> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let (folders, names) = (library(FOLDERS)?, library(NAME_PARTS)?);
    let notice = |word: &&str| {
        if folders.iter().any(|folder| folder.to_lowercase() == word.to_lowercase()) {
            return error::searched_for_words(word, &[format!("folder:{word}")]);
        }
        let similar = most_similar(word, names.iter().map(String::as_str));
        error::no_such_word(word, similar, is_all.then(fields::names).as_deref())
    };
    Ok(words.iter().map(notice).collect())
}

/// The names that a condition asks for.
fn names_asked<'a>(term: &Term<'a>) -> Vec<(Names, &'a str)> {
    let TermKind::Field { name, values } = &term.kind else { return Vec::new() };
    let kind = match Field::known(name.text).map(|field| field.kind) {
        Some(Kind::Tag) => TAGS,
        Some(Kind::Instrument) => INSTRUMENTS,
        Some(Kind::Folder) => FOLDERS,
        Some(Kind::Path) => PATHS,
        Some(Kind::Name) => NAME_PARTS,
        _ => return Vec::new(),
    };
    let texts = values.iter().filter_map(|value| values::plain(value).ok()).map(|text| text.text);
    let is_path = matches!(kind.noun, "folder" | "path");
    let parts = texts.flat_map(|text| text.split(move |c| is_path && c == '/'));
    let parts = parts.filter(|part| !part.is_empty() && !part.contains('*'));
    parts.map(|part| (kind, part)).collect()
}
